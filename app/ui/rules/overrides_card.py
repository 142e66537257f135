"""The overrides: other settings for some torrents, in the order in which they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QAbstractItemView, QFrame

from app.locale import N_, _
from app.settings.override import Override
from app.settings.profile import OVERRIDES
from app.ui.columns import Column
from app.ui.delegates import Kind
from app.ui.desk import Desk
from app.ui.rows import RowsModel
from app.ui.rules.override_dialog import OverrideDialog
from app.ui.rules.overrides import as_written, difference_words, scope_words
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.theme.tokens import ROW_TWO_LINES
from app.ui.widgets import Button, IconButton, ask, column, label, section_title

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One override in words."""

    place: int
    name: str
    scope: str
    different: str


_COLUMNS: Final = (
    Column[OverrideRow](
        key="name",
        title=N_("Override"),
        width=150,
        kind=Kind.TWO_LINES,
        text=lambda line: line.name,
        value=lambda line: line.scope,
        spoken=lambda line: f"{line.name}, {line.scope}",
    ),
    Column[OverrideRow](
        key="different",
        title=N_("What is different"),
        width=180,
        stretch=True,
        text=lambda line: line.different,
        tip=lambda line: line.different,
    ),
)


class OverridesCard(QFrame):
    """Lists them; a removal can be undone."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk = desk
        self._rows: RowsModel[OverrideRow, int] = RowsModel(_COLUMNS, lambda line: line.place)
        self._table = TableView(self._rows, row_height=ROW_TWO_LINES)
        self._table.setAccessibleName(_("Overrides"))
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.opened.connect(self.edit)
        self._table.letter_pressed.connect(self._on_key)
        self._table.selection_changed.connect(self._follow_selection)
        self._up = IconButton("arrow-up", _("Move up"), flat=True)
        self._up.clicked.connect(lambda: self.move_selected(-1))
        self._down = IconButton(
            "arrow-down", _("Move down: the last one that fits wins"), flat=True
        )
        self._down.clicked.connect(lambda: self.move_selected(1))
        self._edit = IconButton("pencil", _("Change the selected one"), flat=True)
        self._edit.clicked.connect(self._edit_selected)
        self._remove = IconButton("trash-2", _("Remove the selected one"), flat=True)
        self._remove.clicked.connect(self.remove_selected)
        self._add = Button(_("Add"), icon="plus")
        self._add.clicked.connect(self.add)
        self._hint = label(
            _(
                "Other settings of rules for some torrents: by category, tag, tracker or downloader."
            ),
            "caption",
            wrap=True,
        )
        head = section_title(
            _("Overrides"), self._up, self._down, self._edit, self._remove, self._add
        )
        head.setSpacing(4)
        head.setContentsMargins(8, 0, 8, 0)
        hint = column(self._hint, margins=(8, 0, 8, 0))
        self.setLayout(column(head, hint, self._table, margins=(8, 10, 8, 12)))
        desk.bridge.refresh(self, self.follow, desk.bridge.settings_changed)
        self.follow()
        self._follow_selection()

    @property
    def table(self) -> TableView[OverrideRow, int]:
        """The rows on the screen."""
        return self._table

    def follow(self) -> None:
        """Show those there are."""
        overrides = self._desk.core.settings.profile.overrides
        name = self._desk.core.downloaders.name_of
        self._rows.show(
            [
                OverrideRow(place, one.name, scope_words(one, name), difference_words(one))
                for place, one in enumerate(overrides)
            ]
        )
        self._table.setVisible(bool(overrides))
        rows = height(ROW_TWO_LINES) * min(max(len(overrides), 1), _SHOWN)
        self._table.setFixedHeight(self._table.header.height() + rows + 4)

    def add(self) -> None:
        """Ask for a new one."""
        self._open(None)

    def edit(self, place: int) -> None:
        """Ask for other settings of one."""
        if 0 <= place < len(self._desk.core.settings.profile.overrides):
            self._open(place)

    def remove_selected(self) -> None:
        """Take the selected one away."""
        overrides = self._desk.core.settings.profile.overrides
        for place in self._table.selected_keys()[:1]:
            words = _("Removed: {name}.").format(name=overrides[place].name)
            self._write([*overrides[:place], *overrides[place + 1 :]], words)

    def move_selected(self, steps: int) -> None:
        """Let the selected one count earlier or later."""
        overrides = list(self._desk.core.settings.profile.overrides)
        for place in self._table.selected_keys()[:1]:
            other = place + steps
            if 0 <= other < len(overrides):
                overrides[place], overrides[other] = overrides[other], overrides[place]
                self._write(overrides, _("Moved: {name}.").format(name=overrides[other].name))
                self._table.select_keys([other])

    def _write(self, overrides: list[Override], words: str) -> None:
        book = self._desk.core.settings
        before = [as_written(one) for one in book.profile.overrides]
        after = [as_written(one) for one in overrides]

        async def write() -> None:
            await book.change("profile.yml", {(OVERRIDES,): after})
            self._desk.actions.offer_undo(
                words, lambda: book.change("profile.yml", {(OVERRIDES,): before})
            )

        self._desk.actions.run(write(), "change overrides")

    def _open(self, place: int | None) -> None:
        async def show() -> None:
            dialog = OverrideDialog(self._desk, place, self.window())
            await ask(dialog)
            dialog.deleteLater()

        self._desk.actions.run(show(), "edit an override")

    def _edit_selected(self) -> None:
        for place in self._table.selected_keys()[:1]:
            self.edit(place)

    def _on_key(self, key: str, _keys: object) -> None:
        if key == "Del":
            self.remove_selected()
        elif key == "F2":
            self._edit_selected()

    def _follow_selection(self) -> None:
        chosen = bool(self._table.selected_keys())
        for button in (self._up, self._down, self._edit, self._remove):
            button.setEnabled(chosen)
