"""Exceptions: who is spared, by which entry, until when."""

import pytest

from app.domain.address import parse_prefix
from app.domain.errors import NotFound
from app.domain.peer_exception import PeerException
from app.domain.verdict import Action
from app.services.events import EventBus, RulesChanged
from app.services.exceptions import Exceptions
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import HandClock, MemoryStore

P = parse_prefix


class Bench:
    def __init__(self) -> None:
        self.clock, self.store, self.bus = HandClock(0), MemoryStore(), EventBus()
        self.told: list[RulesChanged] = []
        self.bus.subscribe(RulesChanged, self.told.append)
        self.exceptions = Exceptions(self.store, self.bus, self.clock)


def scope(prefix: str | None = None, **more: object) -> PeerException:
    return PeerException(id="", prefix=P(prefix) if prefix else None, **more)  # type: ignore[arg-type]


async def test_o15_a_configured_network_is_spared() -> None:
    bench = Bench()
    bench.exceptions.configure([P("10.0.0.0/8")])
    verdict = bench.exceptions.judge(peer("10.1.2.3"), UBUNTU)
    assert verdict.action is Action.SKIP
    assert verdict.data["type"] == "ignoredAddresses"
    assert bench.exceptions.judge(peer("11.1.2.3"), UBUNTU).action is Action.NO_ACTION


async def test_an_entry_in_mapped_form_spares_the_ipv4_it_means() -> None:
    bench = Bench()
    bench.exceptions.configure([P("::ffff:10.0.0.0/104")])
    assert bench.exceptions.spares(P("10.1.2.3")) is not None
    await bench.exceptions.add(scope("::ffff:8.8.8.8"))
    assert bench.exceptions.find(peer("8.8.8.8"), UBUNTU) is not None


async def test_d4_configuring_again_replaces_the_list() -> None:
    bench = Bench()
    assert bench.exceptions.configure([P("10.0.0.0/8")])
    assert not bench.exceptions.configure([P("10.0.0.0/8")])
    assert bench.exceptions.configure([P("11.0.0.0/8")])
    assert bench.exceptions.find(peer("10.1.2.3"), UBUNTU) is None


async def test_an_own_exception_is_stored_announced_and_loaded_again() -> None:
    bench = Bench()
    made = await bench.exceptions.add(scope("203.0.113.0/24", note="friends"))
    assert made.id
    assert len(bench.told) == 1
    later = Exceptions(bench.store, bench.bus, bench.clock)
    await later.load()
    assert later.find(peer("203.0.113.7"), UBUNTU) == made


async def test_every_scope_given_must_fit() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.0/24", client="qBit", torrent=UBUNTU.hash))
    assert bench.exceptions.find(peer("203.0.113.7"), UBUNTU) is not None
    assert bench.exceptions.find(peer("203.0.113.7", client_name="Deluge"), UBUNTU) is None
    assert bench.exceptions.find(peer("203.0.114.7"), UBUNTU) is None


async def test_a_narrow_entry_that_does_not_fit_hides_no_wide_one() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.0.0/16"))
    await bench.exceptions.add(scope("203.0.113.7", client="Deluge"))
    assert bench.exceptions.find(peer("203.0.113.7"), UBUNTU) is not None


async def test_two_entries_of_the_same_prefix_both_count() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.7", client="Deluge"))
    await bench.exceptions.add(scope("203.0.113.7", client="qBit"))
    assert bench.exceptions.find(peer("203.0.113.7"), UBUNTU) is not None
    assert bench.exceptions.find(peer("203.0.113.7", client_name="Deluge 2"), UBUNTU) is not None


async def test_a_translated_peer_is_spared_by_either_address() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("64:ff9b::/96"))
    assert bench.exceptions.find(peer("64:ff9b::1.2.3.4"), UBUNTU) is not None


async def test_an_exception_ends_in_time() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.7", until=100))
    bench.clock.now = 99
    assert bench.exceptions.spares(P("203.0.113.7")) is not None
    bench.clock.now = 100
    assert bench.exceptions.spares(P("203.0.113.7")) is None
    await bench.exceptions.expire()
    assert not bench.store.exceptions
    assert len(bench.told) == 2


async def test_only_an_unconditional_entry_around_all_of_a_prefix_spares_it() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.0/24"))
    await bench.exceptions.add(scope("198.51.100.0/24", client="qBit"))
    assert bench.exceptions.spares(P("203.0.113.128/25")) is not None
    assert bench.exceptions.spares(P("203.0.112.0/23")) is None
    assert bench.exceptions.spares(P("198.51.100.7")) is None


async def test_removing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(NotFound):
        await Bench().exceptions.remove("nothing")
