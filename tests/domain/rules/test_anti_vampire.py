"""Presets against known clients: the table of reference/rules.md 3.13."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain.rules.anti_vampire import AntiVampire
from app.domain.sighting import Batch
from tests.domain.examples import UBUNTU
from tests.domain.rules.sightings import sighting


@pytest.mark.parametrize(
    ("peer_id", "name", "progress", "kind", "hits"),
    [
        pytest.param("-XL0012-", None, 0.5, "non-0019", True, id="W1"),
        pytest.param("-XL0019-", None, 0.5, "0019", False, id="W2"),
        pytest.param("-XL0019-", None, 1.0, "0019", True, id="W3"),
        pytest.param(None, "Xunlei 0.0.1.9", 0.3, "0019", False, id="W4"),
        pytest.param(None, "Xunlei/0.0.1.8", 0.3, "non-0019", True, id="W5"),
        pytest.param("-qB4650-", "my xunlei", 0.3, None, False, id="W6"),
        pytest.param("-qB4650-", "my xunlei", 1.0, None, False, id="W6 seeding"),
        pytest.param("-qB4650-", "Xunlei 0019", 1.0, "0019", True, id="by name"),
        pytest.param(None, None, 1.0, None, False, id="unknown"),
    ],
)
@pytest.mark.parametrize("idle", [False, True])
def test_xunlei_is_banned_but_for_the_version_that_gives(
    *,
    peer_id: str | None,
    name: str | None,
    progress: float,
    kind: str | None,
    hits: bool,
    idle: bool,
) -> None:
    seen = sighting(
        torrent=replace(UBUNTU, progress=progress),
        peer_id=peer_id,
        client_name=name,
        handshaking=idle,
    )
    verdict = AntiVampire(duration=14_400_000).judge(seen)
    assert verdict.hits is hits
    expected = {} if kind is None else {"xunleiType": kind, "seeding": progress == 1.0}
    assert dict(verdict.data) == expected
    assert verdict.duration == (14_400_000 if hits else 0)
    assert verdict.saw is not None
    assert verdict.allows is not None


def test_a_preset_that_is_off_lets_everybody_pass_and_says_so() -> None:
    rule = AntiVampire(xunlei=False)
    verdict, other = rule.judge_all(Batch([sighting(peer_id="-XL0012-"), sighting()]))
    assert (verdict.hits, verdict.reason.id) == (False, "vampire-preset-off")
    assert verdict is other


def test_the_answer_is_remembered_by_id_name_and_whether_we_seed() -> None:
    rule = AntiVampire()
    half = replace(UBUNTU, progress=0.5)
    seen = [
        sighting(ip, torrent=torrent, peer_id="-XL0019-")
        for ip, torrent in (("1.2.3.4", UBUNTU), ("5.6.7.8", UBUNTU), ("1.2.3.4", half))
    ]
    one, other, leeching = rule.judge_all(Batch(seen))
    assert one is other
    assert (one.hits, leeching.hits) == (True, False)
