"""What was banned, newest first, a page of it at a time."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.address import show
from app.locale import _
from app.services.ports import HistoryRow
from app.ui.bans.columns import BanView, history_columns
from app.ui.desk import Desk
from app.ui.format import count
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme.tokens import ROW_CARD
from app.ui.widgets import EmptyState, IconButton, Throttle, column, label, row

PAGE: Final = 100


class HistoryView(QWidget):
    """A table with a pager; asks the store when it is looked at."""

    def __init__(self, desk: Desk, view: BanView) -> None:
        super().__init__()
        self._desk = desk
        self._offset = 0
        self._total = 0
        self._model: RowsModel[HistoryRow, int] = RowsModel(
            history_columns(view), lambda entry: entry.id
        )
        self.table = TableView(self._model, row_height=ROW_CARD)
        self.table.setAccessibleName(_("Ban history"))
        self.table.set_copy(lambda rows: "\n".join(show(entry.ban.prefix) for entry in rows))
        self.table.set_empty(
            EmptyState("history", _("No history yet"), _("Every ban is recorded here."))
        )
        self._place = label("", "muted", tabular=True)
        self._newer = IconButton("arrow-left", _("Newer"))
        self._newer.clicked.connect(lambda: self.turn(-1))
        self._older = IconButton("arrow-right", _("Older"))
        self._older.clicked.connect(lambda: self.turn(1))
        foot = row(None, self._place, self._newer, self._older, margins=(12, 6, 12, 6))
        whole = column(self.table, foot, gap=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self._throttle = Throttle(self, self._ask, per_second=2)
        self._throttle.request()

    @property
    def total(self) -> int:
        """Recorded bans, when the store was last asked."""
        return self._total

    def out_of_date(self) -> None:
        """There are other bans than before."""
        self._throttle.request()

    def turn(self, pages: int) -> None:
        """Go to older (1) or newer (-1) records."""
        last = max(self._total - 1, 0) // PAGE * PAGE
        self._offset = min(max(self._offset + pages * PAGE, 0), last)
        self._ask()

    def _ask(self) -> None:
        self._desk.actions.run(self._fetch(), "read the history")

    async def _fetch(self) -> None:
        offset = self._offset
        total, rows = await self._desk.core.bans.history(offset=offset, limit=PAGE)
        if offset != self._offset:
            return  # turned meanwhile
        self._total = total
        if total and not rows:
            self.turn(0)  # the records of this page were deleted
            return
        self._model.show(rows)
        first, last = offset + 1, offset + len(rows)
        words = _("{first}\N{EN DASH}{last} of {total}") if rows else ""
        self._place.setText(words.format(first=count(first), last=count(last), total=count(total)))
        self._newer.setEnabled(offset > 0)
        self._older.setEnabled(offset + len(rows) < total)
