"""The Torrents page: what is shared, how fast, and what was taken from it before bans."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from app.locale import _
from app.services.downloader_state import Status
from app.services.events import DownloadersChanged, SweepFailed, Swept
from app.ui import icons
from app.ui.bans.columns import took
from app.ui.delegates import Trail, sqrt_scale
from app.ui.desk import Desk
from app.ui.format import count
from app.ui.page import Page
from app.ui.peers.standing import trouble
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.torrents.columns import TAKEN, TRAIL, TorrentRow, torrent_columns
from app.ui.widgets import Button, EmptyState, IconButton, SearchField, column, row

_SAMPLES: Final = 30
_LEVELS: Final = 64
Key = tuple[str, str]


class TorrentsPage(Page):
    """One row per torrent and downloader; Enter shows its peers."""

    key = "torrents"
    icon = "package"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Torrents"))
        self._rates: defaultdict[Key, deque[int]] = defaultdict(lambda: deque(maxlen=_SAMPLES))
        self._sweeps: defaultdict[str, int] = defaultdict(int)
        self._level = 0
        self._bans_known = -1
        self._by_hash: dict[str, tuple[int, int]] = {}
        self._stale: set[str] = set()
        self._kept: dict[str, list[TorrentRow]] = {}
        self._model: RowsModel[TorrentRow, Key] = RowsModel(
            torrent_columns(self._trail),
            lambda entry: entry.key,
            faint=lambda entry: entry.downloader in self._stale,
        )
        self._model.sort_by(TAKEN, falling=True)
        self._table = TableView(self._model, holds_still=True)
        self._table.setAccessibleName(_("Torrents"))
        self._build()
        self._connect()
        self._refresh()
        self._show_total()

    @property
    def table(self) -> TableView[TorrentRow, Key]:
        """The table."""
        return self._table

    @override
    def look_for(self, text: str) -> None:
        self._search.set_text(text)

    @override
    def focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def saved(self) -> dict[str, Any]:
        return {"table": self._table.header.saved()}

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        table = state.get("table")
        if isinstance(table, Mapping):
            self._table.header.restore(table)

    def _build(self) -> None:
        self._search = SearchField(_("Filter: name, tag, tracker, downloader …"))
        columns = IconButton("columns-3", _("Columns"))
        columns.clicked.connect(
            lambda: self._table.header.column_menu().popup(
                columns.mapToGlobal(columns.rect().bottomLeft())
            )
        )
        bar = row(self._search, columns, margins=(12, 10, 12, 10))
        bar.setStretch(0, 1)
        top = QWidget()
        top.setLayout(bar)
        open_downloaders = Button(_("Open Downloaders"), icon="server")
        open_downloaders.clicked.connect(lambda: self.desk.navigate("downloaders", ""))
        self._empty = EmptyState("package", "", "", open_downloaders)
        self._table.set_empty(self._empty)
        whole = column(top, self._table, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        bridge, table = self.desk.bridge, self._table
        self._throttle = bridge.refresh(self, self._refresh, bridge.bans_changed, per_second=2)
        bridge.swept.connect(self._take)
        bridge.sweep_failed.connect(self._follow)
        bridge.downloaders_changed.connect(self._follow)
        bridge.pause_changed.connect(self._follow)
        self._search.changed.connect(self._filter)
        self._search.left.connect(table.setFocus)
        table.opened.connect(self._show_peers)
        table.menu_wanted.connect(self._show_menu)

    # What comes from the core

    def _take(self, event: Swept) -> None:
        self._sweeps[event.downloader] += 1
        rates = self._rates
        top = 0
        for seen in event.snapshot.torrents:
            rate = seen.torrent.upload_rate
            key = (event.downloader, seen.torrent.id)
            if rate > 0 or key in rates:
                rates[key].append(rate)
            top = max(top, rate)
        self._level = max(self._level, math.ceil(math.log2(top)) if top > 1 else 0)
        self._throttle.request()
        self._show_total()

    def _follow(self, event: DownloadersChanged | SweepFailed | object) -> None:
        if isinstance(event, DownloadersChanged):
            for downloader in event.gone:
                self._kept.pop(downloader, None)
        self._throttle.request()
        self._show_total()

    def _refresh(self) -> None:
        downloaders = self.desk.core.downloaders
        states = downloaders.states()
        taken = self._taken()
        for state in states:
            found = downloaders.torrents(state.settings.id)
            if found or state.status is Status.HEALTHY:
                self._kept[state.settings.id] = [
                    TorrentRow(
                        downloader=state.settings.id,
                        downloader_name=state.settings.name,
                        torrent=seen.torrent,
                        peers=len(seen.peers),
                        judged=seen.judged,
                        taken=taken.get(seen.torrent.hash, (0, 0))[0],
                        banned=taken.get(seen.torrent.hash, (0, 0))[1],
                    )
                    for seen in found
                ]
        watched = {state.settings.id for state in states}
        self._kept = {key: rows for key, rows in self._kept.items() if key in watched}
        stale = {s.settings.id for s in states if s.status is not Status.HEALTHY}
        if stale != self._stale:
            self._stale = stale
            self._table.viewport().update()
        self._model.show([entry for rows in self._kept.values() for entry in rows])
        self._model.refresh(TRAIL)
        self.say(trouble(self.desk, self._peers_of))
        self._show_empty(any_downloader=bool(states))

    def _taken(self) -> dict[str, tuple[int, int]]:
        """Bytes taken before bans, and bans, by info hash; counted anew only when the list changed."""
        ban_list = self.desk.core.ban_list
        if ban_list.generation != self._bans_known:
            self._bans_known = ban_list.generation
            found: dict[str, tuple[int, int]] = {}
            for ban in ban_list:
                if ban.torrent is not None and not ban.disconnect:
                    size, bans = found.get(ban.torrent.hash, (0, 0))
                    found[ban.torrent.hash] = (size + (took(ban) or 0), bans + 1)
            self._by_hash = found
        return self._by_hash

    def _trail(self, entry: TorrentRow) -> Trail:
        samples = self._rates.get(entry.key)
        if not samples:
            return Trail(None, 0, ())
        padded = [0.0] * (_SAMPLES - len(samples)) + [float(rate) for rate in samples]
        number = self._sweeps[entry.downloader] * _LEVELS + self._level
        return Trail(entry.key, number, sqrt_scale(padded, 2.0**self._level))

    def _peers_of(self, downloader: str) -> int:
        return sum(entry.peers for entry in self._kept.get(downloader, ()))

    # What it shows

    def _show_total(self) -> None:
        # A paused downloader tells nothing; its last rows are still shown.
        total = sum(
            state.torrents or len(self._kept.get(state.settings.id, ()))
            for state in self.desk.core.downloaders.states()
        )
        self.count_changed.emit(count(total) if total else "")

    def _show_empty(self, *, any_downloader: bool) -> None:
        if self._model.total:
            self._empty.set("package", _("No torrent matches"), _("Another word may find it."))
        elif any_downloader:
            self._empty.set(
                "package",
                _("No torrents"),
                _("The downloaders share nothing at the moment, or have not answered yet."),
            )
        else:
            self._empty.set(
                "plug",
                _("No downloader yet"),
                _("Add the BitTorrent client that PeerWarden shall watch."),
            )

    # What the user does

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        if words:
            self._model.set_filter(lambda entry: all(word in _haystack(entry) for word in words))
        else:
            self._model.set_filter(None)

    def _show_peers(self, key: Key) -> None:
        entry = self._model.get(key)
        if entry is not None:
            self.desk.navigate("peers", entry.torrent.name)

    def _show_menu(self, place: QPoint, keys: Sequence[Key]) -> None:
        found = (self._model.get(key) for key in keys)
        rows = [entry for entry in found if entry is not None]
        if not rows:
            return
        menu, actions = QMenu(self), self.desk.actions
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        first = rows[0]
        menu.addAction(
            icons.icon("users"),
            _("Show its peers") + "\tEnter",
            lambda: self._show_peers(first.key),
        )
        menu.addAction(
            icons.icon("ban"),
            _("Show its bans"),
            lambda: self.desk.navigate("bans", first.torrent.name),
        )
        menu.addSeparator()
        names = "\n".join(entry.torrent.name for entry in rows)
        hashes = "\n".join(entry.torrent.hash for entry in rows)
        menu.addAction(icons.icon("copy"), _("Copy the name"), lambda: actions.copy(names))
        menu.addAction(icons.icon("copy"), _("Copy the info hash"), lambda: actions.copy(hashes))
        menu.popup(place)


def _haystack(entry: TorrentRow) -> str:
    torrent = entry.torrent
    words = (torrent.name, *torrent.tags, torrent.tracker, torrent.category, torrent.hash)
    return " ".join((*words, entry.downloader_name)).casefold()
