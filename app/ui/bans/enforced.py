"""How far a ban has come at each downloader, in words and as lines of a details pane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.ban import Ban
from app.locale import _, ngettext
from app.services.core import Core
from app.services.downloader_state import DownloaderState, Status
from app.services.enforcement import Enforcement, Standing
from app.ui.delegates import LOOKS, Mark
from app.ui.facts import Elided
from app.ui.format import decimal, listed
from app.ui.theme.tokens import SPACE_1, SPACE_3
from app.ui.widgets import Picture, clear, column, label, row

MARKS: Final[Mapping[Enforcement, Mark]] = {
    Enforcement.STILL_THERE: Mark.STILL_THERE,
    Enforcement.WAITING: Mark.WAITING,
    Enforcement.ENFORCED: Mark.CONFIRMED,
    Enforcement.NOT_ENFORCEABLE: Mark.NOT_POSSIBLE,
}
"""The first that any downloader is in wins: what needs attention hides what is well."""


@dataclass(frozen=True, slots=True)
class Enforced:
    """One ban at one downloader."""

    name: str
    """Of the downloader."""
    mark: Mark
    words: str

    @property
    def line(self) -> str:
        """`Home qB: confirmed after 0.4 s`."""
        return _("{name}: {words}").format(name=self.name, words=self.words)


def enforced_at(core: Core, ban: Ban) -> tuple[Enforced, ...]:
    """How far `ban` has come, in the order of the downloaders."""
    standings = core.downloaders.standings(ban)
    states = {state.settings.id: state for state in core.downloaders.states()}
    return tuple(
        Enforced(states[key].settings.name, MARKS[standing.state], words(standing, states[key]))
        for key, standing in standings.items()
        if key in states
    )


def words(standing: Standing, state: DownloaderState) -> str:
    """What is said of one downloader: `confirmed after 0.4 s`, `waits, does not answer`."""
    match standing.state:
        case Enforcement.ENFORCED if standing.after is not None:
            return _("confirmed after {seconds} s").format(seconds=decimal(standing.after))
        case Enforcement.ENFORCED:
            return _("confirmed")
        case Enforcement.STILL_THERE if standing.attempts:
            return ngettext(
                "still connected after {count} try",
                "still connected after {count} tries",
                standing.attempts,
            ).format(count=standing.attempts)
        case Enforcement.STILL_THERE:
            return _("still connected")
        case Enforcement.NOT_ENFORCEABLE:
            bans = state.connection is None or state.connection.capabilities.bans
            return _("cannot hold this") if bans else _("cannot ban")
    return _WAITS[state.status]()


_WAITS: Final = {
    Status.UNKNOWN: lambda: _("waits"),
    Status.HEALTHY: lambda: _("waits"),
    Status.ERROR: lambda: _("waits, does not answer"),
    Status.NEED_TAKE_ACTION: lambda: _("waits, needs you"),
    Status.PAUSED: lambda: _("waits, paused"),
}


def enforced_words(enforced: Sequence[Enforced], limit: int = 3) -> str:
    """`Home qB: confirmed, NAS: waits`; empty when no downloader is watched."""
    said = [each.line for each in enforced[:limit]]
    if len(enforced) > limit:
        said.append("…")
    return listed(said)


class EnforcedLines(QWidget):
    """One line for each downloader, with the icon of its mark; stands above a grid of Facts."""

    def __init__(self, name_width: int) -> None:
        """`name_width` is that of the Facts below it."""
        super().__init__()
        self._shown: tuple[Enforced, ...] = ()
        self._lines = column(gap=SPACE_1)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_3)
        grid.setColumnMinimumWidth(0, name_width)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(_("Enforced"), "muted"), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(self._lines, 0, 1)
        self.setLayout(grid)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, a line for each downloader."""
        return "\n".join(each.line for each in self._shown)

    def show_lines(self, enforced: tuple[Enforced, ...]) -> None:
        """Show these; without any, nothing is there."""
        if enforced == self._shown:
            return
        self._shown = enforced
        clear(self._lines)
        for each in enforced:
            said = Elided()
            said.say(each.line)
            look = LOOKS[each.mark]
            line = row(Picture(look.icon, look.color, 14), said, gap=6)
            line.setStretch(1, 1)
            self._lines.addLayout(line)
        self.setAccessibleName(_("Enforced: {words}").format(words=listed(self.text.splitlines())))
        self.setVisible(bool(enforced))
