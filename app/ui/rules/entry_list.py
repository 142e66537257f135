"""A list that the user edits row by row: patterns, addresses, ports."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.locale import _
from app.ui.columns import Column
from app.ui.format import count
from app.ui.rows import RowsModel
from app.ui.rules.entry_bar import EntryBar
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.theme.tokens import ROW
from app.ui.widgets import IconButton, column, frame, label, row

_ROWS: Final = 7
_REMOVE_KEYS: Final = ("Del",)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: entries may be equal, so each has a number of its own."""

    number: int
    text: str


class EntryList(QWidget):
    """A table of texts with a bar for new ones; Enter loads a row into the bar, Del removes it."""

    changed = Signal()

    def __init__(
        self,
        title: str,
        columns: Sequence[Column[Entry]],
        bar: EntryBar,
        *,
        ordered: bool = False,
    ) -> None:
        """`ordered` lets the user move entries: where one that spares ends the list, the order counts."""
        super().__init__()
        self._numbers = itertools.count()
        self._entries: list[Entry] = []
        self._edited: int | None = None
        self._title_words = title
        self._title = label(title, "muted")
        self._rows: RowsModel[Entry, int] = RowsModel(columns, lambda entry: entry.number)
        self._table = TableView(self._rows)
        self._table.setAccessibleName(title)
        self._table.setMinimumHeight(height(ROW) * 4)
        self._table.setMaximumHeight(height(ROW) * (_ROWS + 1) + 4)
        self._table.opened.connect(self.edit)
        self._table.letter_pressed.connect(self._on_key)
        self._bar = bar
        bar.entered.connect(self._enter)
        bar.left.connect(self._leave)
        up = IconButton("arrow-up", _("Move up"), flat=True)
        up.clicked.connect(lambda: self.move_selected(-1))
        down = IconButton("arrow-down", _("Move down"), flat=True)
        down.clicked.connect(lambda: self.move_selected(1))
        up.setVisible(ordered)
        down.setVisible(ordered)
        edit = IconButton("pencil", _("Change the selected one"), flat=True)
        edit.clicked.connect(self._edit_current)
        remove = IconButton("trash-2", _("Remove the selected ones"), flat=True)
        remove.clicked.connect(self.remove_selected)
        self.setLayout(
            column(
                row(self._title, None, up, down, edit, remove, gap=2),
                frame("card", column(self._table, margins=(1, 1, 1, 1))),
                bar,
                gap=6,
            )
        )

    @property
    def entries(self) -> tuple[str, ...]:
        """The texts in order."""
        return tuple(entry.text for entry in self._entries)

    @property
    def table(self) -> TableView[Entry, int]:
        """The rows on the screen."""
        return self._table

    def set_entries(self, texts: Sequence[str]) -> None:
        """Show another list."""
        self._leave()
        self._entries = [Entry(next(self._numbers), text) for text in texts]
        self._show()

    def edit(self, number: int) -> None:
        """Load a row into the bar; what is entered there replaces it."""
        entry = next((e for e in self._entries if e.number == number), None)
        if entry is not None:
            self._edited = number
            self._bar.load(entry.text)

    def remove_selected(self) -> None:
        """Take the selected rows out."""
        gone = set(self._table.selected_keys())
        if gone:
            self._leave()
            self._entries = [entry for entry in self._entries if entry.number not in gone]
            self._tell()

    def move_selected(self, steps: int) -> None:
        """Move the selected rows up or down by one."""
        chosen = set(self._table.selected_keys())
        order = self._entries if steps < 0 else self._entries[::-1]
        moved: list[Entry] = []
        for entry in order:
            if entry.number in chosen and moved and moved[-1].number not in chosen:
                moved.insert(len(moved) - 1, entry)
            else:
                moved.append(entry)
        self._entries = moved if steps < 0 else moved[::-1]
        self._tell()

    def mark(self, place: int, words: str) -> None:
        """Say what is wrong with the row at `place`, counted from 0."""
        if 0 <= place < len(self._entries):
            self._table.select_keys([self._entries[place].number])
        self._bar.refuse(words)

    def _edit_current(self) -> None:
        keys = self._table.selected_keys()
        if keys:
            self.edit(keys[0])

    def _on_key(self, key: str, _keys: object) -> None:
        if key in _REMOVE_KEYS:
            self.remove_selected()
        elif key == "F2":
            self._edit_current()

    def _enter(self, texts: Sequence[str]) -> None:
        known = {entry.text for entry in self._entries if entry.number != self._edited}
        fresh = [
            Entry(next(self._numbers), text) for text in dict.fromkeys(texts) if text not in known
        ]
        place = next(
            (i for i, entry in enumerate(self._entries) if entry.number == self._edited),
            len(self._entries),
        )
        replaced = 1 if self._edited is not None else 0
        self._entries[place : place + replaced] = fresh
        self._edited = None
        self._bar.empty()
        self._tell()
        if fresh:
            self._table.select_keys([entry.number for entry in fresh])

    def _leave(self) -> None:
        self._edited = None
        self._bar.empty()

    def _tell(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._rows.show(self._entries)
        words = _("{name}: {count}")
        self._title.setText(words.format(name=self._title_words, count=count(len(self._entries))))
