"""Scoring made-up stories of peers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.swarm.events import Event, EventReader, Seen
from tests.swarm.measure import score
from tests.swarm.scenario import BadScenario, Expect, Group, Scenario

BAD = Group(name="bad", ips="36.0.0.1", count=2, expect=Expect.BAN)
GOOD = Group(name="good", ips="61.0.0.1", same_ip=True, count=2)
SCENARIO = Scenario(name="s", host="10.99.0.1", port=26881, groups=(BAD, GOOD))


def event(at: float, number: int, seen: Seen, received: int = 0) -> Event:
    group, ip = ("bad", f"36.0.0.{number + 1}") if number < 2 else ("good", "61.0.0.1")
    return Event(
        at=at, number=number, group=group, ip=ip, seen=seen, received=received, claimed=0.0
    )


def test_seconds_and_bytes_run_until_the_last_drop() -> None:
    result = score(
        SCENARIO,
        [
            event(0, 0, Seen.REFUSED),
            event(1, 0, Seen.CONNECTED),
            event(3, 0, Seen.DROPPED, 100),
            event(4, 0, Seen.CONNECTED, 100),
            event(6.5, 0, Seen.DROPPED, 300),
            event(7, 0, Seen.REFUSED, 300),
            event(8, 0, Seen.FINAL, 300),
        ],
    )
    bad = result.group("bad")
    assert (bad.peers, bad.banned, bad.seconds_to_ban, bad.leaked) == (1, 1, (5.5,), 300)
    assert bad.is_right


def test_a_peer_that_never_got_in_is_banned_without_a_time() -> None:
    bad = score(SCENARIO, [event(0, 1, Seen.REFUSED)]).group("bad")
    assert (bad.banned, bad.seconds_to_ban, bad.leaked) == (1, (), 0)


def test_a_drop_alone_is_no_ban_yet() -> None:
    result = score(SCENARIO, [event(0, 0, Seen.CONNECTED), event(1, 0, Seen.DROPPED)])
    assert (result.rightly_banned, result.missed) == (0, 1)


def test_a_refusal_is_a_ban_only_while_nobody_of_that_address_is_in() -> None:
    beside = [event(0, 2, Seen.CONNECTED), event(1, 3, Seen.REFUSED)]
    assert score(SCENARIO, beside).wrongly_banned == 0
    gone = [*beside, event(2, 2, Seen.DROPPED), event(3, 2, Seen.REFUSED)]
    assert score(SCENARIO, gone).wrongly_banned == 2


def test_events_of_another_scenario_are_refused() -> None:
    with pytest.raises(BadScenario, match="no group good"):
        score(replace(SCENARIO, groups=(BAD,)), [event(0, 2, Seen.CONNECTED)])


def test_events_are_followed_while_they_are_written(tmp_path: Path) -> None:
    reader = EventReader(tmp_path / "events.jsonl")
    assert not reader.read()
    first, second = event(1, 0, Seen.CONNECTED), event(2, 0, Seen.DROPPED, 7)
    with (tmp_path / "events.jsonl").open("w", buffering=1) as file:
        file.write(f"{first.line()}\n{second.line()[:9]}")
        file.flush()
        assert reader.read() == [first]
        file.write(f"{second.line()[9:]}\n")
    assert reader.read() == [first, second]
