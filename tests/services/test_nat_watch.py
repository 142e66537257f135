"""Many peers behind one address of the user's own."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from app.domain.address import parse_ip
from app.domain.decision import merge
from app.domain.flags import PeerFlags, parse_flags
from app.domain.peer import Peer
from app.domain.sighting import Sighting
from app.domain.snapshot import Snapshot
from app.locale.texts import say
from app.services.alerts import Alerts
from app.services.events import (
    AlertRaised,
    DownloadersChanged,
    EventBus,
    JudgedPeer,
    PeerKey,
    Swept,
    Timings,
)
from app.services.nat_watch import NatWatch, looks_rewritten
from app.services.protection import Protection
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import NOW, HandClock

KIND = "downloader-nat-setup-error@nas"


@dataclass
class Bench:
    live: dict[PeerKey, JudgedPeer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock, self.bus = HandClock(), EventBus()
        self.protection = Protection(tuple, self.bus)
        self.watch = NatWatch(self.bus, self.clock, name_of=str.upper)
        self.alerts = Alerts(self.bus)
        self.raised: list[AlertRaised] = []
        self.bus.subscribe(AlertRaised, self.raised.append)

    def see(self, *peers: Peer, downloader: str = "nas") -> None:
        """A sweep that shows these peers and no others."""
        now = {}
        for each in peers:
            key = PeerKey(downloader, UBUNTU.id, each.address.raw)
            sighting = Sighting(at=NOW, downloader=downloader, torrent=UBUNTU, peer=each)
            decision = merge([self.protection.judge(sighting)], 1)
            now[key] = JudgedPeer(key, UBUNTU, each, decision, NOW)
        gone = frozenset(self.live) - frozenset(now)
        self.live = now
        self.bus.publish(
            Swept(
                downloader=downloader,
                snapshot=Snapshot(at=NOW, torrents=()),
                changed=now,
                gone=gone,
                peers=len(now),
                to_good=0,
                to_banned=0,
                bans=(),
                timings=Timings(),
            )
        )


def crowd(count: int, ip: str = "172.17.0.9") -> list[Peer]:
    return [peer(ip, 1000 + number) for number in range(count)]


def test_five_peers_at_one_address_of_ours_raise_one_alert_that_explains() -> None:
    bench = Bench()
    bench.see(*crowd(4))
    assert not bench.raised
    bench.see(*crowd(5))
    bench.see(*crowd(7))
    (alert,) = bench.raised
    assert (alert.kind, alert.severe) == (KIND, True)
    assert say(alert.text).startswith("5 peers of NAS all seem to come from 172.17.0.9")
    (alarm,) = bench.watch.alarms()
    assert (alarm.downloader, alarm.address, alarm.peers) == ("nas", parse_ip("172.17.0.9"), 7)


def test_two_peers_behind_a_gateway_are_enough() -> None:
    bench = Bench()
    bench.see(*crowd(1, "172.17.0.1"))
    assert not bench.raised
    bench.see(*crowd(2, "172.17.0.1"))
    assert len(bench.raised) == 1


@pytest.mark.parametrize("ip", ["127.0.0.1", "100.64.0.1", "172.17.0.2", "203.0.113.1"])
def test_two_peers_elsewhere_are_not(ip: str) -> None:
    bench = Bench()
    bench.see(*crowd(2, ip))
    assert not bench.raised


def test_many_peers_at_a_strange_address_are_no_matter_of_nat() -> None:
    bench = Bench()
    bench.see(*crowd(20, "203.0.113.9"))
    assert not bench.raised


def test_who_only_shakes_hands_does_not_count_but_who_rests_does() -> None:
    bench = Bench()
    resting = [replace(each, handshaking=True) for each in crowd(5)]
    bench.see(*resting)
    assert not bench.raised
    bench.see(*crowd(3), *resting[3:])
    bench.see(*resting[:3], *crowd(5)[3:])
    assert len(bench.raised) == 1


def test_it_ends_with_the_last_peer_and_may_come_again() -> None:
    bench = Bench()
    bench.see(*crowd(5))
    bench.see(*crowd(2))
    assert len(bench.alerts.entries()) == len(bench.watch.alarms()) == 1
    bench.see()
    assert not bench.alerts.entries()
    assert not bench.watch.alarms()
    bench.see(*crowd(5))
    assert len(bench.raised) == 2


def test_dismissed_it_stays_quiet_while_it_goes_on() -> None:
    bench = Bench()
    bench.see(*crowd(5))
    bench.alerts.dismiss(KIND)
    bench.see(*crowd(6))
    bench.see(*crowd(6), *crowd(6, "172.17.0.8"))
    assert len(bench.raised) == 1
    assert len(bench.watch.alarms()) == 2


def test_it_ends_with_the_downloader() -> None:
    bench = Bench()
    bench.see(*crowd(5))
    bench.bus.publish(DownloadersChanged(gone=("nas",)))
    assert not bench.alerts.entries()
    assert not bench.watch.alarms()


@pytest.mark.parametrize(
    ("ip", "flags", "expected"),
    [
        ("172.17.0.1", None, True),
        ("172.17.0.0", None, True),
        ("172.17.0.2", None, False),
        ("192.168.1.1", parse_flags("D I H"), True),
        ("192.168.1.1", PeerFlags.OUTGOING_CONNECTION, False),
        ("192.168.1.1", PeerFlags.OUTGOING_CONNECTION | PeerFlags.FROM_PEX, True),
        ("192.168.1.1", PeerFlags.OUTGOING_CONNECTION | PeerFlags.FROM_INCOMING, True),
    ],
)
def test_a_gateway_is_known_by_its_address_and_how_the_peer_was_found(
    ip: str,
    flags: PeerFlags | None,
    expected: bool,  # noqa: FBT001
) -> None:
    assert looks_rewritten(replace(peer(ip), flags=flags)) == expected
