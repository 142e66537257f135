"""Neighbours of banned addresses: the table of reference/rules.md 3.7."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from app.domain.address import address_key, parse_ip, parse_prefix
from app.domain.ban import Ban
from app.domain.prefix_map import PrefixMap
from app.domain.rules.auto_range import AutoRange, NeighbourIndex
from app.domain.sighting import Batch
from app.domain.verdict import Mode, Verdict
from tests.domain.examples import ban
from tests.domain.rules.sightings import sighting

DAY = 86_400_000


def rule(*bans: Ban) -> AutoRange:
    listed: PrefixMap[Ban] = PrefixMap()
    for each in bans:
        listed[each.prefix] = each
    return AutoRange(neighbours=NeighbourIndex(bans), listed=listed.find, duration=7 * DAY)


def found(index: NeighbourIndex, ip: str) -> Ban | None:
    """The ban near `ip`, asked for among others."""
    near = index.near([0, address_key(parse_ip(ip)), -1])
    assert all(place == 1 for place, _ban in near)
    return near[0][1] if near else None


@pytest.mark.parametrize(
    ("banned", "ip", "idle", "hits"),
    [
        pytest.param(ban("198.51.100.5"), "198.51.100.6", False, True, id="A1"),
        pytest.param(ban("198.51.100.5"), "198.51.100.8", False, False, id="A2"),
        pytest.param(ban("198.51.100.5"), "198.51.100.5", False, False, id="A3"),
        pytest.param(ban("2001:db8:1:2::1"), "2001:db8:1:ffff::9", False, True, id="A4"),
        pytest.param(ban("2001:db8:1:2::1"), "2001:db8:2::9", False, False, id="A5"),
        pytest.param(ban("198.51.100.5", disconnect=True), "198.51.100.6", False, False, id="A6"),
        pytest.param(ban("198.51.100.5"), "198.51.100.6", True, False, id="A7"),
        pytest.param(ban("198.51.0.0/16"), "198.52.0.1", False, False, id="wide entry"),
        pytest.param(ban("198.51.100.0/24"), "198.51.100.9", False, False, id="inside a wide one"),
        pytest.param(ban("::c633:6405"), "198.51.100.6", False, False, id="other family"),
    ],
)
def test_the_block_of_a_banned_address_is_banned(
    *, banned: Ban, ip: str, idle: bool, hits: bool
) -> None:
    assert rule(banned).judge(sighting(ip, handshaking=idle)).hits is hits


def test_a8_a_ban_of_the_same_sweep_counts_from_the_next_one_on() -> None:
    index = NeighbourIndex()
    judge = AutoRange(neighbours=index, listed=lambda _ip: None).judge
    assert not judge(sighting("198.51.100.6")).hits
    index.add([ban("198.51.100.5")])
    assert judge(sighting("198.51.100.6")).hits
    assert index.widen(parse_prefix("198.51.100.5")) == parse_prefix("198.51.100.4/30")


def test_the_verdict_names_the_banned_neighbour() -> None:
    verdict = rule(ban("198.51.100.5")).judge(sighting("198.51.100.6"))
    assert verdict.data == {"relatedBannedAddress": "198.51.100.5"}
    assert verdict.title is not None
    assert verdict.title.params == {"block": "IPv4/30"}
    assert verdict.reason.params == {
        "address": "198.51.100.6",
        "banned": "198.51.100.5",
        "block": "198.51.100.4/30",
    }
    assert (verdict.mode, verdict.duration) == (Mode.SHADOW, 7 * DAY)


@pytest.mark.parametrize("idle", [False, True])
@pytest.mark.parametrize("ip", ["8.8.8.8", "2001:db8::1"])
def test_who_passes_learns_as_much_and_all_share_one_answer(*, ip: str, idle: bool) -> None:
    judge = rule(ban("198.51.100.5")).judge
    verdict = judge(sighting(ip, handshaking=idle))
    assert verdict.saw is not None
    assert verdict.allows is not None
    assert judge(sighting(ip, port=1, handshaking=idle)) is verdict


def test_many_together_are_judged_as_one_by_one() -> None:
    subject = rule(ban("198.51.100.5"), ban("2001:db8:1:2::1"))
    seen = [
        sighting(ip, handshaking=idle)
        for ip in ("198.51.100.5", "198.51.100.6", "8.8.8.8", "2001:db8:1:ffff::9", "2001:db8:2::9")
        for idle in (False, True)
    ]
    answers = subject.judge_all(Batch(seen))
    assert answers == [subject.judge(each) for each in seen]
    assert [answer.hits for answer in answers] == [False] * 2 + [True] + [False] * 3 + [True] + [
        False
    ] * 3


def test_a_banned_peer_is_told_apart_from_one_without_neighbours() -> None:
    banned = rule(ban("198.51.100.5")).judge(sighting("198.51.100.5"))
    assert banned.reason.id == "range-covered"


def test_a_technical_ban_that_replaces_another_ends_its_reach() -> None:
    index = NeighbourIndex([ban("198.51.100.5")])
    index.add([ban("198.51.100.5", disconnect=True)])
    assert found(index, "198.51.100.6") is None


@pytest.mark.parametrize(("prefix", "widened"), [("10.0.0.0/8",) * 2, ("2001:db8::/48",) * 2])
def test_a_wide_entry_keeps_its_own_extent(prefix: str, widened: str) -> None:
    assert NeighbourIndex().widen(parse_prefix(prefix)) == parse_prefix(widened)


prefixes = st.builds(
    lambda low, bits: parse_prefix(f"10.0.0.{low >> (32 - bits) << (32 - bits)}/{bits}"),
    st.integers(0, 31),
    st.sampled_from([28, 30, 31, 32]),
)
steps = st.lists(st.tuples(st.sampled_from(["add", "technical", "remove"]), prefixes))


@given(steps, st.integers(0, 31))
def test_the_index_always_finds_what_a_scan_of_the_ban_list_finds(
    history: list[tuple[str, object]], low: int
) -> None:
    index = NeighbourIndex()
    bans: dict[object, Ban] = {}
    for what, prefix in history:
        if what == "remove":
            old = bans.pop(prefix, None)
            index.remove([old] if old else [])
            continue
        bans[prefix] = structs.replace(ban(str(prefix)), disconnect=what == "technical")
        index.add([bans[prefix]])
    ip = parse_ip(f"10.0.0.{low}")
    if any(ip in each.prefix for each in bans.values()):
        return
    expected = {
        each.prefix
        for each in bans.values()
        if not each.disconnect and ip in index.widen(each.prefix)
    }
    first = found(index, str(ip))
    assert (first is not None) is bool(expected)
    assert first is None or first.prefix in expected


def test_an_emptied_index_holds_nothing() -> None:
    bans = [ban(f"10.0.0.{low}") for low in range(8)]
    index = NeighbourIndex(bans)
    index.remove(bans)
    assert all(found(index, f"10.0.0.{low}") is None for low in range(8))


def test_verdicts_of_shadow_and_enforcement_differ_in_their_mode_only() -> None:
    shadow = rule(ban("198.51.100.5"))
    enforced = replace(shadow, mode=Mode.ENFORCE)
    one, other = (each.judge(sighting("198.51.100.6")) for each in (shadow, enforced))
    assert structs.replace(one, mode=Mode.ENFORCE) == other
    assert isinstance(one, Verdict)
