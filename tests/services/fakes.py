"""Stand-ins at the core's ports: a store in memory, a scripted downloader, a clock that is set by hand.

What is under test is the core; each real neighbour has tests of its own against the real thing.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from app.adapters.config_files import ConfigFiles
from app.adapters.geoip.files import GeoFiles
from app.adapters.scripting.engine import MontyEngine
from app.adapters.scripting.folder import ScriptDirectory
from app.adapters.scripting.worker import worker_binary
from app.domain.address import IPAddress, Prefix
from app.domain.ban import Ban
from app.domain.capabilities import Capabilities
from app.domain.peer import Peer
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.torrent import Torrent
from app.services.blocklists import Blocklists
from app.services.core import Core, running_core
from app.services.discovery import Found
from app.services.errors import DownloaderError, NotSupported, StorageError
from app.services.events import EventBus
from app.services.fetching import Credentials, Fetched, FetchFailed, Stamp
from app.services.leakage import BanKey, Leak
from app.services.log_ring import LogRing
from app.services.outside import Outside
from app.services.ports import (
    Connection,
    Downloader,
    HistoryRow,
    LastState,
    Push,
    Settings,
    Tiers,
    UploadLimits,
)
from app.services.shadow_log import ShadowDecision, ShadowKey
from app.services.subscription import KeptList, ListKey, ListLogRow
from app.settings.downloader import DownloaderSettings, downloader_changes
from tests.services.progress_fakes import MemoryProgress
from tests.services.record_fakes import (
    MemoryFacts,
    MemoryJournal,
    MemoryPeerRecords,
    MemorySessions,
    MemorySwarm,
)

NOW = 1_763_700_000_000
NO_LIMIT = UploadLimits(rate=0, alternative=10_240)


@dataclass
class HandClock:
    """Shows what it was set to."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class MemorySubscriptions:
    """Remembers remote lists; `fails` makes writing raise."""

    kept: dict[ListKey, KeptList] = field(default_factory=dict)
    rows: list[ListLogRow] = field(default_factory=list)
    fails: bool = False

    async def load(self) -> Sequence[KeptList]:
        return list(self.kept.values())

    async def save(self, kept: KeptList | None, row: ListLogRow | None) -> None:
        if self.fails:
            raise StorageError("disk full")
        if kept is not None:
            self.kept[kept.key] = kept
        if row is not None:
            self.rows.append(row)

    async def forget(self, key: ListKey) -> None:
        self.kept.pop(key, None)

    async def log(
        self, key: ListKey | None, *, offset: int, limit: int
    ) -> tuple[int, Sequence[ListLogRow]]:
        rows = [row for row in reversed(self.rows) if key in (None, row.key)]
        return len(rows), rows[offset : offset + limit]

    async def forget_log(self, *, before: int) -> None:
        self.rows = [row for row in self.rows if row.at >= before]


@dataclass
class MemoryShadows:
    """Keeps would-be bans in a dict."""

    rows: dict[ShadowKey, ShadowDecision] = field(default_factory=dict)
    fails: bool = False

    async def add(self, decisions: Sequence[ShadowDecision]) -> None:
        if self.fails:
            raise StorageError("disk full")
        for each in decisions:
            old = self.rows.pop(each.key, None)
            self.rows[each.key] = (
                each
                if old is None
                else replace(each, first_at=old.first_at, count=old.count + each.count)
            )

    async def recent(self, rule: str, *, limit: int) -> Sequence[ShadowDecision]:
        found = [each for each in self.rows.values() if each.ban.rule == rule]
        return found[::-1][:limit]

    async def forget(self, *, before: int) -> int:
        old = [key for key, each in self.rows.items() if each.ban.since < before]
        for key in old:
            del self.rows[key]
        return len(old)


@dataclass
class MemoryLeaks:
    """Keeps what leaked in a dict; `fails` makes writing raise."""

    rows: dict[BanKey, int] = field(default_factory=dict)
    saves: int = 0
    fails: bool = False

    async def load(self) -> Mapping[BanKey, int]:
        return self.rows

    async def save(self, leaks: Sequence[Leak]) -> None:
        if self.fails:
            raise StorageError("disk full")
        self.saves += 1
        for leak in leaks:
            key = (leak.prefix, leak.since)
            self.rows[key] = max(self.rows.get(key, 0), leak.bytes)


@dataclass
class MemoryStore:
    """Keeps everything in lists; `fails` makes each call raise."""

    bans: dict[Prefix, Ban] = field(default_factory=dict)
    records: list[HistoryRow] = field(default_factory=list)
    exceptions: dict[str, PeerException] = field(default_factory=dict)
    held: defaultdict[str, set[Prefix]] = field(default_factory=lambda: defaultdict(set))
    states: dict[str, LastState] = field(default_factory=dict)
    subscriptions: MemorySubscriptions = field(default_factory=MemorySubscriptions)
    shadows: MemoryShadows = field(default_factory=MemoryShadows)
    leaks: MemoryLeaks = field(default_factory=MemoryLeaks)
    peer_records: MemoryPeerRecords = field(default_factory=MemoryPeerRecords)
    sessions: MemorySessions = field(default_factory=MemorySessions)
    swarm: MemorySwarm = field(default_factory=MemorySwarm)
    progress: MemoryProgress = field(default_factory=MemoryProgress)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    facts: MemoryFacts = field(default_factory=MemoryFacts)
    fails: bool = False

    async def load_bans(self) -> Sequence[Ban]:
        return list(self.bans.values())

    async def commit_bans(
        self,
        added: Sequence[Ban],
        removed: Collection[Prefix],
        *,
        undone_at: int | None = None,
        record: bool = True,
    ) -> None:
        self._check()
        for prefix in removed:
            self.bans.pop(prefix, None)
            self._mark(prefix, undone_at)
        for ban in added:
            self.bans[ban.prefix] = ban
            if record and not ban.disconnect:
                row = HistoryRow(id=len(self.records) + 1, ban=ban, unbanned_at=None)
                self.records.append(row)

    async def history(self, *, offset: int, limit: int) -> tuple[int, Sequence[HistoryRow]]:
        newest = self.records[::-1]
        return len(newest), newest[offset : offset + limit]

    async def forget_history(self, *, before: int) -> int:
        kept = [row for row in self.records if row.ban.since >= before]
        gone, self.records = len(self.records) - len(kept), kept
        return gone

    async def load_exceptions(self) -> Sequence[PeerException]:
        return list(self.exceptions.values())

    async def save_exception(self, entry: PeerException) -> None:
        self._check()
        self.exceptions[entry.id] = entry

    async def delete_exception(self, entry_id: str) -> None:
        self._check()
        self.exceptions.pop(entry_id, None)

    async def owned(self, downloader_id: str) -> Collection[Prefix]:
        return set(self.held[downloader_id])

    async def change_owned(
        self, downloader_id: str, added: Collection[Prefix], removed: Collection[Prefix]
    ) -> None:
        self._check()
        self.held[downloader_id] |= set(added)
        self.held[downloader_id] -= set(removed)

    async def save_sweep(
        self, downloader_id: str, *, at: int, version: str, torrents: Sequence[Torrent]
    ) -> None:
        self.states[downloader_id] = LastState(at=at, version=version, torrents=len(torrents))

    async def last_states(self) -> Mapping[str, LastState]:
        return self.states

    async def forget_downloader(self, downloader_id: str) -> None:
        self.states.pop(downloader_id, None)

    async def close(self) -> None:
        """Nothing to close."""

    def _check(self) -> None:
        if self.fails:
            raise StorageError("disk full")

    def _mark(self, prefix: Prefix, undone_at: int | None) -> None:
        if undone_at is None:
            return
        for index in range(len(self.records) - 1, -1, -1):
            if self.records[index].ban.prefix == prefix:
                self.records[index] = structs.replace(self.records[index], unbanned_at=undone_at)
                return


@dataclass
class ScriptedDownloader:
    """Shows the torrents it is given; drops listed peers as a real one does; counts what is asked of it."""

    clock: HandClock
    torrents: dict[str, tuple[Torrent, list[Peer]]] = field(default_factory=dict)
    listed: set[Prefix] = field(default_factory=set)
    able: Capabilities = field(default_factory=Capabilities)
    obeys: bool = True
    """Whether listed peers go."""
    error: DownloaderError | None = None
    session: int = 1
    pushes: list[Push] = field(default_factory=list)
    limits: UploadLimits = NO_LIMIT
    connects: int = 0
    closed: bool = False
    _last: dict[str, tuple[Peer, ...]] = field(default_factory=dict)

    def show(self, torrent: Torrent, *peers: Peer) -> None:
        self.torrents[torrent.id] = (torrent, [*peers])

    async def connect(self) -> Connection:
        self.connects += 1
        if self.error is not None:
            raise self.error
        return Connection(
            product="Scripted", version="5.3.0", capabilities=self.able, session=self.session
        )

    async def snapshot(self) -> Snapshot:
        if self.error is not None:
            raise self.error
        shown = []
        for key, (torrent, peers) in self.torrents.items():
            live = tuple(p for p in peers if not (self.obeys and self.holds(p.address.raw.ip)))
            if self._last.get(key) == live:
                live = self._last[key]
            self._last[key] = live
            shown.append(TorrentPeers(torrent=torrent, peers=live))
        return Snapshot(at=self.clock(), torrents=tuple(shown))

    async def apply(self, push: Push) -> None:
        if self.error is not None:
            raise self.error
        assert all(map(self.able.takes, push.wanted))
        self.pushes.append(push)
        self.listed = set(push.wanted)

    def holds(self, address: IPAddress) -> bool:
        return any(e.version == address.version and address in e for e in self.listed)

    async def upload_limits(self) -> UploadLimits:
        if self.error is not None:
            raise self.error
        return self.limits

    async def limit_upload(self, limits: UploadLimits) -> None:
        if self.error is not None:
            raise self.error
        self.limits = limits

    async def trackers(self, torrent_id: str) -> Tiers:
        raise NotSupported

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:
        raise NotSupported

    async def listen_port(self) -> int:
        raise NotSupported

    async def listen_at(self, port: int) -> None:
        raise NotSupported

    def forget_refusal(self) -> None:
        """It never remembers one."""

    async def close(self) -> None:
        self.closed = True


async def fetch_nothing(
    url: str,
    target: Path,
    *,
    limit: int,
    stamp: Stamp = Stamp(),  # noqa: B008 - frozen
    credentials: Credentials | None = None,
    seconds: float = 0,
) -> Fetched:
    """A network that is down."""
    raise FetchFailed(url, Text("no-answer-in-time"))


async def find_nothing() -> Sequence[Found]:
    """A machine without downloaders."""
    return ()


def quiet_outside(folder: Path) -> Outside:
    """Real files below `folder`, no network, no interfaces; scripts run as ever, when there are any."""
    bundled = folder / "no scripts"
    bundled.mkdir(exist_ok=True)
    (bundled / "README.md").touch()
    return Outside(
        read_interfaces=tuple,
        open_fetch=lambda _proxy: fetch_nothing,
        place_files=GeoFiles(folder / "geoip", folder / "cache" / "geoip"),
        place_sources=(),
        open_resolver=lambda _settings: (None, ()),
        script_engine=MontyEngine(worker_binary()),
        script_files=ScriptDirectory(folder / "scripts", bundled),
        scan=find_nothing,
    )


_ports = itertools.count(20_000)


@dataclass
class House:
    """A running core with its stand-ins."""

    core: Core
    clock: HandClock
    store: MemoryStore
    downloaders: dict[str, ScriptedDownloader]


@asynccontextmanager
async def house(
    folder: Path,
    *names: str,
    store: MemoryStore | None = None,
    downloaders: dict[str, ScriptedDownloader] | None = None,
    clock: HandClock | None = None,
) -> AsyncIterator[House]:
    """A core over real settings files in `folder` that watches scripted downloaders called `names`."""
    clock = clock or HandClock()
    store = store or MemoryStore()
    scripted = downloaders if downloaders is not None else {}
    files = ConfigFiles(folder)
    files.load()
    for name in names:
        settings = DownloaderSettings(
            id=name, name=name, endpoint=f"http://127.0.0.1:{next(_ports)}"
        )
        files.change("config.yml", downloader_changes(settings))
        scripted.setdefault(name, ScriptedDownloader(clock))

    def open_downloader(settings: DownloaderSettings) -> Downloader:
        return scripted.setdefault(settings.id, ScriptedDownloader(clock))

    config, profile = files.load()
    async with running_core(
        version="0",
        data_dir=folder,
        settings=Settings(config=config, profile=profile),
        files=files,
        store=store,
        open_downloader=open_downloader,
        blocklists=Blocklists(),
        outside=quiet_outside(folder),
        bus=EventBus(),
        clock=clock,
        log_ring=LogRing(),
    ) as core:
        yield House(core, clock, store, scripted)
