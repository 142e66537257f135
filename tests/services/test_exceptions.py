"""Exceptions: who is spared, by which entry, until when."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from app.domain.address import parse_prefix
from app.domain.ban import DownloaderRef, Source
from app.domain.errors import NotFound
from app.domain.peer_exception import PeerException
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action
from app.locale.texts import say
from app.services.events import EventBus, RulesChanged
from app.services.exceptions import Exceptions, silenced
from tests.domain.examples import UBUNTU, ban, peer, verdict
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


def seen(*given: Any, downloader: str = "nas", **more: Any) -> Sighting:  # noqa: ANN401 - as `peer`
    return Sighting(at=0, downloader=downloader, torrent=UBUNTU, peer=peer(*given, **more))


async def test_o15_a_configured_network_is_spared() -> None:
    bench = Bench()
    bench.exceptions.configure([P("10.0.0.0/8")])
    verdict = bench.exceptions.judge(seen("10.1.2.3"))
    assert verdict.action is Action.SKIP
    assert verdict.data["type"] == "ignoredAddresses"
    assert bench.exceptions.judge(seen("11.1.2.3")).action is Action.NO_ACTION


async def test_an_entry_in_mapped_form_spares_the_ipv4_it_means() -> None:
    bench = Bench()
    bench.exceptions.configure([P("::ffff:10.0.0.0/104")])
    assert bench.exceptions.spares(P("10.1.2.3")) is not None
    await bench.exceptions.add(scope("::ffff:8.8.8.8"))
    assert bench.exceptions.find(seen("8.8.8.8")) is not None


async def test_d4_configuring_again_replaces_the_list() -> None:
    bench = Bench()
    assert bench.exceptions.configure([P("10.0.0.0/8")])
    assert not bench.exceptions.configure([P("10.0.0.0/8")])
    assert bench.exceptions.configure([P("11.0.0.0/8")])
    assert bench.exceptions.find(seen("10.1.2.3")) is None


async def test_an_own_exception_is_stored_announced_and_loaded_again() -> None:
    bench = Bench()
    made = await bench.exceptions.add(scope("203.0.113.0/24", note="friends"))
    assert made.id
    assert len(bench.told) == 1
    later = Exceptions(bench.store, bench.bus, bench.clock)
    await later.load()
    assert later.find(seen("203.0.113.7")) == made


async def test_every_scope_given_must_fit() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.0/24", client="qBit", torrent=UBUNTU.hash))
    assert bench.exceptions.find(seen("203.0.113.7")) is not None
    assert bench.exceptions.find(seen("203.0.113.7", client_name="Deluge")) is None
    assert bench.exceptions.find(seen("203.0.114.7")) is None


async def test_a_narrow_entry_that_does_not_fit_hides_no_wide_one() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.0.0/16"))
    await bench.exceptions.add(scope("203.0.113.7", client="Deluge"))
    assert bench.exceptions.find(seen("203.0.113.7")) is not None


async def test_two_entries_of_the_same_prefix_both_count() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.7", client="Deluge"))
    await bench.exceptions.add(scope("203.0.113.7", client="qBit"))
    assert bench.exceptions.find(seen("203.0.113.7")) is not None
    assert bench.exceptions.find(seen("203.0.113.7", client_name="Deluge 2")) is not None


async def test_a_translated_peer_is_spared_by_either_address() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("64:ff9b::/96"))
    assert bench.exceptions.find(seen("64:ff9b::1.2.3.4")) is not None


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


@pytest.mark.parametrize(
    ("entry", "fits", "differs"),
    [
        (scope(client="QBIT"), {}, {"client_name": "Deluge"}),
        (scope(peer_id="-QB4"), {}, {"peer_id": "-TR4000-"}),
        (scope(peer_id="-QB4"), {}, {"peer_id": None}),
        (scope(torrent=UBUNTU.hash.upper()), {}, None),
        (scope(downloader="nas"), {}, {"downloader": "other"}),
        (scope("203.0.113.0/24", client="q", peer_id="-", downloader="nas"), {}, {"ip": "8.8.8.8"}),
        (scope(), {"ip": "8.8.8.8"}, None),
    ],
)
async def test_an_exception_covers_what_all_its_scopes_fit(
    entry: PeerException, fits: dict[str, Any], differs: dict[str, Any] | None
) -> None:
    bench = Bench()
    made = await bench.exceptions.add(entry)
    assert bench.exceptions.find(seen(**fits)) == made
    if differs is not None:
        assert bench.exceptions.find(seen(**differs)) is None


async def test_an_exception_for_one_rule_silences_only_that_rule() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.0/24", rule="auto-range-ban"))
    await bench.exceptions.add(scope(client="qBit", rule="progress-cheat-blocker"))
    first = bench.exceptions.judge(seen())
    assert first.action is Action.NO_ACTION
    assert first.data["silenced"] == ["auto-range-ban", "progress-cheat-blocker"]
    assert say(first.reason) == (
        "Exception: 203.0.113.0/24. These rules do not count here: Neighbours, Progress"
    )
    assert bench.exceptions.find(seen()) is None
    assert bench.exceptions.silenced(seen()) == {"auto-range-ban", "progress-cheat-blocker"}
    assert bench.exceptions.silenced(seen("8.8.8.8", client_name="x")) == frozenset()
    assert bench.exceptions.judge(seen("8.8.8.8", client_name="x")).reason.id == "pass"


def test_a_silenced_verdict_stays_in_sight_and_has_no_effect() -> None:
    found = silenced(verdict("auto-range-ban", Action.BAN, 5))
    assert (found.action, found.duration) == (Action.NO_ACTION, 0)
    assert found.data["excepted"]
    assert silenced(verdict("script", Action.SKIP)).action is Action.NO_ACTION
    passed = verdict("auto-range-ban", Action.NO_ACTION)
    assert silenced(passed) is passed


async def test_answers_that_are_alike_are_one_object() -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.0/24", note="friends"))
    one = bench.exceptions.judge(seen("203.0.113.1"))
    assert one is bench.exceptions.judge(seen("203.0.113.2"))
    assert say(one.reason) == "Exception: 203.0.113.0/24 (“friends”)"
    assert bench.exceptions.judge(seen("8.8.8.8")) is bench.exceptions.judge(seen("8.8.4.4"))


@pytest.mark.parametrize(
    "more", [{"peer_id": "x"}, {"downloader": "nas"}, {"rule": "auto-range-ban"}]
)
async def test_a_conditional_entry_says_nothing_about_a_block(more: dict[str, str]) -> None:
    bench = Bench()
    await bench.exceptions.add(scope("203.0.113.0/24", **more))
    assert bench.exceptions.spares(P("203.0.113.7")) is None
    assert bench.exceptions.inside(P("203.0.0.0/16")) is None
    assert bench.exceptions.whole() == ()


async def test_an_exception_frees_the_bans_that_would_not_be_made_any_more() -> None:
    bench = Bench()
    where = DownloaderRef(id="nas", name="NAS", kind="qBittorrent")
    made = structs.replace(ban("203.0.113.9"), peer=peer(), torrent=UBUNTU, downloader=where)
    assert not bench.exceptions.frees(made)
    entry = await bench.exceptions.add(scope(client="qBit", rule="another-rule"))
    assert not bench.exceptions.frees(made)
    await bench.exceptions.add(replace(entry, rule=made.rule, downloader="nas"))
    assert bench.exceptions.frees(made)
    assert not bench.exceptions.frees(structs.replace(made, downloader=None))
    assert not bench.exceptions.frees(structs.replace(made, source=Source.MANUAL))
    assert not bench.exceptions.frees(structs.replace(made, peer=None))
    await bench.exceptions.add(scope("203.0.113.0/24"))
    assert bench.exceptions.frees(structs.replace(made, source=Source.MANUAL))


NETS = ["0.0.0.0/0", "203.0.0.0/16", "203.0.113.0/24", "203.0.113.9", "64:ff9b::/96", "2001:db8::1"]
ENTRIES = st.builds(
    PeerException,
    id=st.uuids().map(str),
    prefix=st.none() | st.sampled_from(NETS).map(P),
    client=st.none() | st.sampled_from(["", "q", "QBITTORRENT", "Deluge"]),
    peer_id=st.none() | st.sampled_from(["", "-", "-qb", "-TR"]),
    torrent=st.none() | st.sampled_from([UBUNTU.hash, UBUNTU.hash.upper(), "bb" * 20]),
    downloader=st.none() | st.sampled_from(["", "nas", "other"]),
    rule=st.none() | st.sampled_from(["one", "two"]),
    until=st.none() | st.sampled_from([-1, 1]),
)
SEEN = st.builds(
    seen,
    st.sampled_from(["203.0.113.9", "203.0.114.1", "8.8.8.8", "64:ff9b::cb00:7109", "2001:db8::1"]),
    client_name=st.sampled_from([None, "", "qBittorrent/4", "deluge"]),
    peer_id=st.sampled_from([None, "-qB4650-", "-TR4000-"]),
    downloader=st.sampled_from(["", "nas"]),
)


@given(st.lists(ENTRIES, max_size=6), st.lists(SEEN, max_size=12))
def test_many_get_the_answer_of_one_by_one(
    entries: list[PeerException], sightings: list[Sighting]
) -> None:
    exceptions = Exceptions(MemoryStore(), EventBus(), HandClock(0))
    exceptions._own = {entry.id: entry for entry in entries}  # noqa: SLF001 - without a database
    exceptions._index()  # noqa: SLF001 - the same
    found = exceptions.judge_all(Batch(sightings))
    assert found == [exceptions.judge(sighting) for sighting in sightings]


@given(st.lists(ENTRIES, max_size=12), SEEN)
def test_the_answer_is_that_of_asking_every_entry(
    entries: list[PeerException], sighting: Sighting
) -> None:
    exceptions = Exceptions(MemoryStore(), EventBus(), HandClock(0))
    exceptions._own = {entry.id: entry for entry in entries}  # noqa: SLF001 - without a database
    exceptions._index()  # noqa: SLF001 - the same
    fitting = [e for e in entries if e.in_force(0) and e.covers(sighting)]
    found = exceptions.find(sighting)
    assert (found is not None) == any(e.rule is None for e in fitting)
    assert found is None or found in fitting
    assert exceptions.silenced(sighting) == {e.rule for e in fitting if e.rule is not None}
    skips = exceptions.judge(sighting).action is Action.SKIP
    assert skips == (found is not None)
