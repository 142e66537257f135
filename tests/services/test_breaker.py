"""The circuit breaker: when it trips, what it holds back, what the answers do."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.ban import Ban, Source
from app.domain.errors import Refused
from app.domain.verdict import Action, Mode
from app.locale.texts import say
from app.services.ban_list import BanList
from app.services.breaker import ALERT, NAMED, Breaker, is_counted
from app.services.events import AlertEnded, AlertRaised, BreakerChanged, EventBus, RulesChanged
from app.settings.profile import CircuitBreaker
from tests.domain import examples
from tests.services.fakes import NOW, HandClock, MemoryStore

RULE = "progress-cheat-blocker"


def bans(count: int, rule: str = RULE, first: int = 1, source: Source = Source.RULE) -> list[Ban]:
    return [
        replace(
            examples.ban(f"198.51.{number // 250}.{number % 250}", until=NOW * 2),
            verdict=examples.verdict(rule, Action.BAN),
            source=source,
        )
        for number in range(first, first + count)
    ]


@dataclass
class Bench:
    settings: CircuitBreaker = field(default_factory=CircuitBreaker)
    modes: dict[str, Mode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock, self.bus = HandClock(), EventBus()
        self.list = BanList(MemoryStore(), self.bus, self.clock)
        self.events: list[object] = []
        for kind in (AlertRaised, AlertEnded, BreakerChanged, RulesChanged):
            self.bus.subscribe(kind, self.events.append)
        self.breaker = Breaker(lambda: self.settings, self, self.list, self.bus, self.clock)

    async def set_mode(self, name: str, mode: Mode) -> None:
        self.modes[name] = mode

    def told(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    async def sweep(self, some: list[Ban], live: int) -> int:
        admitted = self.breaker.admit(some, live)
        await self.list.add(admitted)
        return len(admitted)


async def test_half_of_all_peers_at_once_trip_it() -> None:
    bench = Bench()
    assert await bench.sweep(bans(100), live=200) == 0
    state = bench.breaker.state
    assert (state.tripped_at, state.rules) == (NOW, {RULE: 100})
    assert (state.count, state.peers, state.held_count, len(state.held)) == (100, 200, 100, 50)
    (alert,) = (event for event in bench.events if isinstance(event, AlertRaised))
    assert (alert.kind, alert.severe) == (ALERT, True)
    assert "Within 2 min, Progress wanted to ban 100 of 200 peers" in say(alert.text)
    assert "198.51.0.1" in say(alert.text)


@pytest.mark.parametrize(("count", "live"), [(99, 99), (100, 201), (150, 400)])
async def test_fewer_peers_or_a_smaller_share_pass(count: int, live: int) -> None:
    bench = Bench()
    assert await bench.sweep(bans(count), live) == count
    assert bench.breaker.state.tripped_at is None


async def test_bans_within_the_window_add_up_over_sweeps_and_rules() -> None:
    bench = Bench()
    assert await bench.sweep(bans(60), live=150) == 60
    bench.clock.now += 119_999
    assert await bench.sweep(bans(60, "auto-range-ban", first=100), live=90) == 0
    state = bench.breaker.state
    assert state.rules == {RULE: 60, "auto-range-ban": 60}
    assert (state.peers, state.undoable, state.held_count) == (150, 60, 60)


async def test_what_is_older_than_the_window_does_not_count() -> None:
    bench = Bench()
    await bench.sweep(bans(60), live=150)
    bench.clock.now += 120_000
    assert await bench.sweep(bans(60, first=100), live=90) == 60


async def test_the_same_address_counts_once() -> None:
    bench = Bench(CircuitBreaker(peers=10))
    for _ in range(5):
        assert bench.breaker.admit(bans(9), 9) != ()
    assert bench.breaker.state.tripped_at is None


async def test_a_mere_disconnect_counts_too() -> None:
    bench = Bench(CircuitBreaker(peers=10))
    assert await bench.sweep([replace(ban, disconnect=True) for ban in bans(10)], live=10) == 0


async def test_tripped_it_lets_names_and_lists_go_on() -> None:
    bench = Bench()
    await bench.sweep(bans(100), live=100)
    named = bans(200, "client-name-blacklist", first=500)
    assert await bench.sweep([*named, *bans(3, "multi-dialing-blocker", first=300)], 300) == 200
    assert bench.breaker.state.rules == {RULE: 100, "multi-dialing-blocker": 3}
    assert bench.told(AlertRaised) == 1
    assert bench.told(BreakerChanged) == 2


async def test_allowed_it_lets_all_pass_for_five_windows_and_has_everybody_judged_anew() -> None:
    bench = Bench()
    await bench.sweep(bans(100), live=100)
    bench.breaker.allow()
    assert bench.told(RulesChanged) == 1
    assert bench.told(AlertEnded) == 1
    bench.clock.now += 599_999
    allowed = bench.breaker.state
    assert (allowed.allowed_until, allowed.tripped_at) == (NOW + 600_000, None)
    assert await bench.sweep(bans(200), live=200) == 200
    bench.clock.now += 1
    over = bench.breaker.state
    assert over.allowed_until is None
    assert await bench.sweep(bans(200, first=300), live=200) == 0


async def test_standing_down_makes_the_rules_concerned_only_watch() -> None:
    bench = Bench()
    await bench.sweep([*bans(60), *bans(60, "expression-engine", first=100)], live=120)
    await bench.breaker.stand_down()
    assert bench.modes == {RULE: Mode.SHADOW, "expression-engine": Mode.SHADOW}
    assert bench.breaker.state.tripped_at is None
    assert bench.breaker.state.held_count == 0


async def test_what_was_banned_shortly_before_can_be_undone_but_not_what_the_user_changed() -> None:
    bench = Bench()
    early = bans(60)
    await bench.sweep(early, live=150)
    kept = replace(early[0], until=NOW * 3)
    await bench.list.add([kept])
    await bench.sweep(bans(60, first=100), live=90)
    await bench.breaker.stand_down()
    assert len(await bench.breaker.undo()) == 59
    assert list(bench.list) == [kept]
    with pytest.raises(Refused):
        await bench.breaker.undo()


async def test_answers_to_a_question_that_nobody_asked_are_refused() -> None:
    bench = Bench()
    with pytest.raises(Refused):
        bench.breaker.allow()
    with pytest.raises(Refused):
        await bench.breaker.stand_down()
    with pytest.raises(Refused):
        await bench.breaker.undo()


async def test_switched_off_it_holds_nothing_back() -> None:
    bench = Bench()
    await bench.sweep(bans(100), live=100)
    bench.settings = CircuitBreaker(enabled=False)
    assert await bench.sweep(bans(100), live=100) == 100
    assert bench.breaker.state.tripped_at is None


BATCH = st.lists(
    st.builds(
        lambda number, rule, source: bans(1, rule, number, source)[0],
        st.integers(1, 60),
        st.sampled_from([RULE, "auto-range-ban", *sorted(NAMED)]),
        st.sampled_from(Source),
    ),
    max_size=30,
)


@given(st.lists(st.tuples(BATCH, st.integers(0, 100), st.booleans()), max_size=8))
async def test_names_lists_and_bans_by_hand_always_pass(
    steps: list[tuple[list[Ban], int, bool]],
) -> None:
    bench = Bench(CircuitBreaker(peers=3, share=0.2))
    for some, live, allowed in steps:
        admitted = bench.breaker.admit(some, live)
        wanted = [ban for ban in some if not is_counted(ban)]
        assert [ban for ban in admitted if not is_counted(ban)] == wanted
        tripped = bench.breaker.state.tripped_at is not None
        assert not tripped or list(admitted) == wanted
        if tripped and allowed:
            bench.breaker.allow()
