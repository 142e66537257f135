"""The indexes of bans by blocks follow the ban list."""

from __future__ import annotations

from app.domain.address import address_key, parse_ip, parse_prefix
from app.domain.ban import Ban
from app.domain.rules.auto_range import NeighbourIndex
from app.services.ban_list import BanList
from app.services.events import EventBus
from app.services.neighbours import Neighbours
from app.services.replay import Nowhere
from tests.domain.examples import ban
from tests.services.fakes import HandClock, MemoryStore


def near(index: NeighbourIndex, ip: str) -> Ban | None:
    found = index.near([address_key(parse_ip(ip))])
    return found[0][1] if found else None


async def test_an_index_knows_the_bans_of_before_and_follows_the_list() -> None:
    bus = EventBus()
    bans = BanList(Nowhere(), bus, HandClock(0))
    neighbours = Neighbours(bans, bus)
    early, late = ban("203.0.113.1"), ban("203.0.113.9")
    await bans.add([early])
    index = neighbours.index(30, 48)
    assert index is neighbours.index(30, 48)
    assert near(index, "203.0.113.2") is early
    await bans.add([late])
    assert near(index, "203.0.113.10") is late
    assert neighbours.listed(parse_ip("203.0.113.9")) is late
    await bans.remove([early.prefix])
    assert near(index, "203.0.113.2") is None


async def test_the_widest_block_asked_for_is_looked_at_again() -> None:
    bus = EventBus()
    neighbours = Neighbours(BanList(Nowhere(), bus, HandClock(0)), bus)
    changed = parse_prefix("203.0.113.9")
    assert neighbours.widen(changed) is None
    neighbours.index(30, 48)
    neighbours.index(28, 56)
    assert neighbours.widen(changed) == parse_prefix("203.0.113.0/28")


async def test_an_index_made_before_the_stored_list_is_read_knows_it_then() -> None:
    store = MemoryStore()
    bus = EventBus()
    stored = ban("203.0.113.1", until=1_000)
    store.bans[stored.prefix] = stored
    bans = BanList(store, bus, HandClock(0))
    index = Neighbours(bans, bus).index(30, 48)
    await bans.load()
    assert near(index, "203.0.113.2") is stored
