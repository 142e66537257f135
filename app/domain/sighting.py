"""One look at one peer: what rules judge; and several looks at once."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar

from msgspec import Struct

from app.domain.key_ranges import KeyRanges
from app.domain.peer import Peer
from app.domain.split_keys import SplitKeys
from app.domain.torrent import Torrent


class Sighting(Struct, frozen=True, kw_only=True, gc=False):
    """A peer of a torrent at a downloader at one instant."""

    at: int
    """Epoch milliseconds."""
    downloader: str
    """Id; empty for an invented peer."""
    torrent: Torrent
    peer: Peer


class Run(Struct, frozen=True, gc=False):
    """Sightings of a batch that stand side by side, of one torrent."""

    downloader: str
    torrent: Torrent
    places: slice


T = TypeVar("T")

_PEER: Final = "peer."
_KEY: Final = "peer.address.effective.key"


class Batch:
    """Sightings that are judged together, with the columns that many rules look at; each is made once."""

    __slots__ = (
        "_columns",
        "_rows",
        "_runs",
        "_split",
        "_translated",
        "endpoints",
        "keys",
        "peers",
        "sightings",
    )

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.sightings = sightings
        self.peers = [sighting.peer for sighting in sightings]
        self.endpoints = [peer.address.effective for peer in self.peers]
        self.keys = [endpoint.key for endpoint in self.endpoints]
        """`address_key` of the addresses that rules see."""
        self._columns: dict[str, list[Any]] = {_KEY: self.keys}
        self._rows: dict[tuple[str, ...], list[Any]] = {}
        self._runs: list[Run] | None = None
        self._split: SplitKeys | None = None
        self._translated: list[int] | None = None

    def __len__(self) -> int:
        return len(self.sightings)

    @property
    def runs(self) -> list[Run]:
        """The batch torrent by torrent, as peers come; each sighting stands in one of them."""
        if self._runs is None:
            starts, torrent, downloader = [], None, ""
            for at, each in enumerate(self.sightings):
                if each.torrent is not torrent or each.downloader != downloader:
                    torrent, downloader = each.torrent, each.downloader
                    starts.append((at, downloader, torrent))
            stops = [at for at, _, _ in starts[1:]] + [len(self)]
            self._runs = [
                Run(downloader, torrent, slice(at, stop))
                for (at, downloader, torrent), stop in zip(starts, stops, strict=False)
            ]
        return self._runs

    @property
    def split(self) -> SplitKeys:
        """The addresses that rules see, for sets of addresses."""
        if self._split is None:
            self._split = SplitKeys(self.keys)
        return self._split

    def column(self, path: str) -> list[Any]:
        """What stands at `path` in each sighting, such as `peer.progress`."""
        found = self._columns.get(path)
        if found is None:
            whose = self.peers if path.startswith(_PEER) else self.sightings
            found = list(map(attrgetter(path.removeprefix(_PEER)), whose))
            self._columns[path] = found
        return found

    def rows(self, paths: tuple[str, ...]) -> list[Any]:
        """What stands at `paths`: a tuple for each sighting, or the value itself where there is just one path."""
        found = self._rows.get(paths)
        if found is None:
            columns = [self.column(path) for path in paths]
            if not columns:
                found = [()] * len(self)
            elif len(columns) == 1:
                found = columns[0]
            else:
                found = list(zip(*columns, strict=True))
            self._rows[paths] = found
        return found

    def without(self, places: Sequence[int]) -> Batch:
        """All but those at `places`, with their rows."""
        part = Batch(_without(self.sightings, places))
        part._rows = {paths: _without(rows, places) for paths, rows in self._rows.items()}
        return part

    def inside(self, ranges: KeyRanges) -> set[int]:
        """The places of those whose address is in `ranges`, after translation or as the downloader says."""
        if self._translated is None:
            addresses = enumerate([peer.address for peer in self.peers])
            self._translated = [at for at, each in addresses if each.raw is not each.effective]
        found = set(ranges.among(self.keys))
        found.update(at for at in self._translated if self.peers[at].address.raw.key in ranges)
        return found


def _without(column: Sequence[T], places: Sequence[int]) -> list[T]:
    left = list(column)
    for place in reversed(places):
        del left[place]
    return left
