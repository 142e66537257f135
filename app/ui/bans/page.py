"""The Bans page: the list in force, its history, and what one can do to an entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCursor, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget
from typing_extensions import override

from app.domain.address import Prefix, show
from app.domain.ban import Ban
from app.locale import _, ngettext
from app.services.events import BansChanged
from app.ui import icons
from app.ui.bans.ban_dialog import BanDialog
from app.ui.bans.columns import ENFORCED, LEAKED, LEFT, SINCE, BanView, ban_columns, haystack
from app.ui.bans.details import PANE, BanDetails, ban_evidence
from app.ui.bans.exporting import EXPORT, export_menu
from app.ui.bans.history import HistoryView
from app.ui.desk import Desk
from app.ui.durations import BAN_LENGTHS, SPARE_LENGTHS, length
from app.ui.format import count, listed
from app.ui.page import Page
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.theme.tokens import ROW_CARD
from app.ui.widgets import (
    Button,
    EmptyState,
    IconButton,
    QuickFilters,
    SearchField,
    ask,
    column,
    label,
    row,
    splitter,
)

_ACTIVE: Final = "active"
_HISTORY: Final = "history"
_SECOND_MS: Final = 1_000


class BansPage(Page):
    """Times go on by the second; entries come and go as the core says."""

    key = "bans"
    icon = "ban"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Bans"))
        self._view = BanView(desk.core)
        self._model: RowsModel[Ban, Prefix] = RowsModel(
            ban_columns(self._view), lambda ban: ban.prefix
        )
        self._model.sort_by(SINCE, falling=True)
        self._table = TableView(self._model, row_height=ROW_CARD)
        self._table.setAccessibleName(_("Bans"))
        self._table.set_copy(lambda bans: "\n".join(show(ban.prefix) for ban in bans))
        self._history = HistoryView(desk, self._view)
        self._changed: dict[Prefix, Ban] = {}
        self._gone: set[Prefix] = set()
        self._build()
        self._connect()
        self._model.apply({ban.prefix: ban for ban in desk.core.bans.shown()})
        self._show_counts()

    @property
    def table(self) -> TableView[Ban, Prefix]:
        """The list in force."""
        return self._table

    @property
    def history(self) -> HistoryView:
        """What was banned."""
        return self._history

    @property
    def details(self) -> BanDetails:
        """The pane that says why."""
        return self._details

    @override
    def look_for(self, text: str) -> None:
        self._filters.choose(_HISTORY if text == _HISTORY else _ACTIVE)
        self._search.set_text("" if text in (_HISTORY, EXPORT) else text)
        if text == EXPORT:
            self._export.setFocus(Qt.FocusReason.OtherFocusReason)
            # Not from inside the click that led here: the menu would close with it.
            QTimer.singleShot(0, self._export, self._offer_formats)

    @override
    def focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def on_shown(self) -> None:
        self._timer.start()

    @override
    def on_hidden(self) -> None:
        self._timer.stop()

    @override
    def saved(self) -> dict[str, Any]:
        return {
            "table": self._table.header.saved(),
            "history": self._history.table.header.saved(),
            "split": self._split.sizes(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        for key, table in (("table", self._table.header), ("history", self._history.table.header)):
            saved = state.get(key)
            if isinstance(saved, Mapping):
                table.restore(saved)
        sizes = state.get("split")
        if isinstance(sizes, list) and all(isinstance(part, int) for part in sizes):
            self._split.setSizes(sizes)

    def ban_address(self) -> None:
        """Ctrl+B: ask for addresses and ban them."""
        self.desk.actions.run(self._ask_for_addresses(), "ban by hand")

    # What it is made of

    def _build(self) -> None:
        self._search = SearchField(_("Filter: address, rule, reason, torrent, client …"))
        add = Button(_("Ban an address"), icon="plus", tip=_("Ctrl+B"))
        add.clicked.connect(self.ban_address)
        self._export = Button(_("Export"), menu=export_menu(self, self.desk))
        columns = IconButton("columns-3", _("Columns"))
        columns.clicked.connect(
            lambda: (
                self._visible_table()
                .header.column_menu()
                .popup(columns.mapToGlobal(columns.rect().bottomLeft()))
            )
        )
        self._filters = QuickFilters(((_ACTIVE, _("Active")), (_HISTORY, _("History"))))
        self._sum = label("", "faint", tabular=True)
        bar = row(self._search, add, self._export, columns)
        bar.setStretch(0, 1)
        top = QWidget()
        second = row(self._filters, None, self._sum)
        top.setLayout(column(bar, second, gap=6, margins=(12, 10, 12, 6)))
        self._details = BanDetails(
            self._view,
            self._length_menu(SPARE_LENGTHS, self._spare),
            self._length_menu(BAN_LENGTHS, self._change_end),
        )
        first = Button(_("Ban an address"), icon="plus")
        first.clicked.connect(self.ban_address)
        self._empty = EmptyState("ban", "", "", first)
        self._table.set_empty(self._empty)
        self._split = splitter(
            Qt.Orientation.Vertical, self._table, self._details, sizes=(10_000, height(PANE))
        )
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._split)
        self._stack.addWidget(self._history)
        whole = column(top, self._stack, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        bridge, table = self.desk.bridge, self._table
        self._throttle = bridge.refresh(self, self._refresh)
        bridge.bans_changed.connect(self._take)
        bridge.refresh(
            self, self._refresh_enforcement, bridge.enforcement_changed, bridge.sweep_failed
        )
        self._timer = QTimer(self, interval=_SECOND_MS)
        self._timer.timeout.connect(self._refresh_times)
        self._search.changed.connect(self._filter)
        self._search.left.connect(table.setFocus)
        self._filters.chosen.connect(self._show_view)
        self._model.count_changed.connect(self._show_counts)
        table.selection_changed.connect(self._show_selected)
        table.menu_wanted.connect(self._show_menu)
        table.letter_pressed.connect(self._on_letter)
        table.opened.connect(lambda _key: self._details.trace.setFocus())
        self._details.undo_pressed.connect(self._undo_ban)
        self._details.evidence_pressed.connect(self._copy_evidence)
        ban = QShortcut(QKeySequence("Ctrl+B"), self)
        ban.activated.connect(self.ban_address)
        copy = QShortcut(QKeySequence("Ctrl+Shift+C"), table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._copy_evidence)

    def _length_menu(
        self, lengths: Sequence[int | None], work: Callable[[int | None], object]
    ) -> QMenu:
        menu = QMenu(self)
        for offered in lengths:
            words = length(offered)
            menu.addAction(words[:1].upper() + words[1:], partial(work, offered))
        return menu

    # What comes from the core

    def _take(self, event: BansChanged) -> None:
        for ban in event.removed:
            self._changed.pop(ban.prefix, None)
            self._gone.add(ban.prefix)
        for ban in event.added:
            if not ban.disconnect:
                self._gone.discard(ban.prefix)
                self._changed[ban.prefix] = ban
        self._throttle.request()
        self._history.out_of_date()
        self._show_total()

    def _refresh(self) -> None:
        changed, gone = self._changed, self._gone
        self._changed, self._gone = {}, set()
        self._model.apply(changed, gone)
        self._show_counts()
        self._show_selected()

    def _refresh_enforcement(self) -> None:
        self._model.refresh(ENFORCED, LEAKED)
        self._show_sum()
        self._show_selected()

    def _refresh_times(self) -> None:
        self._model.refresh(SINCE, LEFT)
        self._show_selected()

    # What it shows

    def _offer_formats(self) -> None:
        menu = self._export.menu()
        menu.popup(self._export.mapToGlobal(self._export.rect().bottomLeft()))
        # So that Enter takes the first, and the arrow keys go on from there.
        menu.setActiveAction(menu.actions()[0])

    def _visible_table(self) -> TableView[Any, Any]:
        return self._table if self._stack.currentIndex() == 0 else self._history.table

    def _show_view(self, key: str) -> None:
        self._stack.setCurrentIndex(1 if key == _HISTORY else 0)
        self._search.setEnabled(key != _HISTORY)
        self._show_sum()

    def _show_total(self) -> None:
        total = sum(not ban.disconnect for ban in self.desk.core.ban_list)
        self.count_changed.emit(count(total) if total else "")

    def _show_counts(self) -> None:
        self._filters.set_count(_ACTIVE, self._model.total)
        self._show_total()
        self._show_sum()
        if self._model.total:
            title, words = _("No ban matches"), _("Another word may find it.")
        else:
            title = _("Nobody is banned")
            words = _("Whoever a rule hits appears here with the reason, and for how long.")
        self._empty.set("ban", title, words)

    def _show_sum(self) -> None:
        if self._stack.currentIndex() == 1 or not self._model.total:
            self._sum.setText("")
            return
        states = self.desk.core.downloaders.states()
        confirmed = sum(state.bans_confirmed for state in states)
        waiting = sum(state.bans_possible for state in states) - confirmed
        said = [_("{confirmed} confirmed at the downloaders").format(confirmed=count(confirmed))]
        if waiting > 0:
            words = ngettext("{count} waits", "{count} wait", waiting)
            said.append(words.format(count=count(waiting)))
        self._sum.setText(listed(said))

    def _show_selected(self, _keys: object = None) -> None:
        bans = self._table.selected_rows()
        if not bans:
            self._details.show_nothing()
        elif len(bans) > 1:
            self._details.show_many(bans)
        else:
            self._details.show_ban(bans[0])

    # What the user does

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        if words:
            self._model.set_filter(lambda ban: all(word in haystack(ban) for word in words))
        else:
            self._model.set_filter(None)
        self._show_counts()

    def _selected(self) -> tuple[Prefix, ...]:
        return self._table.selected_keys()

    def _undo_ban(self) -> None:
        if self._selected():
            self.desk.actions.undo_ban(self._selected())

    def _spare(self, length_ms: int | None) -> None:
        if self._selected():
            self.desk.actions.spare(self._selected(), length_ms=length_ms)

    def _change_end(self, duration: int | None) -> None:
        if self._selected() and duration is not None:
            self.desk.actions.change_end(self._selected(), duration)

    def _copy_evidence(self) -> None:
        bans = self._table.selected_rows()
        if bans:
            self.desk.actions.copy("\n\n".join(map(ban_evidence, bans)))

    def _on_letter(self, letter: str, keys: Sequence[Prefix]) -> None:
        if not keys:
            return
        match letter:
            case "U" | "Del":
                self.desk.actions.undo_ban(keys)
            case "Shift+U":
                self.desk.actions.unban(keys)
            case "E":
                self.desk.actions.spare(keys)
            case "D":
                menu = self._length_menu(BAN_LENGTHS, self._change_end)
                menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
                menu.popup(QCursor.pos())

    def _show_menu(self, place: QPoint, keys: Sequence[Prefix]) -> None:
        menu = self.context_menu(keys)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def context_menu(self, keys: Sequence[Prefix]) -> QMenu:
        """The menu for these entries; it acts on them, wherever they stand by then."""
        actions, menu = self.desk.actions, QMenu(self)
        menu.addAction(
            icons.icon("undo-2"), _("Undo the ban") + "\tU", lambda: actions.undo_ban(keys)
        )
        menu.addAction(_("Unban only") + "\tShift+U", lambda: actions.unban(keys))
        spare = menu.addMenu(icons.icon("shield-check"), _("Unban and never judge again"))
        for offered in SPARE_LENGTHS:
            words = length(offered)
            spare.addAction(
                words[:1].upper() + words[1:], partial(actions.spare, keys, length_ms=offered)
            )
        change = menu.addMenu(icons.icon("timer"), _("Change duration"))
        for duration in BAN_LENGTHS:
            words = length(duration)
            change.addAction(
                words[:1].upper() + words[1:], partial(actions.change_end, keys, duration)
            )
        menu.addSeparator()
        menu.addAction(
            icons.icon("users"),
            _("Show its peers"),
            lambda: self.desk.navigate("peers", str(keys[0])),
        )
        menu.addSeparator()
        text = "\n".join(show(prefix) for prefix in keys)
        menu.addAction(
            icons.icon("copy"), _("Copy the address") + "\tCtrl+C", lambda: actions.copy(text)
        )
        menu.addAction(
            icons.icon("scroll-text"),
            _("Copy evidence") + "\tCtrl+Shift+C",
            lambda: actions.copy(self._evidence_of(keys)),
        )
        return menu

    def _evidence_of(self, keys: Sequence[Prefix]) -> str:
        found = (self._model.get(key) for key in keys)
        return "\n\n".join(ban_evidence(ban) for ban in found if ban is not None)

    async def _ask_for_addresses(self) -> None:
        dialog = BanDialog(self.desk, self)
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()
