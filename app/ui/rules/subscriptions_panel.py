"""The remote lists of one rule: how each is, what became of the last looks, and all that can be done with them."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from app.domain.errors import AppError
from app.locale import _
from app.locale.texts import say
from app.services.subscription import ListKey, ListKind, ListLogRow, ListState
from app.settings.modules import Subscription
from app.ui import icons
from app.ui.desk import Desk
from app.ui.format import listed, plain
from app.ui.rows import RowsModel
from app.ui.rules.subscription_columns import LIST_COLUMNS, LOG_COLUMNS
from app.ui.rules.subscription_dialog import SubscriptionDialog
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.widgets import Button, IconButton, Tone, ask, column, label, section_title

_ROWS_HIGH: Final = 150
_LOG_HIGH: Final = 120
_LOG_READ: Final = 60
_LOG_SHOWN: Final = 20


class SubscriptionsPanel(QWidget):
    """Adds, edits, switches, updates and removes; a removal can be undone."""

    def __init__(self, desk: Desk, kind: ListKind) -> None:
        super().__init__()
        self._desk, self._kind = desk, kind
        self._rows: RowsModel[ListState, ListKey] = RowsModel(
            LIST_COLUMNS, lambda state: state.key, faint=lambda state: not state.in_force
        )
        self.table = TableView(self._rows)
        self.table.setAccessibleName(_("Remote lists"))
        self.table.setMinimumHeight(height(_ROWS_HIGH))
        self._log: RowsModel[ListLogRow, tuple[ListKey, int]] = RowsModel(
            LOG_COLUMNS, lambda entry: (entry.key, entry.at)
        )
        self.log = TableView(self._log)
        self.log.setAccessibleName(_("Last updates"))
        self.log.setMinimumHeight(height(_LOG_HIGH))
        self._make_buttons()
        head = section_title(
            _("Remote lists"), self._edit, self._switch, self._remove, self._update, self._add
        )
        whole = column(head, self.table, label(_("Last updates"), "muted"), self.log)
        self.setLayout(whole)
        self._connect()
        self.follow()

    def follow(self) -> None:
        """Show how the lists are now."""
        states = self._desk.core.subscriptions.states()
        self._rows.show([state for state in states if state.key.kind is self._kind])
        self._follow_selection()
        self._desk.actions.run(self._read_log(), "read the log of remote lists")

    def add(self) -> None:
        """Ask for a new list."""
        self._desk.actions.run(self._ask(None), "add a remote list")

    def edit(self) -> None:
        """Ask for other settings of the selected list."""
        chosen = self.table.selected_rows()
        if len(chosen) == 1:
            self._desk.actions.run(self._ask(chosen[0]), "edit a remote list")

    def update_now(self) -> None:
        """Look at the selected lists, or at all."""
        keys = self.table.selected_keys() or tuple(self._rows.keys())
        self._desk.actions.run(self._update_all(keys), "update remote lists")

    def toggle(self) -> None:
        """Switch the selected lists off, or on when all are off."""
        chosen = self.table.selected_rows()
        on = not any(state.enabled for state in chosen)
        self._desk.actions.run(self._enable(chosen, on=on), "switch a remote list")

    def remove(self) -> None:
        """Unsubscribe from the selected lists."""
        chosen = self.table.selected_rows()
        if chosen:
            self._desk.actions.run(self._take_away(chosen), "remove a remote list")

    # What it is made of

    def _make_buttons(self) -> None:
        self._add = Button(_("Add…"), icon="plus")
        self._update = Button(_("Update now"), icon="refresh-cw")
        self._edit = IconButton("pencil", _("Edit"), flat=True)
        self._switch = IconButton("power", _("Switch on or off"), flat=True)
        self._remove = IconButton("trash-2", _("Unsubscribe"), flat=True)

    def _connect(self) -> None:
        bridge, table = self._desk.bridge, self.table
        bridge.refresh(
            self,
            self.follow,
            bridge.lists_changed,
            bridge.list_checked,
            bridge.settings_changed,
        )
        for button, work in (
            (self._add, self.add),
            (self._update, self.update_now),
            (self._edit, self.edit),
            (self._switch, self.toggle),
            (self._remove, self.remove),
        ):
            button.clicked.connect(work)
        table.selection_changed.connect(self._follow_selection)
        table.opened.connect(self._open)
        table.menu_wanted.connect(self._show_menu)
        table.letter_pressed.connect(self._on_key)

    def _follow_selection(self, _keys: object = None) -> None:
        chosen = len(self.table.selected_keys())
        self._edit.setEnabled(chosen == 1)
        self._switch.setEnabled(chosen > 0)
        self._remove.setEnabled(chosen > 0)
        self._update.setEnabled(self._rows.total > 0)

    def _open(self, key: ListKey) -> None:
        state = self._rows.get(key)
        if state is not None:
            self._desk.actions.run(self._ask(state), "edit a remote list")

    def _show_menu(self, place: QPoint, _keys: object) -> None:
        menu = QMenu(self)
        all_off = not any(state.enabled for state in self.table.selected_rows())
        menu.addAction(icons.icon("refresh-cw", "text"), _("Update now"), self.update_now)
        edit = menu.addAction(icons.icon("pencil", "text"), _("Edit…"), self.edit)
        edit.setEnabled(self._edit.isEnabled())
        words = _("Switch on") if all_off else _("Switch off")
        menu.addAction(icons.icon("power", "text"), words, self.toggle)
        menu.addSeparator()
        menu.addAction(icons.icon("trash-2", "text"), _("Unsubscribe"), self.remove)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _on_key(self, key: str, _keys: object) -> None:
        if key == "Del":
            self.remove()

    # What the user does

    async def _ask(self, state: ListState | None) -> None:
        dialog = SubscriptionDialog(self._desk, self._kind, state, self.window())
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()
            if isValid(self):
                self.follow()

    async def _update_all(self, keys: tuple[ListKey, ...]) -> None:
        failed: list[str] = []
        for key in keys:
            try:
                await self._desk.core.subscriptions.update(key)
            except AppError as error:
                failed.append(say(error.text))
        if failed:
            self._desk.notify(listed(dict.fromkeys(failed)), Tone.WARN)

    async def _enable(self, chosen: list[ListState], *, on: bool) -> None:
        for state in chosen:
            await self._desk.core.subscriptions.enable(state.key, enabled=on)

    async def _take_away(self, chosen: list[ListState]) -> None:
        lists = self._desk.core.subscriptions
        for state in chosen:
            await lists.remove(state.key)

        def put_back() -> Coroutine[Any, Any, None]:
            return self._put_back(chosen)

        names = listed(plain(state.name) for state in chosen)
        self._desk.actions.offer_undo(_("Unsubscribed from {names}.").format(names=names), put_back)

    async def _put_back(self, chosen: list[ListState]) -> None:
        for state in chosen:
            subscription = Subscription(
                id=state.key.id, enabled=state.enabled, name=state.name, url=state.url
            )
            await self._desk.core.subscriptions.add(self._kind, subscription)

    async def _read_log(self) -> None:
        _count, rows = await self._desk.core.subscriptions.log(limit=_LOG_READ)
        if isValid(self):  # the page may be gone meanwhile
            self._log.show([entry for entry in rows if entry.key.kind is self._kind][:_LOG_SHOWN])
