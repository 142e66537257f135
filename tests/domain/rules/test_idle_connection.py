"""Idle connections: the table of reference/rules.md 3.12, its "intended" column."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from app.domain.flags import PeerFlags, parse_flags
from app.domain.rules.idle_connection import IdleConnection, IdleMemory
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Verdict
from tests.domain.examples import UBUNTU, peer
from tests.domain.rules.sightings import DEBIAN, sighting

LIMIT = 300_000


def rule(protect_mode: int = 0, memory: IdleMemory | None = None) -> IdleConnection:
    return IdleConnection(
        memory=IdleMemory() if memory is None else memory,
        protect_mode=protect_mode,
        duration=900_000,
    )


def after(subject: IdleConnection, milliseconds: int, **about: object) -> Verdict:
    """The answer about a peer that stays the same, at its second look."""
    subject.judge(sighting(at=1_000, **about))  # type: ignore[arg-type]
    return subject.judge(sighting(at=1_000 + milliseconds, **about))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "about", "milliseconds", "hits"),
    [
        pytest.param(0, {"progress": 0.4}, 301_000, True, id="I1"),
        pytest.param(0, {"progress": 0.0}, 301_000, True, id="I2"),
        pytest.param(0, {"torrent": DEBIAN, "flags": parse_flags("D I")}, 600_000, False, id="I3"),
        pytest.param(0, {"torrent": DEBIAN, "flags": None}, 600_000, False, id="I4"),
        pytest.param(1, {"torrent": DEBIAN}, 600_000, False, id="I5"),
        pytest.param(2, {"torrent": DEBIAN, "flags": None}, 301_000, True, id="I6"),
        pytest.param(0, {"upload_rate": 65}, 301_000, False, id="I7"),
        pytest.param(0, {"upload_rate": 64}, 301_000, True, id="I8"),
        pytest.param(0, {"download_rate": 65}, 301_000, False, id="receiving"),
        pytest.param(0, {}, 300_000, False, id="at the limit"),
        pytest.param(0, {}, 300_001, True, id="just beyond"),
        pytest.param(0, {"handshaking": True}, 301_000, True, id="handshaking"),
        pytest.param(
            0, {"torrent": DEBIAN, "flags": parse_flags("U")}, 600_000, False, id="it wants"
        ),
        pytest.param(
            0, {"torrent": DEBIAN, "flags": parse_flags("K ?")}, 600_000, True, id="nobody wants"
        ),
        pytest.param(1, {}, 301_000, True, id="seeding in mode 1"),
        pytest.param(0, {"uploaded": -1, "downloaded": -1}, 301_000, True, id="no counters"),
    ],
)
def test_who_stands_still_for_too_long_is_banned(
    *, mode: int, about: dict[str, object], milliseconds: int, hits: bool
) -> None:
    verdict = after(rule(mode), milliseconds, **about)
    assert verdict.hits is hits
    assert verdict.duration == (900_000 if hits else 0)
    assert verdict.saw is not None
    assert verdict.allows is not None


def test_i7_an_active_peer_is_forgotten() -> None:
    subject = rule()
    subject.judge(sighting(at=0))
    assert len(subject.memory) == 1
    subject.judge(sighting(at=1_000, upload_rate=65))
    assert len(subject.memory) == 0
    assert not subject.judge(sighting(at=LIMIT)).hits


@pytest.mark.parametrize(
    ("change", "hits"),
    [
        pytest.param({"uploaded": 64 * 301}, True, id="on average as slow as allowed"),
        pytest.param({"uploaded": 64 * 301 + 1}, False, id="on average faster"),
        pytest.param({"downloaded": 64 * 301 + 1}, False, id="received"),
        pytest.param({"progress": 0.400_02}, False, id="progressed"),
        pytest.param({"progress": 0.399_98}, False, id="fell back"),
        pytest.param({"progress": 0.400_005}, True, id="progressed too little to count"),
        pytest.param({"uploaded": -1}, False, id="counters start anew"),
    ],
)
def test_what_moved_between_two_looks_counts(*, change: dict[str, object], hits: bool) -> None:
    subject = rule()
    subject.judge(sighting(at=0, progress=0.4))
    verdict = subject.judge(sighting(at=301_000, **{"progress": 0.4, **change}))  # type: ignore[arg-type]
    assert verdict.hits is hits
    assert verdict.data["idle_start"] == (0 if hits else 301_000)


def test_progress_does_not_count_where_the_user_says_so() -> None:
    subject = replace(rule(), reset_on_status_change=False)
    subject.judge(sighting(at=0, progress=0.1))
    assert subject.judge(sighting(at=301_000, progress=0.9)).hits


def test_a_threshold_of_zero_does_not_make_standing_still_a_change() -> None:
    assert after(replace(rule(), min_status_change_percentage=0.0), 301_000).hits


def test_an_idle_peer_is_to_be_asked_again_when_its_time_is_over() -> None:
    subject = rule()
    verdict = subject.judge(sighting(at=5_000))
    assert verdict.review_at == 5_000 + LIMIT + 1
    assert not subject.judge(sighting(at=verdict.review_at - 1)).hits
    assert subject.judge(sighting(at=verdict.review_at)).hits


def test_both_who_passes_and_who_is_banned_have_all_facts() -> None:
    subject = rule()
    passing = subject.judge(sighting(at=0, progress=0.4, uploaded=10))
    banned = subject.judge(sighting(at=600_000, progress=0.4, uploaded=20, upload_rate=1))
    assert dict(banned.data) == {
        "ip": "203.0.113.9",
        "idle_type": "timeout",
        "idle_start": 0,
        "last_percentage": 40,
        "last_uploaded": 10,
        "last_downloaded": 0,
        "percentage": 40,
        "uploaded": 20,
        "downloaded": 0,
        "upload_speed": 1,
        "download_speed": 0,
    }
    assert banned.data.keys() - passing.data.keys() == {"ip", "idle_type"}
    assert (passing.margin, banned.margin) == (0, 2)


def test_to_be_asked_again_changes_nothing() -> None:
    subject = rule()
    subject.judge(sighting(at=0))
    for seen in (sighting(at=200_000, progress=0.5), sighting(at=600_000, progress=0.5)):
        assert subject.judge(seen) == subject.judge(seen)


def test_who_left_and_came_back_starts_anew() -> None:
    subject = rule()
    subject.judge(sighting(at=0))
    subject.memory.gone([("nas", UBUNTU.id, peer().address.raw), ("nas", "x", peer().address.raw)])
    assert not subject.judge(sighting(at=301_000)).hits


def test_one_endpoint_on_two_torrents_or_downloaders_is_two_connections() -> None:
    subject = rule(2)
    subject.judge(sighting(at=0))
    assert not subject.judge(sighting(at=301_000, torrent=DEBIAN)).hits
    assert not subject.judge(sighting(at=301_000, downloader="pc")).hits
    assert not subject.judge(sighting(at=301_000, port=1)).hits


def test_the_time_while_a_torrent_is_not_looked_at_does_not_count() -> None:
    subject = rule()
    finished = structs.replace(DEBIAN, progress=1.0)
    subject.judge(sighting(at=0, torrent=finished))
    subject.judge(sighting(at=1_000, torrent=DEBIAN, flags=PeerFlags.INTERESTING))
    assert not subject.judge(sighting(at=301_000, torrent=finished)).hits


def test_a_clock_set_back_bans_nobody() -> None:
    subject = rule()
    subject.judge(sighting(at=10_000_000))
    assert not subject.judge(sighting(at=0)).hits
    assert not subject.judge(sighting(at=LIMIT)).hits


def test_memory_is_bounded_also_when_nobody_says_who_is_gone() -> None:
    subject = rule(memory=IdleMemory(most=10))
    for port in range(1, 100):
        subject.judge(sighting(port=port))
        assert len(subject.memory) <= 10


def test_a_torrent_whose_peers_left_leaves_nothing() -> None:
    memory = IdleMemory()
    subject = rule(memory=memory)
    for port in (1, 2):
        subject.judge(sighting(port=port))
    subject.judge(sighting(port=2, upload_rate=100))
    memory.gone([("nas", UBUNTU.id, peer(port=port).address.raw) for port in (1, 2)])
    assert len(memory) == 0
    assert memory.of("nas", UBUNTU.id) == {}


def test_who_waits_as_long_as_others_still_has_facts_of_its_own() -> None:
    seen = [sighting(port=1, progress=0.2), sighting(port=2, progress=0.4)]
    one, other = rule().judge_all(Batch(seen))
    assert one.saw is other.saw
    assert (one.data["percentage"], other.data["percentage"]) == (20, 40)


looks = st.builds(
    sighting,
    at=st.sampled_from([0, 200_000, 400_000]),
    port=st.sampled_from([1, 2]),
    torrent=st.sampled_from([UBUNTU, DEBIAN]),
    downloader=st.sampled_from(["nas", "pc"]),
    flags=st.sampled_from([None, parse_flags("U"), parse_flags("K ?")]),
    upload_rate=st.sampled_from([0, 65]),
    progress=st.sampled_from([0.0, 0.5]),
)


@given(st.lists(looks, max_size=30), st.sampled_from([0, 1, 2]))
def test_many_together_are_judged_as_one_by_one(seen: list[Sighting], mode: int) -> None:
    alone = rule(mode)
    assert rule(mode).judge_all(Batch(seen)) == [alone.judge(each) for each in seen]


def test_active_peers_share_one_answer() -> None:
    subject = rule()
    one = subject.judge(sighting(upload_rate=100))
    assert subject.judge(sighting("198.51.100.7", upload_rate=200)) is one


moves = st.tuples(
    st.integers(1, 200_000),  # ms since the look before
    st.integers(0, 70),  # rate
    st.sampled_from([0, 0, 0, 1_000, 100_000_000]),  # bytes sent meanwhile
    st.sampled_from([0.0, 0.0, 0.0, 0.01]),  # progress made meanwhile
)


@given(st.lists(moves, min_size=1, max_size=40))
def test_who_moved_within_the_allowed_time_is_never_banned(
    history: list[tuple[int, int, int, float]],
) -> None:
    subject = rule()
    at, sent, progress = 0, 0, 0.0
    trail: list[tuple[int, int, int, float]] = []
    for pause, rate, more, made in history:
        at, sent, progress = at + pause, sent + more, progress + made
        trail.append((at, rate, sent, progress))
        verdict = subject.judge(sighting(at=at, upload_rate=rate, uploaded=sent, progress=progress))
        if not verdict.hits:
            continue
        # It stood still from a look before the allowed time until now.
        still = [each for each in trail if each[0] >= verdict.data["idle_start"]]
        assert at - still[0][0] > LIMIT
        assert all(each[1] <= 64 for each in still)
        assert all(one[3] == other[3] for one, other in pairwise(still))
        assert sent - still[0][2] <= 64 * (at - still[0][0]) / 1_000
