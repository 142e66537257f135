"""Keeps the bans by the blocks around them, for each block size that a rule asks for, in step with the ban list."""

from __future__ import annotations

from app.domain.address import IPAddress, Prefix
from app.domain.ban import Ban
from app.domain.rules.auto_range import NeighbourIndex
from app.services.ban_list import BanList
from app.services.events import BansChanged, EventBus


class Neighbours:
    """An index is made when first asked for and lives on; there is one, and one more for each override."""

    def __init__(self, ban_list: BanList, bus: EventBus) -> None:
        self._list = ban_list
        self._indexes: dict[tuple[int, int], NeighbourIndex] = {}
        bus.subscribe(BansChanged, self._follow)

    def index(self, ipv4: int, ipv6: int) -> NeighbourIndex:
        """The bans by blocks of so many bits."""
        found = self._indexes.get((ipv4, ipv6))
        if found is None:
            found = NeighbourIndex(self._list, ipv4=ipv4, ipv6=ipv6)
            self._indexes[ipv4, ipv6] = found
        return found

    def listed(self, address: IPAddress) -> Ban | None:
        """The entry of the ban list that covers an address."""
        return self._list.find(address)

    def widen(self, prefix: Prefix) -> Prefix | None:
        """The largest block whose peers are looked at differently when the entry `prefix` comes or goes."""
        wide = [index.widen(prefix) for index in self._indexes.values()]
        return min(wide, key=lambda block: block.prefixlen, default=None)

    def _follow(self, event: BansChanged) -> None:
        for index in self._indexes.values():
            index.remove(event.removed)
            index.add(event.added)
