"""Whom a rule in shadow would have banned lately, and why."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.address import show
from app.domain.errors import AppError
from app.locale import N_, _
from app.locale.texts import say
from app.services.clock import wall_clock
from app.services.shadow_log import ShadowDecision, ShadowKey
from app.ui.columns import RIGHT, Column
from app.ui.desk import Desk
from app.ui.format import NOTHING, count, moment, plain
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.widgets import EmptyState, column, label, section_title

_HIGH: Final = 200
_SHOWN: Final = 200
_PER_SECOND: Final = 0.5
"""Each look asks the database."""


def _client(decision: ShadowDecision) -> str:
    peer = decision.ban.peer
    return plain(peer.client_name) if peer is not None and peer.client_name else NOTHING


SHADOW_COLUMNS: Final = (
    Column[ShadowDecision](
        key="at",
        title=N_("Last time"),
        width=118,
        text=lambda it: moment(it.ban.since, wall_clock()),
        tip=lambda it: _("For the first time: {time}").format(
            time=moment(it.first_at, wall_clock())
        ),
        sort=lambda it: it.ban.since,
        falling=True,
    ),
    Column[ShadowDecision](
        key="address", title=N_("Address"), width=120, text=lambda it: show(it.ban.prefix)
    ),
    Column[ShadowDecision](key="client", title=N_("Client"), width=110, text=_client),
    Column[ShadowDecision](
        key="reason",
        title=N_("Why"),
        width=200,
        stretch=True,
        text=lambda it: say(it.ban.verdict.reason),
    ),
    Column[ShadowDecision](
        key="torrent",
        title=N_("Torrent"),
        width=150,
        text=lambda it: NOTHING if it.ban.torrent is None else plain(it.ban.torrent.name),
        shown=False,
    ),
    Column[ShadowDecision](
        key="count",
        title=N_("Times"),
        hint=N_("How often this peer came to that"),
        width=56,
        align=RIGHT,
        text=lambda it: count(it.count),
        sort=lambda it: it.count,
        falling=True,
    ),
    Column[ShadowDecision](
        key="downloader",
        title=N_("Downloader"),
        width=110,
        text=lambda it: NOTHING if it.ban.downloader is None else it.ban.downloader.name,
        shown=False,
    ),
)


class ShadowPanel(QWidget):
    """Stands below the settings of a rule that only watches."""

    def __init__(self, desk: Desk, rule: str) -> None:
        super().__init__()
        self._desk, self._rule = desk, rule
        self._rows: RowsModel[ShadowDecision, ShadowKey] = RowsModel(
            SHADOW_COLUMNS, lambda decision: decision.key
        )
        self.table = TableView(self._rows, holds_still=True)
        self.table.setAccessibleName(_("Would have been banned"))
        self.table.setMinimumHeight(height(_HIGH))
        self.table.set_copy(lambda rows: "\n".join(show(it.ban.prefix) for it in rows))
        self.table.set_empty(
            EmptyState(
                "eye",
                _("Nobody yet"),
                _("Peers that this rule would ban appear here while it only watches."),
            )
        )
        self._wrong = label("", "error", wrap=True)
        self._wrong.hide()
        head = section_title(_("Would have been banned"))
        self.setLayout(column(head, self.table, self._wrong))
        bridge = desk.bridge
        self._throttle = bridge.refresh(self, self.follow, bridge.swept, per_second=_PER_SECOND)
        self.follow()

    def follow(self) -> None:
        """Ask for what is known now."""
        self._desk.actions.run(self._read(), "read decisions in shadow")

    async def _read(self) -> None:
        words = ""
        try:
            found = await self._desk.core.shadows.recent(self._rule, _SHOWN)
        except AppError as error:
            words, found = say(error.text), self._rows.values()
        if isValid(self):  # another rule may be looked at meanwhile
            self._rows.show(found)
            self._wrong.setText(words)
            self._wrong.setVisible(bool(words))
