"""Counts, for each local day and downloader, the connections and what they were like (reference/rules.md 3.16)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Final, Protocol

from msgspec import Struct, structs

from app.domain.address import IPAddress
from app.domain.flags import PeerFlags
from app.domain.torrent import Torrent
from app.services.errors import StorageError
from app.services.events import JudgedPeer, PeerKey
from app.services.local_time import day_end, day_of, day_start
from app.services.peer_feed import begun, is_due
from app.settings.modules import SessionAnalyse as Area

AT_ONCE: Final = 5_000
"""Rows in one transaction."""
_MANY: Final = 20_000
"""Sessions that are not kept waiting for the next flush."""
_MOST: Final = 200_000
"""Sessions kept while the database refuses them."""

_F: Final = PeerFlags
_TOLD: Final = (
    _F.INTERESTING
    | _F.CHOKED
    | _F.REMOTE_INTERESTED
    | _F.REMOTE_CHOKED
    | _F.LOCAL_CONNECTION
    | _F.OPTIMISTIC_UNCHOKE
    | _F.FROM_DHT
    | _F.FROM_PEX
    | _F.FROM_LSD
    | _F.RC4_ENCRYPTED
    | _F.PLAIN_TEXT_ENCRYPTED
    | _F.UTP_SOCKET
)


class Counters(Struct, frozen=True, kw_only=True, gc=False):
    """How many connections were of each kind; `remote` is the peer, `local` we."""

    total_connections: int = 0
    incoming_connections: int = 0
    remote_refuse_transfer_to_client: int = 0
    remote_accept_transfer_to_client: int = 0
    local_refuse_transfer_to_peer: int = 0
    local_accept_transfer_to_peer: int = 0
    local_not_interested: int = 0
    question_status: int = 0
    optimistic_unchoke: int = 0
    from_dht: int = 0
    from_pex: int = 0
    from_lsd: int = 0
    from_tracker_or_other: int = 0
    rc4_encrypted: int = 0
    plain_text_encrypted: int = 0
    utp_socket: int = 0
    tcp_socket: int = 0


def count_kinds(kinds: Mapping[PeerFlags | None, int]) -> Counters:
    """Counters of so many connections with these flags; None is one whose flags are not told."""
    totals = structs.asdict(Counters())
    for flags, count in kinds.items():
        totals["total_connections"] += count
        for name, holds in () if flags is None else _kinds(flags):
            totals[name] += count * holds
    return Counters(**totals)


def _kinds(flags: PeerFlags) -> tuple[tuple[str, bool], ...]:
    interesting, remote_choked = _F.INTERESTING in flags, _F.REMOTE_CHOKED in flags
    wanted, choked = _F.REMOTE_INTERESTED in flags, _F.CHOKED in flags
    sources = (_F.FROM_DHT, _F.FROM_PEX, _F.FROM_LSD)
    source = next((each for each in sources if each in flags), None)
    utp = _F.UTP_SOCKET in flags
    return (
        ("incoming_connections", _F.LOCAL_CONNECTION not in flags),
        ("remote_refuse_transfer_to_client", interesting and remote_choked),
        ("remote_accept_transfer_to_client", interesting and not remote_choked),
        ("local_refuse_transfer_to_peer", wanted and choked),
        ("local_accept_transfer_to_peer", wanted and not choked),
        ("local_not_interested", not remote_choked and not interesting),
        ("question_status", not choked and not wanted),
        ("optimistic_unchoke", _F.OPTIMISTIC_UNCHOKE in flags),
        ("from_dht", source is _F.FROM_DHT),
        ("from_pex", source is _F.FROM_PEX),
        ("from_lsd", source is _F.FROM_LSD),
        ("from_tracker_or_other", source is None),
        ("rc4_encrypted", _F.RC4_ENCRYPTED in flags),
        ("plain_text_encrypted", _F.PLAIN_TEXT_ENCRYPTED in flags),
        ("utp_socket", utp),
        ("tcp_socket", not utp),
    )


class SessionKey(Struct, frozen=True, cache_hash=True, gc=False):
    """What counts as one connection of a day."""

    downloader: str
    info_hash: str
    address: IPAddress
    port: int


class Session(Struct, frozen=True, gc=False):
    """One connection."""

    torrent: Torrent
    flags: PeerFlags | None
    """As last told, as far as they count."""


class SessionDay(Struct, frozen=True, kw_only=True, gc=False):
    """The counters of one downloader on one day."""

    day: int
    """Epoch milliseconds of its local start."""
    downloader: str
    counters: Counters


class SessionStore(Protocol):
    """Where the counters are; raises only StorageError."""

    async def write(self, day: int, sessions: Sequence[tuple[SessionKey, Session]]) -> None:
        """Remember sessions of a day, each once however often it comes."""

    async def count(self, day: int) -> None:
        """Bring the counters of the day up to date with its sessions."""

    async def close_days(self, *, before: int) -> None:
        """Count the days that began before `before` for good, and forget their single sessions."""

    async def forget(self, *, before: int) -> int:
        """Delete the counters of days that began at `before` (epoch ms) or earlier; returns how many."""

    async def days(self, *, since: int, until: int) -> Sequence[SessionDay]:
        """The counters of days that begin from `since` to `until` (epoch ms), oldest first."""


class SessionAnalysis:
    """Implements `Recorder`. Each (day, downloader, torrent, address, port) counts once (D-17)."""

    def __init__(self, store: SessionStore, area: Callable[[], Area]) -> None:
        self._store, self._area = store, area
        self._day = self._begins = self._ends = 0
        self._date: date | None = None
        self._live: dict[PeerKey, tuple[SessionKey, Session]] = {}
        self._pending: dict[int, dict[SessionKey, Session]] = {}
        self._flushed_at = self._tidied_at = 0
        self.on = False

    def saw(self, at: int, judged: JudgedPeer) -> None:
        """See `Recorder`."""
        peer, key = judged.peer, judged.key
        known = self._live.get(key)
        if known is None and peer.handshaking:
            return
        flags = None if peer.flags is None else peer.flags & _TOLD
        if known is not None:
            name, last = known
            if flags is None or flags == last.flags:
                return
        else:
            endpoint = peer.address.effective
            name = SessionKey(key.downloader, judged.torrent.hash, endpoint.ip, endpoint.port)
        session = Session(judged.torrent, flags)
        self._live[key] = name, session
        self._today(at)[name] = session

    def lost(self, key: PeerKey) -> None:
        """See `Recorder`."""
        self._live.pop(key, None)

    def swept(self, downloader: str, at: int) -> None:
        """See `Recorder`. Whoever is still there on a new day is a session of that day, too."""
        del downloader
        self._today(at)

    def live(self, downloader: str) -> Collection[PeerKey]:
        """See `Recorder`."""
        return [key for key in self._live if key.downloader == downloader]

    async def attend(self, now: int) -> None:
        """See `Recorder`."""
        area = self._area()
        if not area.enabled:
            if self.on:
                await self.flush()
                self._live.clear()
                self._pending.clear()
                self.on = False
            return
        if not self.on:
            self.on, self._tidied_at = True, 0
            self._flushed_at = begun(now, area.data_flush_interval)
        self._begin(now)
        many = sum(map(len, self._pending.values())) > _MANY
        if many or is_due(self._flushed_at, now, area.data_flush_interval):
            self._flushed_at = now
            await self.flush()
        if is_due(self._tidied_at, now, area.cleanup_interval):
            await self._tidy(now, area.data_retention_time)
            self._tidied_at = now

    async def flush(self) -> None:
        """See `Recorder`."""
        for day in sorted(self._pending):
            sessions = self._pending.pop(day)
            if not sessions:
                continue
            try:
                await self._write(day, sessions)
            except StorageError:
                # What came meanwhile is newer.
                kept = sessions | self._pending.get(day, {})
                self._pending[day] = kept if len(kept) <= _MOST else {}
                raise

    async def _write(self, day: int, sessions: dict[SessionKey, Session]) -> None:
        rows = list(sessions.items())
        for start in range(0, len(rows), AT_ONCE):
            await self._store.write(day, rows[start : start + AT_ONCE])
        await self._store.count(day)

    async def _tidy(self, now: int, retention: int) -> None:
        if any(day < self._day for day in self._pending):
            await self.flush()
        await self._store.close_days(before=self._day)
        if retention > 0:
            await self._store.forget(before=now - retention)

    def _today(self, at: int) -> dict[SessionKey, Session]:
        """The sessions to be written of the day that `at` lies in."""
        if not self._begins <= at < self._ends:
            self._begin(at)
        return self._pending.setdefault(self._day, {})

    def _begin(self, at: int) -> None:
        """Find the day; a date stays one day when the computer changes its time zone meanwhile."""
        self._begins, self._ends = day_start(at), day_end(at)
        if day_of(at) == self._date:
            return
        self._date, self._day = day_of(at), self._begins
        self._pending.setdefault(self._day, {}).update(self._live.values())
