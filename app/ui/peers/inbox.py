"""Collects what sweeps changed until the table takes it, and counts the peers of each quick filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from app.services.events import JudgedPeer, PeerKey, Swept
from app.ui.peers.address import address_text
from app.ui.peers.mark import Group, groups_of
from app.ui.peers.trails import Trails

_SLICE: Final = 2_000


class PeerInbox:
    """Follows every downloader, also while nobody looks; knows nothing of Qt.

    `ask` gives all live peers of a downloader: for the start, and whenever the count shows that something was missed.
    """

    def __init__(self, ask: Callable[[str], Sequence[JudgedPeer]]) -> None:
        self._ask = ask
        self.trails = Trails()
        self._known: dict[str, dict[PeerKey, int]] = {}
        self._counts = {group.value: 0 for group in Group}
        self._changed: dict[PeerKey, JudgedPeer] = {}
        self._gone: set[PeerKey] = set()

    @property
    def total(self) -> int:
        """All live peers."""
        return sum(map(len, self._known.values()))

    def count(self, group: Group) -> int:
        """The peers that a quick filter lets through."""
        return self._counts[group.value]

    def peers_of(self, downloader: str) -> int:
        """The live peers of one downloader."""
        return len(self._known.get(downloader, ()))

    def take(self, event: Swept) -> Iterator[None]:
        """Take a sweep in; each step is one slice of work, so that the window stays smooth."""
        downloader = event.downloader
        known = self._known.setdefault(downloader, {})
        self._leave(known, event.gone)
        self.trails.begin(downloader)
        items = iter(event.changed.items())
        while part := list(islice(items, _SLICE)):
            if self._known.get(downloader) is not known:
                return  # dropped meanwhile
            self.trails.note(downloader, part)
            self._enter(known, part)
            yield
        if len(known) != event.peers:
            self.reload(downloader)

    def reload(self, downloader: str) -> None:
        """Ask for all its peers anew: at the start, or when the account does not balance."""
        known = self._known.setdefault(downloader, {})
        live = {judged.key: judged for judged in self._ask(downloader)}
        self._leave(known, [key for key in known if key not in live])
        self._enter(known, live.items())

    def drop(self, downloaders: Iterable[str]) -> None:
        """These downloaders are no longer shown."""
        for downloader in downloaders:
            known = self._known.get(downloader)
            if known is not None:
                self._leave(known, list(known))
                self._known.pop(downloader, None)

    def collect(self, limit: int) -> tuple[dict[PeerKey, JudgedPeer], set[PeerKey]]:
        """What changed, `limit` peers of it at most, and who left since the last call."""
        gone, self._gone = self._gone, set()
        if len(self._changed) <= limit:
            changed, self._changed = self._changed, {}
            return changed, gone
        items = iter(self._changed.items())
        changed = dict(islice(items, limit))
        self._changed = dict(items)
        return changed, gone

    @property
    def waiting(self) -> int:
        """Changes that `collect` has not given yet."""
        return len(self._changed)

    def _enter(
        self, known: dict[PeerKey, int], peers: Iterable[tuple[PeerKey, JudgedPeer]]
    ) -> None:
        changed, gone = self._changed, self._gone
        for key, judged in peers:
            groups = groups_of(judged)
            before = known.get(key)
            if before is None:
                before = 0
                address_text(judged.peer.address.ip)  # here it is done in slices
            if groups != before:
                self._recount(before, groups)
            known[key] = groups
            changed[key] = judged
            if gone:
                gone.discard(key)

    def _leave(self, known: dict[PeerKey, int], keys: Iterable[PeerKey]) -> None:
        left = []
        for key in keys:
            groups = known.pop(key, None)
            if groups is not None:
                self._recount(groups, 0)
                self._changed.pop(key, None)
                left.append(key)
        self._gone.update(left)
        self.trails.forget(left)

    def _recount(self, before: int, after: int) -> None:
        counts = self._counts
        for group in counts:
            counts[group] += bool(after & group) - bool(before & group)
