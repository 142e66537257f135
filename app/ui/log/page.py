"""The Log page: what the program does, as it happens."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from typing_extensions import override

from app.locale import _
from app.services.log_ring import LogLine
from app.ui.desk import Desk
from app.ui.log.columns import COLUMNS, line_text
from app.ui.log.feed import KEPT, LogFeed
from app.ui.page import Page
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme.tokens import ROW_TRACE
from app.ui.widgets import (
    Button,
    EmptyState,
    QuickFilters,
    SearchField,
    column,
    frame,
    label,
    row,
)

_LEVELS: Final = {
    "all": logging.NOTSET,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class LogPage(Page):
    """The last lines; it goes along with the newest only while that one is in sight."""

    key = "log"
    icon = "scroll-text"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Log"))
        self._feed = LogFeed(desk.core.log_ring, self)
        self.destroyed.connect(self._feed.close)
        self._rows: RowsModel[LogLine, int] = RowsModel(COLUMNS, lambda line: line.number)
        self._table = TableView(self._rows, row_height=ROW_TRACE)
        self._table.setAccessibleName(self.title)
        self._table.set_copy(lambda lines: "\n".join(map(line_text, lines)))
        self._table.set_empty(
            EmptyState("scroll-text", _("Nothing to read"), _("No line fits the filter."))
        )
        self._levels = QuickFilters(
            [
                ("all", _("All")),
                ("info", _("Info")),
                ("warning", _("Warnings")),
                ("error", _("Errors")),
            ]
        )
        self._levels.chosen.connect(self._filter)
        self._search = SearchField(_("Filter: words of the message, part of the program"))
        self._search.changed.connect(self._filter)
        self._search.left.connect(self._table.setFocus)
        self._follows = label("", "faint")
        copy = Button(_("Copy"), icon="copy", tip=_("The selected lines, else all that are shown"))
        copy.clicked.connect(self.copy)
        head = row(self._levels, self._search, self._follows, copy, gap=10)
        head.setStretch(1, 1)
        self.setLayout(
            column(
                head,
                frame("card", column(self._table, margins=(1, 6, 1, 6))),
                gap=12,
                margins=(16, 14, 16, 14),
            )
        )
        self._table.verticalScrollBar().valueChanged.connect(self._say_whether_it_follows)
        desk.bridge.refresh(self, self.follow, self._feed.arrived)
        self.follow()

    def follow(self) -> None:
        """Show the lines that came, and let the oldest go."""
        fresh = {line.number: line for line in self._feed.take()}
        if not fresh:
            return
        at_end = self.at_end
        first = max(fresh) - KEPT
        gone = [line.number for line in self._rows.values() if line.number <= first]
        self._rows.apply(fresh, gone)
        self._count()
        if at_end:
            self._table.scrollToBottom()
        self._say_whether_it_follows()

    @property
    def at_end(self) -> bool:
        """Whether the newest line is in sight."""
        bar = self._table.verticalScrollBar()
        return bar.value() >= bar.maximum() - bar.singleStep()

    def copy(self) -> None:
        """Put the selected lines on the clipboard, all that are shown when none is."""
        lines = self._table.selected_rows() or self._rows.rows()
        self.desk.actions.copy("\n".join(map(line_text, lines)))

    @override
    def look_for(self, text: str) -> None:
        self._search.set_text(text)

    @override
    def focus_search(self) -> None:
        self._search.setFocus()

    @override
    def on_shown(self) -> None:
        self.follow()
        self._table.scrollToBottom()

    @override
    def saved(self) -> dict[str, Any]:
        return {"table": self._table.header.saved(), "level": self._levels.current}

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        table, level = state.get("table"), state.get("level")
        if isinstance(table, Mapping):
            self._table.header.restore(table)
        if level in _LEVELS:
            self._levels.choose(str(level))

    def _filter(self) -> None:
        least, words = _LEVELS[self._levels.current], self._search.text.casefold()

        def fits(line: LogLine) -> bool:
            return line.level >= least and (
                not words or words in line.text.casefold() or words in line.source.casefold()
            )

        self._rows.set_filter(fits)
        self._table.scrollToBottom()

    def _count(self) -> None:
        lines = self._rows.values()
        self._levels.set_count("warning", _number(lines, logging.WARNING))
        self._levels.set_count("error", _number(lines, logging.ERROR))

    def _say_whether_it_follows(self) -> None:
        self._follows.setText("" if self.at_end else _("Stays here; End goes on"))


def _number(lines: Sequence[LogLine], least: int) -> int:
    return sum(line.level >= least for line in lines)
