"""One judging of a downloader's peers: what it goes by, whom it judges, and what it has found so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import Final

from msgspec import Struct

from app.domain.address import Endpoint, IPAddress
from app.domain.ban import Ban
from app.domain.decision import Decision
from app.domain.prefix_set import PrefixSet
from app.domain.sighting import Batch, Sighting
from app.domain.snapshot import TorrentPeers
from app.domain.torrent import same_kind
from app.services.events import JudgedPeer, PeerKey
from app.services.judge import Panel
from app.services.slices import Slices
from app.services.watched_torrent import WatchedTorrent


class Kind(Enum):
    """What is known of a peer that is to be judged."""

    NEW = auto()
    CHANGED = auto()
    """It was there, but is judged from the beginning."""
    KNOWN = auto()
    """Who it is was judged before."""


_AT_ONCE: Final = {Kind.NEW: 1_024, Kind.CHANGED: 512, Kind.KNOWN: 512}
"""Peers that are judged together: two to four milliseconds for a rule."""


class Work(Struct, gc=False):
    """A peer to judge."""

    watched: WatchedTorrent
    sighting: Sighting
    last: JudgedPeer | None = None
    ban: Ban | None = None
    """Of one who was there before."""


class Part:
    """Some of them, judged together."""

    def __init__(self, panel: Panel, kind: Kind, works: Sequence[Work]) -> None:
        self.panel, self.kind, self.works = panel, kind, works
        self.batch = Batch([work.sighting for work in works])

    def lasts(self) -> list[Decision] | None:
        """The last decisions, while who these peers are is what it was."""
        if self.kind is not Kind.KNOWN:
            return None
        return [work.last.decision for work in self.works if work.last is not None]


_NOWHERE: Final = PrefixSet(())


class Judging:
    """One judging: what it goes by, and what it has found so far."""

    def __init__(self, at: int, generation: int) -> None:
        self.at, self.generation = at, generation
        self.anew = False
        """Whether everybody is judged and returned."""
        self.relisted: PrefixSet | None = None
        """Where the ban list changed; None when every peer is to be looked up."""
        self.near = _NOWHERE
        """Where a change of the ban list makes rules look again."""
        self.asked: frozenset[IPAddress] = frozenset()
        self.sought = _NOWHERE
        """The same, to look in."""
        self.hot = _NOWHERE
        """All of these together."""
        self.due: Mapping[str, Collection[Endpoint]] = {}
        self.works: dict[tuple[Panel, Kind], list[Work]] = {}
        self.changed: dict[PeerKey, JudgedPeer] = {}
        self.gone: set[PeerKey] = set()
        self.slices = Slices()

    @property
    def looks_at_all(self) -> bool:
        """Whether each peer is to be looked at."""
        return self.anew or self.relisted is None

    def leaves(self, old: WatchedTorrent, seen: TorrentPeers) -> bool:
        """Whether all is as it was with a torrent's peers."""
        return (
            not self.looks_at_all
            and self.hot.empty
            and old.seen.peers is seen.peers
            and old.seen.judged is seen.judged
            and seen.torrent.id not in self.due
            and same_kind(old.seen.torrent, seen.torrent)
        )

    def note(self, panel: Panel, kind: Kind, works: Sequence[Work]) -> None:
        """Have some peers judged."""
        self.works.setdefault((panel, kind), []).extend(works)

    def parts(self) -> Iterator[Part]:
        """All of them, some at a time."""
        for (panel, kind), works in self.works.items():
            most = _AT_ONCE[kind]
            for first in range(0, len(works), most):
                yield Part(panel, kind, works[first : first + most])

    def change(self, watched: WatchedTorrent, judged: JudgedPeer) -> None:
        """A peer is another than before."""
        watched.put(judged)
        self.changed[judged.key] = judged

    def note_gone(self, watched: WatchedTorrent, old: WatchedTorrent | None) -> None:
        """Find who left a torrent."""
        if old is None:
            return
        live = watched.peers
        if watched.left is not None:
            self.gone.update(old.peers[raw].key for raw in watched.left)
        else:
            self.gone.update(j.key for raw, j in old.peers.items() if raw not in live)
