"""The progress rule says the same about many at once as about each alone, and about the ordinary as about others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from app.domain.address import Endpoint, PeerAddress, parse_ip
from app.domain.peer import Peer
from app.domain.progress_memory import Key
from app.domain.progress_record import ProgressRecord
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.rules.progress_ordinary import OrdinaryPeers
from app.domain.sighting import Batch, Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Verdict

SIZE = 100_000_000
ENDPOINTS = [
    Endpoint(parse_ip(ip), port)
    for ip, port in (
        ("203.0.113.9", 6881),
        ("203.0.113.9", 6882),
        ("203.0.113.10", 6881),
        ("2001:db8::1", 6881),
        ("2001:db8::2", 6881),
        ("2001:db8:0:100::1", 6881),
    )
]


class Nobody(OrdinaryPeers):
    """Nobody is ordinary."""

    @override
    def first(self, *_everything: object) -> Verdict | None:
        return None

    @override
    def again(self, *_everything: object) -> Verdict | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicious(ProgressCheat):
    """Looks closely at everybody."""

    @override
    def _ordinary(self, torrent: Torrent) -> OrdinaryPeers:
        return Nobody(self, self._allows, torrent)


# As shares of the size, often at the limits of the rule.
amounts = st.one_of(
    st.floats(-0.01, 2), st.sampled_from([-1 / SIZE, 0.0, 0.1, 0.5, 1.0, 1.5]), st.just(0.05)
).map(lambda share: int(share * SIZE))
shares = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
looks = st.tuples(
    st.booleans(),
    st.sampled_from(ENDPOINTS),
    amounts,
    shares,
    st.sampled_from([0, 1000]),
    st.booleans(),
)
torrents = st.builds(
    Torrent,
    id=st.sampled_from("tu"),
    hash=st.just("aa" * 20),
    name=st.just("t"),
    size=st.sampled_from([0, SIZE // 10, SIZE // 2, SIZE]),
    completed_size=st.sampled_from([-1, 0, SIZE // 10, SIZE // 2, SIZE]),
)
rules = st.fixed_dictionaries(
    {
        "maximum_difference": st.sampled_from([0.1, 0.0, -1.0]),
        "rewind_maximum_difference": st.sampled_from([0.07, 0.0, -1.0]),
        "rewinds_allowed": st.sampled_from([2, 0, -1]),
        "block_excessive_clients": st.booleans(),
        "excessive_threshold": st.sampled_from([1.5, 1.0, 0.5, 0.0, -1.0]),
        "fast_pcb_test_percentage": st.sampled_from([0.1, 0.0, -1.0, 2.0]),
        "fast_pcb_test_spares_consistent": st.booleans(),
        "max_wait_duration": st.sampled_from([30_000, 0]),
        "minimum_size": st.sampled_from([50_000_000, 0, -1]),
    }
)


@settings(max_examples=200, deadline=None)
@given(
    changes=rules,
    steps=st.lists(
        st.tuples(
            st.sampled_from([0, 5_000, 31_000]), torrents, torrents, st.lists(looks, max_size=5)
        ),
        max_size=12,
    ),
)
def test_many_at_once_are_judged_as_each_alone(
    changes: dict[str, Any], steps: list[tuple[int, Torrent, Torrent, list[Any]]]
) -> None:
    rule, plain = ProgressCheat(**changes), Suspicious(**changes)
    at = 0
    for after, first, second, seen in steps:
        at += after
        sightings = [sighting(at, second if another else first, *look) for another, *look in seen]
        for _again in range(2):
            assert rule.judge_all(Batch(sightings)) == [plain.judge(each) for each in sightings]
    assert stored(rule) == stored(plain)


def stored(rule: ProgressCheat) -> dict[Key, ProgressRecord]:
    taken = rule.memory.take_dirty()
    return {
        (group, start): known.copy()
        for group, records in taken.items()
        for start, known in records.items()
    }


def sighting(  # noqa: PLR0913, PLR0917 - a look has that many parts
    at: int,
    torrent: Torrent,
    end: Endpoint,
    uploaded: int,
    progress: float,
    rate: int,
    handshaking: bool,  # noqa: FBT001 - as drawn
) -> Sighting:
    peer = Peer(
        address=PeerAddress(raw=end, effective=end),
        progress=progress,
        uploaded=uploaded,
        upload_rate=rate,
        handshaking=handshaking,
    )
    return Sighting(at=at, downloader="one", torrent=torrent, peer=peer)
