"""Many addresses of one subnet: the table of reference/rules.md 3.8, keyed as D-15 advises."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rules.multi_dial import DialMemory, MultiDial
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Verdict
from tests.domain.rules.sightings import DEBIAN, sighting

DAY = 86_400_000


def rule(memory: DialMemory | None = None, *, keep_hunting: bool = False) -> MultiDial:
    return MultiDial(
        memory=DialMemory() if memory is None else memory,
        keep_hunting=keep_hunting,
        duration=15 * DAY,
    )


def hits(rule: MultiDial, *sightings: Sighting) -> list[bool]:
    return [rule.judge(each).hits for each in sightings]


@pytest.mark.parametrize(
    ("sightings", "expected"),
    [
        pytest.param([sighting("203.0.113.1")], [False], id="G1"),
        pytest.param([sighting(f"203.0.113.{n}") for n in (1, 2)], [False] * 2, id="G2"),
        pytest.param(
            [sighting(f"203.0.113.{n}") for n in (1, 2, 3)], [False, False, True], id="G3"
        ),
        pytest.param(
            [sighting(f"203.0.113.{n}", at=n) for n in (1, 2, 3)]
            + [sighting("203.0.113.1", at=5_000)],
            [False, False, True, True],
            id="G4",
        ),
        pytest.param(
            [sighting(ip) for ip in ("203.0.113.1", "203.0.113.2", "203.0.114.1")],
            [False] * 3,
            id="G5",
        ),
        pytest.param(
            [
                sighting("203.0.113.1"),
                sighting("203.0.113.2"),
                sighting("203.0.113.3", torrent=DEBIAN),
            ],
            [False] * 3,
            id="G6",
        ),
        pytest.param(
            [sighting(f"2001:db8:0:{n:x}::1") for n in range(6)], [False] * 5 + [True], id="G7"
        ),
        pytest.param(
            [
                sighting("203.0.113.1"),
                sighting("203.0.113.2"),
                sighting("203.0.113.3", downloader="pc"),
            ],
            [False] * 3,
            id="another downloader",
        ),
        pytest.param(
            [sighting("203.0.113.1", port=port) for port in range(1, 9)],
            [False] * 8,
            id="one address, many ports",
        ),
        pytest.param(
            [sighting(f"203.0.113.{n}", handshaking=True) for n in range(1, 9)],
            [False] * 8,
            id="handshaking",
        ),
    ],
)
def test_more_addresses_than_tolerated_are_banned(
    sightings: list[Sighting], expected: list[bool]
) -> None:
    assert hits(rule(), *sightings) == expected


@pytest.mark.parametrize(
    ("keep_hunting", "expected"),
    [pytest.param(True, True, id="G8"), pytest.param(False, False, id="G9")],
)
def test_a_subnet_found_out_is_hunted_when_that_is_wanted(
    *, keep_hunting: bool, expected: bool
) -> None:
    memory = DialMemory()
    subject = rule(memory, keep_hunting=keep_hunting)
    hits(subject, *(sighting(f"203.0.113.{n}") for n in (1, 2, 3)))
    verdict = subject.judge(sighting("203.0.113.9", at=2 * DAY))
    assert verdict.hits is expected
    assert verdict.data["subnetPeersSize"] == 1
    # Refreshed: the thirty days start anew.
    assert subject.judge(sighting("203.0.113.9", at=31 * DAY)).hits is expected
    assert not subject.judge(sighting("203.0.113.9", at=62 * DAY)).hits


def test_an_address_counts_for_as_long_as_it_is_remembered() -> None:
    subject = rule()
    hits(subject, sighting("203.0.113.1"), sighting("203.0.113.2", at=1_000))
    assert not subject.judge(sighting("203.0.113.3", at=DAY)).hits
    assert subject.judge(sighting("203.0.113.4", at=DAY + 999)).hits


def test_the_verdict_says_how_many_it_saw_and_names_some() -> None:
    subject = rule()
    for number in range(1, 9):
        verdict = subject.judge(sighting(f"203.0.113.{number}"))
    assert verdict.data == {
        "subnetPeersSize": 8,
        "subnet": f"{'aa' * 20}@203.0.113.0/24",
        "addresses": [f"203.0.113.{number}" for number in range(1, 6)],
    }
    assert verdict.margin == 4
    assert verdict.title is not None
    assert verdict.title.id == "dial-detected"
    assert verdict.duration == 15 * DAY


def test_who_passes_learns_the_count_and_all_with_the_same_share_one_answer() -> None:
    subject = rule()
    first = subject.judge(sighting("203.0.113.1"))
    assert first.data == {"subnetPeersSize": 1}
    assert first.margin == 0.5
    assert first.saw is not None
    assert first.allows is not None
    assert subject.judge(sighting("198.51.100.1")) is first


def test_to_be_asked_again_changes_nothing() -> None:
    subject = rule()
    for number in (1, 2, 3):
        subject.judge(sighting(f"203.0.113.{number}", at=number))
    again = sighting("203.0.113.2", at=4)
    assert subject.judge(again) == subject.judge(again) == subject.judge(again)
    assert len(subject.memory) == 3


def test_what_was_seen_outlives_other_settings() -> None:
    memory = DialMemory()
    hits(rule(memory), *(sighting(f"203.0.113.{n}") for n in (1, 2)))
    stricter = MultiDial(memory=memory, tolerate_num_ipv4=1)
    assert stricter.judge(sighting("203.0.113.1")).hits


@pytest.mark.parametrize("tolerated", [0, 16, 2_000])
def test_any_tolerance_can_be_exceeded(tolerated: int) -> None:
    subject = MultiDial(memory=DialMemory(), tolerate_num_ipv6=tolerated)
    answers = [
        subject.judge(sighting(str(IPv6Address((0x20010DB8 << 96) + number)))).hits
        for number in range(tolerated + 1)
    ]
    assert answers == [False] * tolerated + [True]


@pytest.mark.parametrize("bits", [0, 32])
def test_the_subnet_may_be_everything_or_one_address(bits: int) -> None:
    subject = MultiDial(memory=DialMemory(), subnet_mask_length=bits)
    answers = hits(subject, *(sighting(ip) for ip in ("1.2.3.4", "99.9.9.9", "203.0.113.1")))
    assert answers == [False, False, bits == 0]


def see(memory: DialMemory, subnet: int, address: int, most: int = 1_024) -> int:
    count = memory.see(memory.subnets(("nas", "aa", 24)), subnet, address, 0, DAY, most)
    memory.tidy()
    return count


def test_memory_is_bounded_in_subnets_and_in_addresses() -> None:
    memory = DialMemory(most_subnets=10, most_addresses=20)
    for subnet in range(100):
        for number in range(subnet % 5):
            see(memory, subnet, number)
            assert len(memory) <= 20
    for number in range(100):
        assert see(memory, 0, number, 8) <= 8
        assert len(memory) <= 20
    alone = DialMemory(most_subnets=10)
    for subnet in range(100):
        see(alone, subnet, subnet)
        assert len(alone) <= 10


def test_a_subnet_that_fills_the_memory_alone_still_counts() -> None:
    memory = DialMemory(most_subnets=10, most_addresses=20)
    counts = [see(memory, 0, number) for number in range(50)]
    assert counts == list(range(1, 51))


def test_what_is_looked_at_is_not_forgotten_for_others() -> None:
    memory = DialMemory(most_subnets=10)
    for other in range(100):
        for number in (1, 2):
            count = see(memory, -1, number)
        see(memory, other, 7)
        assert count == 2


looks = st.lists(
    st.tuples(
        st.integers(0, 40),  # ms since the one before
        st.sampled_from(["203.0.113.", "203.0.114."]),
        st.integers(1, 5),
        st.sampled_from(["nas", "pc"]),
    ),
    max_size=60,
)


@given(looks)
def test_it_always_counts_as_a_naive_count_does(
    history: list[tuple[int, str, int, str]],
) -> None:
    subject = MultiDial(memory=DialMemory(), cache_lifespan=1)  # a second
    seen: list[tuple[int, str, str, int]] = []
    together: list[Sighting] = []
    alone: list[Verdict] = []
    at = 0
    for pause, block, number, downloader in history:
        at += pause * 25
        seen.append((at, downloader, block, number))
        expected = {
            other
            for then, where, place, other in seen
            if (where, place) == (downloader, block) and then > at - 1_000
        }
        look = sighting(f"{block}{number}", at=at, downloader=downloader)
        together.append(look)
        verdict = subject.judge(look)
        assert verdict.data["subnetPeersSize"] == len(expected)
        assert verdict.hits is (len(expected) > 2)
        alone.append(verdict)
    assert MultiDial(memory=DialMemory(), cache_lifespan=1).judge_all(Batch(together)) == alone


def test_a_subnet_of_ipv6_is_named_by_its_lowest_addresses() -> None:
    subject = rule()
    for number in range(9, 0, -1):
        verdict = subject.judge(sighting(f"2001:db8::{number}"))
    assert verdict.data == {
        "subnetPeersSize": 9,
        "subnet": f"{'aa' * 20}@2001:db8::/56",
        "addresses": [f"2001:db8::{number}" for number in range(2, 7)],
    }


def test_addresses_of_the_two_families_never_meet() -> None:
    subject = MultiDial(memory=DialMemory(), tolerate_num_ipv4=1, tolerate_num_ipv6=1)
    number = int(IPv4Address("203.0.113.1"))
    answers = hits(subject, sighting("203.0.113.1"), sighting(str(IPv6Address(number + 1))))
    assert answers == [False, False]
