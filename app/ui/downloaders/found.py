"""The notice above the cards that offers what was found running on this computer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.locale import _, ngettext
from app.services.discovery import Found
from app.ui.widgets import Button, ButtonKind, Notice, Tone, column

_ICON: Final = "radar"


class FoundBar(QWidget):
    """Founds one at a time; what is ignored is not offered again until the program starts anew."""

    add_wanted = Signal(Found)

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Found, ...] = ()
        self._ignored: set[str] = set()
        ignore = Button(_("Ignore"), kind=ButtonKind.FLAT)
        ignore.clicked.connect(self._ignore)
        self._add = Button(_("Add"))
        self._add.clicked.connect(self._take)
        self._notice = Notice(Tone.GOOD, _ICON, "", ignore, self._add)
        self.setLayout(column(self._notice))
        self.hide()

    @property
    def offers(self) -> tuple[Found, ...]:
        """Those that are neither ignored nor watched."""
        return self._offers

    def offer(self, found: Sequence[Found]) -> None:
        """Found these from now on, in their order."""
        self._offers = tuple(each for each in found if each.endpoint not in self._ignored)
        self.setVisible(bool(self._offers))
        if not self._offers:
            return
        first = self._offers[0]
        words = _words(first)
        more = len(self._offers) - 1
        if more:
            others = ngettext("{count} more was found.", "{count} more were found.", more)
            words = _("{one} {other}").format(one=words, other=others.format(count=more))
        self._notice.set(Tone.GOOD, _ICON, words)
        self._add.setAccessibleName(_("Add {kind}").format(kind=first.kind.name))

    def take_away(self, found: Found) -> None:
        """It is watched by now."""
        self.offer([each for each in self._offers if each != found])

    def forget_ignored(self) -> None:
        """The user looks anew: what was ignored may be offered again."""
        self._ignored.clear()

    def _ignore(self) -> None:
        if self._offers:
            self._ignored.add(self._offers[0].endpoint)
            self.offer(self._offers)

    def _take(self) -> None:
        if self._offers:
            self.add_wanted.emit(self._offers[0])


def _words(found: Found) -> str:
    words = _("{kind} on port {port} answers on this computer.")
    return words.format(kind=found.kind.name, port=found.port)
