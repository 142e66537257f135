"""The notice above the cards that offers what was found running on this computer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.locale import _, ngettext
from app.settings.downloader_kind import DOWNLOADER_KINDS
from app.ui.format import plain
from app.ui.widgets import Button, ButtonKind, Notice, Tone, column

_ICON: Final = "radar"


@dataclass(frozen=True, slots=True)
class Offer:
    """A downloader that answers and is not watched yet."""

    kind: str
    endpoint: str

    @property
    def words(self) -> str:
        """What is said of it: `Deluge on port 8112 answers on this computer.`, or its address instead of the port."""
        name = DOWNLOADER_KINDS[self.kind].name
        try:
            port = urlsplit(self.endpoint).port
        except ValueError:
            port = None
        if port is None:
            where = plain(self.endpoint)
            return _("{kind} at {address} answers on this computer.").format(
                kind=name, address=where
            )
        return _("{kind} on port {port} answers on this computer.").format(kind=name, port=port)


class FoundBar(QWidget):
    """Offers one at a time; what is ignored is not offered again until the program starts anew."""

    add_wanted = Signal(Offer)

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._ignored: set[str] = set()
        ignore = Button(_("Ignore"), kind=ButtonKind.FLAT)
        ignore.clicked.connect(self._ignore)
        self._add = Button(_("Add"))
        self._add.clicked.connect(self._take)
        self._notice = Notice(Tone.GOOD, _ICON, "", ignore, self._add)
        self.setLayout(column(self._notice))
        self.hide()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Those that are neither ignored nor watched."""
        return self._offers

    def offer(self, found: Sequence[Offer]) -> None:
        """Offer these from now on, in their order."""
        self._offers = tuple(each for each in found if each.endpoint not in self._ignored)
        self.setVisible(bool(self._offers))
        if not self._offers:
            return
        words = self._offers[0].words
        more = len(self._offers) - 1
        if more:
            others = ngettext("{count} more was found.", "{count} more were found.", more)
            words = _("{one} {other}").format(one=words, other=others.format(count=more))
        self._notice.set(Tone.GOOD, _ICON, words)
        name = DOWNLOADER_KINDS[self._offers[0].kind].name
        self._add.setAccessibleName(_("Add {kind}").format(kind=name))

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
