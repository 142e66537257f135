"""The progress rule: the vectors of reference/rules.md 3.6.5, honest peers that pass, cheats that do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec import structs

from app.domain.address import Endpoint, Translation, parse_ip, translate
from app.domain.peer import Peer
from app.domain.progress_record import Connection, ProgressRecord
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict

DAY = 24 * 3600 * 1000
NOW = 1_763_700_000_000
SIZE = 1_000_000_000
TORRENT = Torrent(
    id="aa" * 20, hash="aa" * 20, name="lab", size=SIZE, completed_size=SIZE, progress=1.0
)


@dataclass
class Bench:
    """The rule with a clock and a memory to look into."""

    rule: ProgressCheat = field(default_factory=lambda: ProgressCheat(duration=30 * DAY))
    torrent: Torrent = TORRENT
    now: int = NOW

    def look(  # noqa: PLR0913 - everything has a default
        self,
        uploaded: float,
        progress: float,
        *,
        after: int = 5_000,
        ip: str = "203.0.113.9",
        port: int = 6881,
        rate: int = 1_000,
        handshaking: bool = False,
    ) -> Verdict:
        """Judge, `after` ms since the last look."""
        self.now += after
        return self.rule.judge(
            self.sighting(uploaded, progress, ip=ip, port=port, rate=rate, handshaking=handshaking)
        )

    def sighting(
        self,
        uploaded: float,
        progress: float,
        *,
        ip: str = "203.0.113.9",
        port: int = 6881,
        rate: int = 1_000,
        handshaking: bool = False,
    ) -> Sighting:
        peer = Peer(
            address=translate(Endpoint(parse_ip(ip), port), Translation()),
            progress=progress,
            uploaded=int(uploaded),
            upload_rate=rate,
            handshaking=handshaking,
        )
        return Sighting(at=self.now, downloader="one", torrent=self.torrent, peer=peer)

    def record(self, ip: str = "203.0.113.9") -> ProgressRecord:
        key = self.rule.memory.key(self.sighting(0, 0, ip=ip), self.rule.blocks)
        return self.rule.memory.record(key, self.now)

    def before(
        self,
        total: float,
        last: float,
        progress: float,
        *,
        fast: bool = True,
        window_end: int = 0,
        ip: str = "203.0.113.9",
    ) -> None:
        """A record as the table's column "before" has it."""
        record = self.record(ip)
        record.total = int(total)
        record.connections = [
            Connection(
                ip=int(parse_ip(ip)),
                port=6881,
                first_seen=self.now - 60_000,
                last_seen=self.now,
                received=int(total),
                last_uploaded=int(last),
                progress=progress,
                window_end=window_end,
                fast_at=self.now - 50_000 if fast else 0,
            )
        ]

    @property
    def own(self) -> Connection:
        (connection,) = self.record().connections
        return connection


def told(verdict: Verdict) -> tuple[Action, Any, int]:
    return verdict.action, verdict.data.get("type"), verdict.duration


@pytest.fixture
def bench() -> Bench:
    return Bench()


PASS = (Action.NO_ACTION, None, 0)
FAST = (Action.BAN_FOR_DISCONNECT, "fastPcbTest", 15_000)
DIFFERS = (Action.BAN, "deSyncDifference", 30 * DAY)
REWOUND = (Action.BAN, "rewindProgress", 30 * DAY)
EXCESS = (Action.BAN, "excessiveMaxDownloadThreshold", 30 * DAY)
EXCESS_HELD = (Action.BAN, "excessiveMaxDownloadThresholdForIncompleteTask", 30 * DAY)


def test_v1_a_peer_that_reports_what_it_got_passes(bench: Bench) -> None:
    assert told(bench.look(50e6, 0.05)) == PASS
    own = bench.own
    assert (bench.record().total, own.last_uploaded, own.progress) == (50e6, 50e6, 0.05)


def test_v2_the_quick_check_disconnects_once(bench: Bench) -> None:
    bench.look(50e6, 0.05)
    assert told(bench.look(120e6, 0.12)) == FAST
    own = bench.own
    assert (own.received, own.last_uploaded, own.progress) == (120e6, 120e6, 0.12)
    assert own.fast_at == bench.now


def test_v3_a_reset_counter_is_added(bench: Bench) -> None:
    bench.before(120e6, 120e6, 0.12)
    verdict = bench.look(10e6, 0.13)
    assert told(verdict) == PASS
    assert verdict.data["actualUploaded"] == 130e6
    assert (bench.own.last_uploaded, bench.own.progress) == (10e6, 0.13)


def test_v4_nothing_reported_after_a_reset_starts_the_window(bench: Bench) -> None:
    bench.before(120e6, 120e6, 0.12)
    verdict = bench.look(10e6, 0.0)
    assert told(verdict) == PASS
    assert bench.own.window_end == bench.now + 30_000
    assert bench.own.progress == 0.12
    assert verdict.review_at == bench.now + 30_001
    assert verdict.margin == pytest.approx(1.3)


def test_v5_the_gap_outlasts_the_window(bench: Bench) -> None:
    bench.before(120e6, 120e6, 0.12)
    bench.look(10e6, 0.0)
    verdict = bench.look(15e6, 0.0, after=31_000)
    assert told(verdict) == DIFFERS
    assert verdict.data["computedProgress"] == 0.135
    assert verdict.data["uploadedIncremental"] == 5e6
    assert bench.record().differences == 1
    assert bench.own.window_end == 0


def test_v6_a_running_window_bans_nobody(bench: Bench) -> None:
    bench.before(120e6, 120e6, 0.12)
    bench.look(10e6, 0.0)
    assert told(bench.look(15e6, 0.0, after=20_000)) == PASS
    assert bench.own.window_end == bench.now + 10_000


def test_v7_a_progress_that_goes_back(bench: Bench) -> None:
    bench.before(555e6, 555e6, 0.60)
    verdict = bench.look(560e6, 0.50)
    assert told(verdict) == REWOUND
    assert verdict.data["rewind"] == pytest.approx(0.10)
    assert verdict.data["lastReportProgress"] == 0.60
    assert verdict.margin == pytest.approx(0.10 / 0.07)
    assert bench.record().rewinds == 1
    assert bench.own.progress == 0.50


def test_v8_more_than_the_torrent_can_explain(bench: Bench) -> None:
    bench.before(1.4e9, 1.4e9, 1.0, window_end=NOW + 1)
    verdict = bench.look(1_500_000_001, 1.0)
    assert told(verdict) == EXCESS
    assert verdict.data["maxAllowedExcessiveThreshold"] == 1_500_000_000
    assert bench.own.window_end == 0


def test_v9_the_limit_itself_is_allowed_and_the_gap_is_noticed(bench: Bench) -> None:
    bench.before(1.4e9, 1.4e9, 1.0)
    assert told(bench.look(1.5e9, 1.0)) == PASS
    assert bench.own.window_end == bench.now + 30_000


def test_v10_more_than_we_have(bench: Bench) -> None:
    bench.torrent = structs.replace(TORRENT, completed_size=100_000_000, progress=0.1)
    bench.before(150e6, 150e6, 0.15)
    verdict = bench.look(160e6, 0.16)
    assert told(verdict) == EXCESS_HELD
    assert verdict.data["maxAllowedExcessiveThreshold"] == 150e6


def test_v11_the_minimum_size_bounds_the_limit(bench: Bench) -> None:
    bench.torrent = structs.replace(TORRENT, completed_size=10_000_000, progress=0.01)
    bench.before(70e6, 70e6, 0.07)
    verdict = bench.look(74e6, 0.074)
    assert told(verdict) == PASS
    assert verdict.data["maxAllowedExcessiveThreshold"] == 75e6


def test_v12_small_torrents_are_not_measured_closely(bench: Bench) -> None:
    bench.torrent = structs.replace(TORRENT, size=20_000_000, completed_size=20_000_000)
    verdict = bench.look(29e6, 1.0)
    assert told(verdict) == PASS
    assert verdict.data["fileTooSmall"] is True


def test_v13_small_torrents_have_a_limit_too(bench: Bench) -> None:
    bench.torrent = structs.replace(TORRENT, size=20_000_000, completed_size=20_000_000)
    assert told(bench.look(75_000_001, 1.0)) == EXCESS


def test_v14_a_handshaking_peer_changes_nothing(bench: Bench) -> None:
    verdict = bench.look(900e6, 0.0, handshaking=True, rate=0)
    assert told(verdict) == PASS
    assert verdict.reason.id == "handshaking"
    assert len(bench.rule.memory) == 0


def test_v15_an_unknown_counter_of_an_idle_upload(bench: Bench) -> None:
    assert told(bench.look(-1, 0.0, rate=0)) == PASS
    assert bench.record().total == -1
    bench.look(-1, 0.0, rate=0)
    assert bench.record().total == -1


def test_v16_a_new_address_of_a_known_block_is_checked_at_once(bench: Bench) -> None:
    bench.before(600e6, 600e6, 0.6, ip="2001:db8:1:200::1")
    verdict = bench.look(50e6, 0.05, ip="2001:db8:1:2ff::2")
    assert told(verdict) == FAST
    assert verdict.data["prefixTrackingUploadedIncreaseTotal"] == 650e6
    assert verdict.data["peerTrackingUploadedIncreaseTotal"] == 50e6


def test_v17_a_torrent_of_unknown_size_is_not_judged(bench: Bench) -> None:
    bench.torrent = structs.replace(TORRENT, size=0)
    assert told(bench.look(10e6, 0.0)) == PASS
    assert bench.own.last_uploaded == 10e6


def test_v18_a_gap_that_closed_gets_a_new_window(bench: Bench) -> None:
    bench.before(250e6, 250e6, 0.10)
    bench.look(260e6, 0.10)
    assert bench.own.window_end > 0
    bench.look(270e6, 0.26, after=10_000)
    assert bench.own.window_end == 0
    assert told(bench.look(300e6, 0.20, after=3_600_000)) == PASS
    assert told(bench.look(400e6, 0.25, after=5_000)) == PASS
    assert bench.own.window_end == bench.now + 30_000
    assert told(bench.look(410e6, 0.25, after=31_000)) == DIFFERS


def test_the_same_sighting_is_answered_the_same_and_counted_once(bench: Bench) -> None:
    for uploaded, progress, after in (
        (120e6, 0.12, 5_000),
        (10e6, 0.0, 5_000),
        (15e6, 0.0, 31_000),
    ):
        first = bench.look(uploaded, progress, after=after)
        state = (
            structs.replace(bench.own, answer=None),
            bench.record().total,
            bench.record().differences,
        )
        again = bench.look(uploaded, progress, after=0)
        assert told(again) == told(first)
        assert (
            structs.replace(bench.own, answer=None),
            bench.record().total,
            bench.record().differences,
        ) == state


def test_falls_of_the_progress_are_counted_even_when_more_is_reported_than_sent(
    bench: Bench,
) -> None:
    for _ in range(2):
        assert told(bench.look(1e6, 0.6)) == PASS
        assert told(bench.look(2e6, 0.3)) == PASS  # who checks its files again is honest
    bench.look(3e6, 0.6)
    verdict = bench.look(4e6, 0.3)
    assert told(verdict) == REWOUND
    assert verdict.data["rewindCount"] == 3
    assert (verdict.reason.params["count"], verdict.reason.params["allowed"]) == (3, 2)


def test_falls_are_not_counted_when_that_is_off_or_to_nothing(bench: Bench) -> None:
    for _ in range(10):
        assert told(bench.look(1e6, 0.6)) == PASS
        assert told(bench.look(1e6, 0.0)) == PASS
    bench = Bench(ProgressCheat(rewinds_allowed=-1))
    for _ in range(10):
        assert told(bench.look(1e6, 0.6)) == PASS
        assert told(bench.look(1e6, 0.3)) == PASS


def test_the_quick_check_can_spare_who_reports_what_it_got() -> None:
    bench = Bench(ProgressCheat(fast_pcb_test_spares_consistent=True))
    assert told(bench.look(120e6, 0.12)) == PASS
    assert told(bench.look(240e6, 0.12)) == FAST


def test_who_reports_nothing_is_found_behind_changing_ports(bench: Bench) -> None:
    found = [
        told(bench.look(step % 3 * 10e6, 0.0, port=1000 + step // 3, after=6_000))
        for step in range(60)
    ]
    assert DIFFERS in found


def test_who_reports_nothing_is_found_behind_changing_addresses_of_a_block(bench: Bench) -> None:
    found = [
        told(bench.look(step % 3 * 10e6, 0.0, ip=f"2001:db8:1:200::{step // 3 + 1:x}", after=6_000))
        for step in range(60)
    ]
    assert DIFFERS in found


def test_who_starts_over_again_and_again_is_found(bench: Bench) -> None:
    """The lab's `rewind`: 12 s of honest reports, then the same from another port."""
    found = [
        told(bench.look(step % 3 * 1e7, step % 3 * 0.01, port=1000 + step // 3, after=4_000))
        for step in range(90)
    ]
    assert DIFFERS in found


def test_parallel_connections_of_one_address_answer_for_themselves(bench: Bench) -> None:
    """The lab's `multidial`: each takes little."""
    told_of = [
        told(bench.look(step * 2e6, 0.0, port=7000 + number, after=5_000 if number == 0 else 0))
        for step in range(1, 24)
        for number in range(4)
    ]
    assert set(told_of) == {PASS, FAST}


def test_a_passing_verdict_tells_what_it_saw_and_how_near_it_came(bench: Bench) -> None:
    verdict = bench.look(90e6, 0.04)
    assert told(verdict) == PASS
    assert verdict.saw is not None
    assert verdict.allows is not None
    assert verdict.saw.params == {"reported_share": 0.04, "sent_share": 0.09}
    assert verdict.allows.params == {"allowed_share": 0.1}
    assert verdict.margin == pytest.approx(0.5)
    assert dict(verdict.data) == dict(verdict.data.items())
    assert verdict.data["difference"] == pytest.approx(0.05)
    assert len(verdict.data) == 23


def test_a_rule_in_shadow_says_the_same(bench: Bench) -> None:
    bench.rule = ProgressCheat(mode=Mode.SHADOW)
    verdict = bench.look(120e6, 0.0)
    assert told(verdict) == FAST
    assert verdict.mode is Mode.SHADOW


def test_a_difference_for_which_nobody_was_banned_is_told_again_at_once() -> None:
    bench = Bench(rule=ProgressCheat(fast_pcb_test_percentage=0))
    actions = [bench.look(300e6 + each, 0.05).action for each in range(12)]
    first = actions.index(Action.BAN)
    assert set(actions[first:]) == {Action.BAN}
    assert bench.look(300e6 + 20, 0.29).action is Action.NO_ACTION


def test_falls_for_which_nobody_was_banned_are_told_again() -> None:
    bench = Bench(rule=ProgressCheat(fast_pcb_test_percentage=0))
    falls = [bench.look(1_000 + at, 0.5 if at % 2 else 0.9).action for at in range(6)]
    assert falls[-1] is Action.BAN
    assert bench.look(2_000, 0.51).action is Action.BAN
    assert bench.look(3_000, 0.52, after=700_000).action is Action.NO_ACTION


def test_who_comes_back_from_the_same_port_is_not_banned_before_it_tells_what_it_has() -> None:
    bench = Bench(rule=ProgressCheat(fast_pcb_test_percentage=0))
    for share in range(1, 7):
        assert bench.look(share * 50e6, share * 0.05).action is Action.NO_ACTION
    # Cut off right after coming back, and back again after an hour.
    assert bench.look(10_000, 0.0, after=60_000).action is Action.NO_ACTION
    assert bench.look(5_000, 0.0, after=3_600_000).action is Action.NO_ACTION
    assert bench.look(1_000_000, 0.3).action is Action.NO_ACTION


def test_who_comes_back_within_the_grace_and_still_tells_nothing_is_banned() -> None:
    bench = Bench(rule=ProgressCheat(fast_pcb_test_percentage=0))
    for each in range(4):
        bench.look(300e6 + each, 0.05)
    assert bench.look(10_000, 0.05, after=20_000).action is Action.NO_ACTION
    assert bench.look(20_000, 0.05).action is Action.BAN
