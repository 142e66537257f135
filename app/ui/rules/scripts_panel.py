"""The user's scripts: which there are, which run, what is wrong with them, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.locale import N_, _
from app.locale.texts import say
from app.services.script_state import ScriptState
from app.services.scripts import located
from app.ui.columns import RIGHT, Column
from app.ui.desk import Desk
from app.ui.format import NOTHING, count, decimal, listed, plain
from app.ui.rows import RowsModel
from app.ui.rules.script_editor import ScriptEditor
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.widgets import Button, EmptyState, IconButton, ask, column, section_title

FOLDER: Final = "scripts"
_HIGH: Final = 190


def _state_words(state: ScriptState) -> str:
    if state.problem is not None:
        what = say(located(state.problem))
        return what if state.enabled else _("Off: {what}").format(what=what)
    return _("Switched on") if state.enabled else _("Off")


SCRIPT_COLUMNS: Final = (
    Column[ScriptState](
        key="name",
        title=N_("Script"),
        width=140,
        text=lambda state: plain(state.header.name),
        tip=lambda state: state.file,
    ),
    Column[ScriptState](
        key="state", title=N_("State"), width=180, stretch=True, least=120, text=_state_words
    ),
    Column[ScriptState](
        key="author",
        title=N_("Author"),
        width=84,
        text=lambda state: plain(state.header.author) or NOTHING,
    ),
    Column[ScriptState](
        key="asked",
        title=N_("Asked"),
        hint=N_("Peers since it was loaded"),
        width=70,
        shown=False,
        align=RIGHT,
        text=lambda state: count(state.asked) if state.asked else NOTHING,
        sort=lambda state: state.asked,
        falling=True,
    ),
    Column[ScriptState](
        key="cost",
        title=N_("µs per peer"),
        hint=N_("Mean time for one peer, in millionths of a second"),
        width=92,
        align=RIGHT,
        text=lambda state: decimal(state.micros, 0) if state.asked else NOTHING,
        sort=lambda state: state.micros,
        falling=True,
    ),
)


class ScriptsPanel(QWidget):
    """Stands below the settings of the rule of scripts; a removal can be undone."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._scripts = desk.core.lookups.scripts
        self._rows: RowsModel[ScriptState, str] = RowsModel(
            SCRIPT_COLUMNS, lambda state: state.file, faint=lambda state: not state.enabled
        )
        self.table = TableView(self._rows)
        self.table.setAccessibleName(_("Scripts"))
        self.table.setMinimumHeight(height(_HIGH))
        self.table.set_empty(
            EmptyState(
                "file-text",
                _("No scripts"),
                _("“New” makes one; the guide in the folder says how they are written."),
            )
        )
        self._edit = IconButton("pencil", _("Edit"), flat=True)
        self._switch = IconButton("power", _("Switch on or off"), flat=True)
        self._remove = IconButton("trash-2", _("Delete"), flat=True)
        self._folder = IconButton("external-link", _("Open the folder"), flat=True)
        self._reload = IconButton("refresh-cw", _("Read the folder again"), flat=True)
        self._new = Button(_("New…"), icon="plus")
        head = section_title(
            _("Scripts"),
            self._edit,
            self._switch,
            self._remove,
            self._folder,
            self._reload,
            self._new,
        )
        self.setLayout(column(head, self.table))
        self._connect()
        self.follow()

    def follow(self) -> None:
        """Show how they are now."""
        self._rows.show(self._scripts.states())
        self._follow_selection()

    def edit(self, file: str | None) -> None:
        """Open the editor for a script; None for a new one."""
        self._run(self._ask(file), "edit a script")

    def toggle(self) -> None:
        """Switch the selected scripts off, or on when all are off."""
        chosen = self.table.selected_rows()
        on = not any(state.enabled for state in chosen)
        self._run(self._enable([state.file for state in chosen], on=on), "switch a script")

    def remove(self) -> None:
        """Delete the selected scripts."""
        chosen = self.table.selected_rows()
        if chosen:
            self._run(self._delete(chosen), "delete a script")

    def open_folder(self) -> None:
        """Show the folder in the system's file browser."""
        folder = self._desk.core.data_dir / FOLDER
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def reload(self) -> None:
        """Take over what was changed in the folder, at once."""
        self._run(self._scripts.reload(), "read the scripts")

    def _connect(self) -> None:
        bridge = self._desk.bridge
        signals = (bridge.scripts_changed, bridge.settings_changed, bridge.swept)
        bridge.refresh(self, self.follow, *signals, per_second=1)
        works: tuple[tuple[Button | IconButton, Callable[[], object]], ...] = (
            (self._edit, self._edit_selected),
            (self._switch, self.toggle),
            (self._remove, self.remove),
            (self._folder, self.open_folder),
            (self._reload, self.reload),
            (self._new, partial(self.edit, None)),
        )
        for button, work in works:
            button.clicked.connect(lambda _checked=False, work=work: work())
        self.table.selection_changed.connect(self._follow_selection)
        self.table.opened.connect(self.edit)
        self.table.letter_pressed.connect(self._on_key)

    def _follow_selection(self, _keys: object = None) -> None:
        chosen = len(self.table.selected_keys())
        self._edit.setEnabled(chosen == 1)
        self._switch.setEnabled(chosen > 0)
        self._remove.setEnabled(chosen > 0)

    def _edit_selected(self) -> None:
        chosen = self.table.selected_keys()
        if len(chosen) == 1:
            self.edit(chosen[0])

    def _on_key(self, key: str, _keys: object) -> None:
        if key == "Del":
            self.remove()

    def _run(self, work: Coroutine[Any, Any, object], name: str) -> None:
        self._desk.actions.run(self._followed(work), name)

    async def _followed(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        finally:
            if isValid(self):  # another rule may be looked at meanwhile
                self.follow()

    async def _ask(self, file: str | None) -> None:
        dialog = ScriptEditor(self._desk, file, self.window())
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()

    async def _enable(self, files: list[str], *, on: bool) -> None:
        for file in files:
            await self._scripts.enable(file, on=on)

    async def _delete(self, chosen: list[ScriptState]) -> None:
        sources = {state.file: self._scripts.source(state.file) for state in chosen}
        for file in sources:
            await self._scripts.delete(file)

        async def put_back() -> None:
            for state in chosen:
                await self._scripts.save(state.file, sources[state.file])
                if state.enabled != state.header.active:
                    await self._scripts.enable(state.file, on=state.enabled)

        names = listed(plain(state.header.name) for state in chosen)
        words = _("Deleted: {names}.").format(names=names)
        self._desk.actions.offer_undo(words, lambda: self._followed(put_back()))
