"""Finds the exceptions that cover a peer without asking each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from app.domain.address import Prefix
from app.domain.key_ranges import KeyRanges
from app.domain.peer_exception import PeerException
from app.domain.prefix_map import PrefixMap
from app.domain.sighting import Batch, Sighting

_Entries: TypeAlias = tuple[PeerException, ...]


class ExceptionIndex:
    """Exceptions by the narrowest of their scopes; never changes."""

    __slots__ = (
        "_by_client",
        "_by_peer_id",
        "_by_prefix",
        "_by_torrent",
        "_elsewhere",
        "_everywhere",
        "_has_prefixes",
        "_ranges",
        "_size",
    )

    def __init__(self, entries: Iterable[PeerException]) -> None:
        self._by_prefix: PrefixMap[_Entries] = PrefixMap()
        self._by_torrent: dict[str, list[PeerException]] = {}
        self._by_peer_id, self._by_client = _Starts(), _Starts()
        self._elsewhere: list[PeerException] = []
        ordered = sorted(entries, key=lambda entry: entry.prefix.prefixlen if entry.prefix else 0)
        self._size = len(ordered)
        for entry in ordered:
            if entry.prefix is not None:
                self._put(entry.prefix, entry)
            elif entry.torrent is not None:
                self._by_torrent.setdefault(entry.torrent.lower(), []).append(entry)
            elif entry.peer_id is not None:
                self._by_peer_id.put(entry.peer_id, entry)
            elif entry.client is not None:
                self._by_client.put(entry.client, entry)
            else:
                self._elsewhere.append(entry)
        self._has_prefixes = len(self._by_prefix) > 0
        self._everywhere = any(entry.prefix is None for entry in ordered)
        """Whether any may cover peers wherever they are."""
        self._ranges = KeyRanges(entry.prefix for entry in ordered if entry.prefix is not None)

    def __len__(self) -> int:
        return self._size

    def near(self, batch: Batch) -> set[int]:
        """The places of those that any entry may cover; of all others `find` and `all` would find nothing."""
        if self._everywhere:
            return set(range(len(batch)))
        return batch.inside(self._ranges) if self._has_prefixes else set()

    def find(self, sighting: Sighting, now: int) -> PeerException | None:
        """One that covers it at `now` (epoch ms), those of narrow blocks first."""
        for entries in self._candidates(sighting):
            for entry in entries:
                if entry.in_force(now) and entry.covers(sighting):
                    return entry
        return None

    def all(self, sighting: Sighting, now: int) -> Iterator[PeerException]:
        """All that cover it."""
        for entries in self._candidates(sighting):
            for entry in entries:
                if entry.in_force(now) and entry.covers(sighting):
                    yield entry

    def around(self, prefix: Prefix) -> Iterator[PeerException]:
        """The entries whose blocks hold all of `prefix`, narrow ones first, ended ones too."""
        for entry in self._by_prefix.find(prefix.network_address) or ():
            if entry.prefix is not None and entry.prefix.prefixlen <= prefix.prefixlen:
                yield entry

    def within(self, prefix: Prefix) -> Iterator[PeerException]:
        """The entries whose blocks lie in `prefix` or around it, ended ones too."""
        for entries in self._by_prefix.within(prefix):
            yield from entries

    def _candidates(self, sighting: Sighting) -> Collection[Iterable[PeerException]]:
        # Asked for each peer, and mostly the answer is nobody.
        peer = sighting.peer
        address = peer.address
        found: list[Iterable[PeerException]] = []
        if self._has_prefixes:
            around = self._by_prefix.find(address.effective.ip)
            if around is not None:
                found.append(around)
            if address.raw is not address.effective:
                also = self._by_prefix.find(address.raw.ip)
                if also is not None and also is not around:
                    found.append(also)
        if self._by_torrent:
            found.append(self._by_torrent.get(sighting.torrent.hash.lower(), ()))
        if self._by_peer_id.used:
            found += self._by_peer_id.find(peer.peer_id or "")
        if self._by_client.used:
            found += self._by_client.find(peer.client_name or "")
        if self._elsewhere:
            found.append(self._elsewhere)
        return found

    def _put(self, prefix: Prefix, entry: PeerException) -> None:
        # `find` gives the narrowest block only, so each block also carries those around it.
        around = self._by_prefix.find(prefix.network_address) or ()
        around = tuple(e for e in around if e.prefix and prefix.subnet_of(e.prefix))  # type: ignore[arg-type]  # same family: found by address
        self._by_prefix[prefix] = (entry, *around)


class _Starts:
    """Entries by how a text starts: one look-up per length in use. Case does not count."""

    __slots__ = ("_by_length", "used")

    def __init__(self) -> None:
        self._by_length: dict[int, dict[str, list[PeerException]]] = {}
        self.used = False

    def put(self, start: str, entry: PeerException) -> None:
        self.used = True
        low = start.lower()
        self._by_length.setdefault(len(low), {}).setdefault(low, []).append(entry)

    def find(self, text: str) -> list[list[PeerException]]:
        low = text.lower()
        return [
            starts[low[:length]]
            for length, starts in self._by_length.items()
            if low[:length] in starts
        ]
