"""The Peers page: every live peer with its verdict, and for the one selected the whole reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget
from typing_extensions import override

from app.locale import _, ngettext
from app.services.downloader_state import Status
from app.services.events import DownloadersChanged, JudgedPeer, PeerKey, Swept
from app.ui.bans.enforced import enforced_at
from app.ui.desk import Desk
from app.ui.format import count
from app.ui.page import Page
from app.ui.peers.columns import SINCE, TRAIL, UPLOADED, VERDICT, PeerView, peer_columns
from app.ui.peers.details import PANE, SIDE, PeerDetails
from app.ui.peers.inbox import PeerInbox
from app.ui.peers.mark import Group
from app.ui.peers.search import accepts
from app.ui.peers.selection import PeerSelection, addresses_text
from app.ui.peers.standing import nobody_words, trouble
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.widgets import (
    Button,
    EmptyState,
    IconButton,
    Picture,
    QuickFilters,
    SearchField,
    Throttle,
    column,
    label,
    row,
    splitter,
)

_ALL: Final = "all"
_GROUPS: Final = {
    "taking": Group.TAKING,
    "giving": Group.GIVING,
    "banned": Group.BANNED,
    "shadow": Group.SHADOW,
}
_WIDE: Final = 1680
"""From this width of the page on, the details stand at the right."""
_LARGEST_SHARE: Final = 0.5
"""Of the height that the details get when the window shrinks; the user may drag beyond it."""
_ARRIVALS: Final = 2_500
_CHANGES: Final = 15_000
"""Changes at once; up to there, one large repaint is smoother than several small ones."""


class PeersPage(Page):
    """A live table that holds still while one looks at it."""

    key = "peers"
    icon = "users"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Peers"))
        core = desk.core
        self._inbox = PeerInbox(core.downloaders.peers)
        self._view = PeerView(core, self._inbox.trails)
        self._stale: set[str] = set()
        self._work: list[Iterator[None]] = []
        self._model: RowsModel[JudgedPeer, PeerKey] = RowsModel(
            peer_columns(self._view),
            lambda judged: judged.key,
            faint=lambda judged: judged.key.downloader in self._stale,
        )
        self._model.sort_by(UPLOADED, falling=True)
        self._table = TableView(self._model, holds_still=True)
        self._table.setAccessibleName(_("Peers"))
        self._table.set_copy(addresses_text)
        self._selection = PeerSelection(
            desk, self._table, self._view, look_for=self.look_for, why=self._show_why
        )
        self._details = PeerDetails(self._view, self._selection.fill_spare)
        self._build()
        self._connect()
        for state in core.downloaders.states():
            self._inbox.reload(state.settings.id)
        self._refresh()
        self._follow_states()

    @property
    def table(self) -> TableView[JudgedPeer, PeerKey]:
        """The table."""
        return self._table

    @property
    def details(self) -> PeerDetails:
        """The pane that says why."""
        return self._details

    @override
    def look_for(self, text: str) -> None:
        self._filters.choose(text if text in _GROUPS else _ALL)
        self._search.set_text("" if text in _GROUPS else text)

    @override
    def focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def saved(self) -> dict[str, Any]:
        return {"table": self._table.header.saved(), "split": self._split.sizes()}

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        table, sizes = state.get("table"), state.get("split")
        if isinstance(table, Mapping):
            self._table.header.restore(table)
        if isinstance(sizes, list) and all(isinstance(part, int) for part in sizes):
            self._split.setSizes(sizes)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= _WIDE
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if self._split.orientation() != wanted:
            self._split.setOrientation(wanted)
            self._details.lie(beside=beside)
            self._split.setSizes([10_000, SIDE if beside else height(PANE)])
        sizes = self._split.sizes()
        if not beside and sizes[1] > sum(sizes) * _LARGEST_SHARE:
            self._split.setSizes([sum(sizes) - (part := round(sum(sizes) * _LARGEST_SHARE)), part])

    # What it is made of

    def _build(self) -> None:
        self._search = SearchField(_("Filter: address, network, client, torrent, downloader …"))
        self._filters = QuickFilters(
            (
                (_ALL, _("All")),
                ("taking", _("Taking")),
                ("giving", _("Giving")),
                ("banned", _("Banned")),
                ("shadow", _("Shadow")),
            )
        )
        self._hold_button = IconButton("snowflake", _("Hold the order (Space)"), checkable=True)
        self._hold_button.clicked.connect(self._table.toggle_hold)
        columns = IconButton("columns-3", _("Columns"))
        columns.clicked.connect(
            lambda: self._table.header.column_menu().popup(
                columns.mapToGlobal(columns.rect().bottomLeft())
            )
        )
        self._hold_icon = Picture("snowflake", "accent", 14)
        self._hold_words = label("", "faint")
        self._release = Button("", tip=_("Release the order"))
        self._release.clicked.connect(self._table.release)
        bar = row(self._search, self._hold_button, columns)
        bar.setStretch(0, 1)
        second = row(self._filters, None, self._hold_icon, self._hold_words, self._release, gap=6)
        top = QWidget()
        top.setLayout(column(bar, second, gap=6, margins=(12, 10, 12, 6)))
        nothing = EmptyState(
            "users",
            _("No peer matches"),
            _("Another word or another filter may find it."),
            self._clear_button(),
        )
        self._table.set_empty(nothing)
        self._split = splitter(
            Qt.Orientation.Vertical, self._table, self._details, sizes=(10_000, height(PANE))
        )
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        full = QWidget()
        inside = column(top, self._split, gap=0)
        inside.setStretch(1, 1)
        full.setLayout(inside)
        open_downloaders = Button(_("Open Downloaders"), icon="server")
        open_downloaders.clicked.connect(lambda: self.desk.navigate("downloaders", ""))
        self._empty = EmptyState("users", "", "", open_downloaders)
        self._stack = QStackedWidget()
        self._stack.addWidget(full)
        self._stack.addWidget(self._empty)
        self.setLayout(column(self._stack, gap=0))

    def _clear_button(self) -> Button:
        made = Button(_("Clear"), icon="x")
        made.clicked.connect(lambda: self.look_for(""))
        return made

    def _connect(self) -> None:
        bridge, table = self.desk.bridge, self._table
        bridge.swept.connect(self._take)
        bridge.downloaders_changed.connect(self._follow_downloaders)
        bridge.bans_changed.connect(self._follow_bans)
        bridge.sweep_failed.connect(self._follow_states)
        bridge.pause_changed.connect(self._follow_states)
        self._throttle = bridge.refresh(self, self._refresh)
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._refresh)
        self._sight = Throttle(self, self._refresh_sight)
        table.verticalScrollBar().valueChanged.connect(self._sight.request)
        self._model.count_changed.connect(self._sight.request)
        self._model.sort_changed.connect(self._sight.request)
        self._slicer = QTimer(self, singleShot=True, interval=0)
        self._slicer.timeout.connect(self._do_slice)
        self._search.changed.connect(self._filter)
        self._search.left.connect(self._table.setFocus)
        self._filters.chosen.connect(self._filter)
        self._model.count_changed.connect(self._show_counts)
        self._model.waiting_changed.connect(self._show_hold)
        table.hold_changed.connect(self._show_hold)
        table.selection_changed.connect(self._show_selected)
        table.menu_wanted.connect(self._selection.show_menu)
        table.opened.connect(self._show_why)
        table.letter_pressed.connect(self._selection.on_letter)
        self._details.undo_pressed.connect(self._selection.undo_ban)
        self._details.ban_pressed.connect(self._selection.ban)
        self._details.evidence_pressed.connect(self._selection.copy_evidence)
        copy = QShortcut(QKeySequence("Ctrl+Shift+C"), table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._selection.copy_evidence)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._details)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(table.setFocus)
        self._show_hold()

    # What comes from the core

    def _take(self, event: Swept) -> None:
        """A sweep is taken in bit by bit, in steps of the loop of their own."""
        self._work.append(self._inbox.take(event))
        if not self._slicer.isActive():
            self._slicer.start()

    def _do_slice(self) -> None:
        if self._work and next(self._work[0], self) is self:
            self._work.pop(0)
        if self._work:
            self._slicer.start()
        else:
            self._throttle.request()
            self._show_total()

    def _follow_downloaders(self, event: DownloadersChanged) -> None:
        self._inbox.drop(event.gone)
        self._view.follow_names()
        self._throttle.request()
        self._follow_states()
        self._show_total()

    def _follow_bans(self, _event: object) -> None:
        """Chips are right at once, not with the next sweep."""
        if self.isVisible():
            self._refresh_sight()
            self._show_selected()

    def _refresh(self) -> None:
        # Rows that come are dearer than rows that change: a full swarm enters in several steps of the loop.
        arriving = self._inbox.waiting > 2 * self._model.total
        changed, gone = self._inbox.collect(_ARRIVALS if arriving else _CHANGES)
        self._model.apply(changed, gone)
        if self._inbox.waiting:
            self._again.start()
        self._refresh_sight()
        self._show_counts()
        self._follow_states()
        self._show_selected()

    def _refresh_sight(self) -> None:
        """What depends on the clock and on the ban list is kept up to date where it can be seen."""
        self._model.refresh(VERDICT, TRAIL, SINCE, rows=self._table.rows_in_sight())

    def _follow_states(self, _event: object = None) -> None:
        states = self.desk.core.downloaders.states()
        stale = {s.settings.id for s in states if s.swept_at and s.status is not Status.HEALTHY}
        if self.desk.core.downloaders.paused:
            stale = {state.settings.id for state in states}
        if stale != self._stale:
            self._stale = stale
            self._table.viewport().update()
        self.say(trouble(self.desk, self._inbox.peers_of))
        self._show_empty()

    # What it shows

    def _show_total(self) -> None:
        self.count_changed.emit(count(self._inbox.total) if self._inbox.total else "")

    def _show_counts(self) -> None:
        inbox = self._inbox
        self._filters.set_count(_ALL, inbox.total)
        for key, group in _GROUPS.items():
            self._filters.set_count(key, inbox.count(group))
        self._show_total()

    def _show_empty(self) -> None:
        if self._inbox.total or self._model.shown:
            self._stack.setCurrentIndex(0)
        else:
            self._stack.setCurrentIndex(1)
            self._empty.set(*nobody_words(self.desk.core))

    def _show_hold(self, _event: object = None) -> None:
        reason, waiting = self._table.held_by, self._model.waiting
        words = {
            "selection": _("Order held while a row is selected"),
            "pointer": _("Order held while the pointer is over the table"),
            "user": _("Order held until you release it"),
        }.get(reason, "")
        self._hold_button.setChecked(reason == "user")
        self._hold_icon.setVisible(bool(reason))
        self._hold_words.setText(words)
        self._release.setVisible(waiting > 0)
        self._release.set_words(
            ngettext("{count} change waits", "{count} changes wait", waiting).format(
                count=count(waiting)
            )
        )

    def _show_selected(self, _keys: object = None) -> None:
        chosen = self._selection.chosen()
        if not chosen.peers:
            self._details.show_nobody()
        elif len(chosen.peers) > 1:
            self._details.show_many(chosen)
        else:
            ban = chosen.bans[0] if chosen.bans else None
            enforced = () if ban is None else enforced_at(self.desk.core, ban)
            self._details.show_peer(chosen.peers[0], enforced)

    def _show_why(self, _key: object = None) -> None:
        self._details.trace.setFocus()

    def _filter(self, _what: object = None) -> None:
        group = _GROUPS.get(self._filters.current)
        self._model.set_filter(accepts(self._search.text, group, self._view.name))
