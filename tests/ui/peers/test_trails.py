"""A trail shows the last 30 sweeps of a peer, on a scale that all peers share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.services.events import JudgedPeer
from app.ui.peers.trails import SAMPLES, Trails
from tests.ui.fakes import judged, peer

MIB = 1 << 20


def _at(rate: int, number: int = 1, *, downloader: str = "qb") -> JudgedPeer:
    return judged(peer(f"192.0.2.{number}", up=rate), at=downloader)


def _sweep(trails: Trails, *changed: JudgedPeer, downloader: str = "qb") -> None:
    trails.begin(downloader)
    trails.note(downloader, [(one.key, one) for one in changed])


def _bars(trails: Trails, number: int = 1, *, downloader: str = "qb") -> tuple[float, ...]:
    return tuple(trails.of(_at(0, number, downloader=downloader).key).samples)


def test_a_peer_that_never_had_anything_costs_nothing() -> None:
    trails = Trails()
    _sweep(trails, _at(0), _at(0, 2))

    assert len(trails) == 0
    assert _bars(trails) == ()


def test_a_rate_holds_until_it_changes() -> None:
    trails = Trails()
    _sweep(trails, _at(MIB))
    _sweep(trails)
    _sweep(trails, _at(MIB // 4))

    assert _bars(trails)[-4:] == (0.0, 1.0, 1.0, 0.5)


def test_only_the_last_sweeps_are_shown() -> None:
    trails = Trails()
    _sweep(trails, _at(MIB))
    _sweep(trails, _at(0))
    for _quiet in range(SAMPLES - 2):
        _sweep(trails)
    assert len(_bars(trails)) == SAMPLES
    assert _bars(trails)[0] == 1.0

    _sweep(trails)
    assert set(_bars(trails)) <= {0.0}


def test_all_peers_share_one_scale() -> None:
    trails = Trails()
    _sweep(trails, _at(4 * MIB), _at(MIB, 2))

    assert _bars(trails)[-1] == 1.0
    assert _bars(trails, 2)[-1] == 0.5


def test_a_steady_peer_keeps_its_share_of_the_scale() -> None:
    trails = Trails()
    _sweep(trails, _at(4 * MIB), _at(MIB, 2))
    for turn in range(3 * SAMPLES):
        _sweep(trails, _at(MIB - turn % 2, 2))

        assert _bars(trails)[-1] == 1.0
        assert _bars(trails, 2)[-1] == pytest.approx(0.5, abs=0.001)


def test_the_scale_comes_down_after_a_burst() -> None:
    trails = Trails()
    _sweep(trails, _at(64 * MIB), _at(MIB, 2))
    _sweep(trails, _at(0))
    for turn in range(2 * SAMPLES):
        _sweep(trails, _at(MIB - turn % 2, 2))

    assert _bars(trails, 2)[-1] == pytest.approx(1.0, abs=0.001)


def test_a_small_change_leaves_the_scale_alone() -> None:
    trails = Trails()
    _sweep(trails, _at(900_000), _at(1000, 2))
    before = _bars(trails, 2)
    _sweep(trails, _at(910_000))

    assert _bars(trails, 2)[:-1] == before[1:]


def test_who_is_gone_is_forgotten() -> None:
    trails = Trails()
    _sweep(trails, _at(MIB), _at(MIB, 2))
    trails.forget([_at(0).key, _at(0, 9).key])

    assert len(trails) == 1
    assert _bars(trails) == ()


def test_who_has_been_quiet_for_the_whole_picture_is_forgotten() -> None:
    trails = Trails()
    _sweep(trails, _at(MIB), _at(MIB, 2))
    _sweep(trails, _at(0))
    for _turn in range(2 * SAMPLES):
        _sweep(trails)

    assert len(trails) == 1
    assert _bars(trails, 2)[-1] > 0


def test_each_downloader_has_sweeps_of_its_own() -> None:
    trails = Trails()
    _sweep(trails, _at(MIB))
    for _other in range(5):
        _sweep(trails, _at(MIB, downloader="nas"), downloader="nas")

    assert [bar > 0 for bar in _bars(trails)[-2:]] == [False, True]
    assert [bar > 0 for bar in _bars(trails, downloader="nas")[-6:]] == [False] + 5 * [True]


@given(st.lists(st.none() | st.integers(0, 1 << 40), max_size=3 * SAMPLES))
def test_the_picture_changes_its_number_whenever_it_looks_different(
    rates: list[int | None],
) -> None:
    trails, seen = Trails(), dict[tuple[object, int], tuple[float, ...]]()
    for rate in rates:
        _sweep(trails, *([] if rate is None else [_at(rate)]))
        trail = trails.of(_at(0).key)
        assert all(0 <= bar <= 1 for bar in trail.samples)
        bars = tuple(trail.samples)
        assert seen.setdefault((trail.owner, trail.number), bars) == bars


def test_a_change_of_anything_else_is_no_step() -> None:
    trails = Trails()
    for port in range(2 * SAMPLES):
        one = _at(MIB)
        _sweep(trails, replace(one, first_seen=port))

    assert _bars(trails) == SAMPLES * (1.0,)
