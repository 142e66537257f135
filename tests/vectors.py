"""The test vectors of the rules as lines for `check` and `simulate`: who comes, and what is decided about whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GB = 1_000_000_000
HOUR = 3_600
PCB = "progress-cheat-blocker"
MULTI = "multi-dialing-blocker"
RANGE = "auto-range-ban"
IDLE = "idle-connection-dos-protection"
NAME = "client-name-blacklist"
DAY_MS = 86_400_000


def peer(ip: str, uploaded: int = -1, progress: float = 0.0, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A peer that takes something, unless `more` says otherwise."""
    port = more.pop("port", 6881)
    known = {"id": "-qB4650-", "clientName": "qBittorrent/4.6.5", "uploadSpeed": 100_000}
    known |= {"downloadSpeed": 0, "uploaded": uploaded, "progress": progress}
    return {"address": {"ip": ip, "port": port}} | known | more


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One snapshot."""

    at: float
    """Seconds from the vector's begin."""
    peers: Sequence[Mapping[str, Any]]
    found: Sequence[tuple[str, str, str, int]] = ()
    """Address, action, rule and milliseconds of each decision that is told."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the data of the rule that decided has among others."""
    torrent: str = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Snapshots of one torrent of one downloader, which is named as the vector is."""

    name: str
    steps: Sequence[Step]
    torrent: Mapping[str, Any] = field(default_factory=dict)
    shadow: bool = False
    """Whether the rule only watches in the profile that comes with the program."""

    @property
    def whole(self) -> dict[str, Any]:
        """The torrent with all its members."""
        return {
            "size": GB,
            "completedSize": self.torrent.get("size", GB),
            "progress": 1.0,
            "name": self.name,
        } | dict(self.torrent)


def _quick(ip: str) -> tuple[str, str, str, int]:
    return (ip, "BAN_FOR_DISCONNECT", PCB, 15_000)


def _cheat(ip: str) -> tuple[str, str, str, int]:
    return (ip, "BAN", PCB, 30 * DAY_MS)


def _tested(ip: str, at: float = 0) -> Step:
    """The quick check of a peer that took a tenth."""
    return Step(
        at=at, peers=[peer(ip, 100_000_000, 0.1)], found=[_quick(ip)], data={"type": "fastPcbTest"}
    )


_V2 = (
    Step(at=0, peers=[peer("198.18.1.1", 50_000_000, 0.05)]),
    Step(
        at=5,
        peers=[peer("198.18.1.1", 120_000_000, 0.12)],
        found=[_quick("198.18.1.1")],
        data={"type": "fastPcbTest"},
    ),
)


def _after_v2(ip: str, *steps: Step) -> tuple[Step, ...]:
    """V1 and V2 at another address, and what follows."""
    return (
        Step(at=0, peers=[peer(ip, 50_000_000, 0.05)]),
        Step(at=5, peers=[peer(ip, 120_000_000, 0.12)], found=[_quick(ip)]),
        *steps,
    )


PROGRESS = (
    Replayed(name="V1-V2", steps=_V2),
    Replayed(
        name="V3",
        steps=_after_v2("198.18.3.1", Step(at=25, peers=[peer("198.18.3.1", 10_000_000, 0.13)])),
    ),
    Replayed(
        name="V4-V5",
        steps=_after_v2(
            "198.18.5.1",
            Step(at=25, peers=[peer("198.18.5.1", 10_000_000, 0.0)]),
            Step(
                at=56,
                peers=[peer("198.18.5.1", 15_000_000, 0.0)],
                found=[_cheat("198.18.5.1")],
                data={"type": "deSyncDifference"},
            ),
        ),
    ),
    Replayed(
        name="V4-V6",
        steps=_after_v2(
            "198.18.6.1",
            Step(at=25, peers=[peer("198.18.6.1", 10_000_000, 0.0)]),
            Step(at=45, peers=[peer("198.18.6.1", 15_000_000, 0.0)]),
        ),
    ),
    Replayed(
        name="V7",
        steps=(
            _tested("198.18.7.1"),
            Step(at=20, peers=[peer("198.18.7.1", 555_000_000, 0.60)]),
            Step(
                at=25,
                peers=[peer("198.18.7.1", 560_000_000, 0.50)],
                found=[_cheat("198.18.7.1")],
                data={"type": "rewindProgress"},
            ),
        ),
    ),
    Replayed(
        name="V8",
        steps=(
            _tested("198.18.8.1"),
            Step(at=20, peers=[peer("198.18.8.1", 1_400_000_000, 1.0)]),
            Step(
                at=25,
                peers=[peer("198.18.8.1", 1_500_000_001, 1.0)],
                found=[_cheat("198.18.8.1")],
                data={"type": "excessiveMaxDownloadThreshold"},
            ),
        ),
    ),
    Replayed(
        name="V9",
        steps=(
            _tested("198.18.9.1"),
            Step(at=20, peers=[peer("198.18.9.1", 1_500_000_000, 1.0)]),
            Step(at=25, peers=[peer("198.18.9.1", 1_500_000_000, 1.0)]),
        ),
    ),
    Replayed(
        name="V10",
        torrent={"completedSize": 100_000_000, "progress": 0.1},
        steps=(
            _tested("198.18.10.1"),
            Step(at=20, peers=[peer("198.18.10.1", 150_000_000, 0.15)]),
            Step(
                at=25,
                peers=[peer("198.18.10.1", 160_000_000, 0.16)],
                found=[_cheat("198.18.10.1")],
                data={"type": "excessiveMaxDownloadThresholdForIncompleteTask"},
            ),
        ),
    ),
    Replayed(
        name="V11",
        torrent={"completedSize": 10_000_000, "progress": 0.01},
        steps=(
            Step(at=0, peers=[peer("198.18.11.1", 70_000_000, 0.07)]),
            Step(at=5, peers=[peer("198.18.11.1", 74_000_000, 0.074)]),
        ),
    ),
    Replayed(
        name="V12",
        torrent={"size": 20_000_000},
        steps=(Step(at=0, peers=[peer("198.18.12.1", 29_000_000, 1.0)]),),
    ),
    Replayed(
        name="V13",
        torrent={"size": 20_000_000},
        steps=(
            Step(
                at=0,
                peers=[peer("198.18.13.1", 75_000_001, 1.0)],
                found=[_cheat("198.18.13.1")],
                data={"type": "excessiveMaxDownloadThreshold"},
            ),
        ),
    ),
    Replayed(
        name="V14",
        steps=(Step(at=0, peers=[peer("198.18.14.1", 900_000_000, 0.0, uploadSpeed=0)]),),
    ),
    Replayed(
        name="V15",
        steps=(
            Step(at=0, peers=[peer("198.18.15.1", -1, 0.0, uploadSpeed=0, downloadSpeed=5000)]),
        ),
    ),
    Replayed(
        name="V16",
        steps=(
            _tested("2001:470:1:200::1"),
            Step(at=20, peers=[peer("2001:470:1:200::1", 600_000_000, 0.6)]),
            Step(
                at=25,
                peers=[peer("2001:470:1:2ff::2", 50_000_000, 0.05)],
                found=[_quick("2001:470:1:2ff::2")],
            ),
        ),
    ),
    Replayed(
        name="V17",
        torrent={"size": 0, "completedSize": 0},
        steps=(Step(at=0, peers=[peer("198.18.17.1", 10_000_000, 0.0)]),),
    ),
    Replayed(
        name="V18",
        steps=(
            _tested("198.18.18.1"),
            Step(at=20, peers=[peer("198.18.18.1", 250_000_000, 0.10)]),
            Step(at=25, peers=[peer("198.18.18.1", 260_000_000, 0.20)]),
            Step(at=90, peers=[peer("198.18.18.1", 300_000_000, 0.19)]),
        ),
    ),
)


def _dials(*numbers: int, net: str) -> list[dict[str, Any]]:
    return [peer(f"{net}.{number}") for number in numbers]


def _dialled(ip: str) -> tuple[str, str, str, int]:
    return (ip, "BAN", MULTI, 15 * DAY_MS)


MULTI_DIAL = (
    Replayed(
        name="G1-G6",
        shadow=True,
        steps=(
            Step(at=0, peers=_dials(1, net="198.19.1")),
            Step(at=5, peers=_dials(1, 2, net="198.19.1")),
            Step(at=10, peers=_dials(2, 3, net="198.19.1"), found=[_dialled("198.19.1.3")]),
            Step(at=15, peers=_dials(1, net="198.19.1"), found=[_dialled("198.19.1.1")]),
            Step(at=20, peers=[peer("198.19.2.1")]),
            Step(at=25, peers=[peer("198.19.1.77")], torrent="two"),
        ),
    ),
    Replayed(
        name="G7",
        shadow=True,
        steps=tuple(
            Step(
                at=n,
                peers=[peer(f"2001:470:2:2{n:02x}::{n}")],
                found=[_dialled(f"2001:470:2:2{n:02x}::{n}")] if n == 6 else [],
            )
            for n in range(1, 7)
        ),
    ),
    Replayed(
        name="G9",
        shadow=True,
        steps=(
            Step(
                at=0,
                peers=_dials(1, 2, 3, net="198.19.9"),
                found=[_dialled("198.19.9.3")],
            ),
            Step(at=48 * HOUR, peers=_dials(9, net="198.19.9")),
        ),
    ),
)


def _hp(ip: str) -> dict[str, Any]:
    return peer(ip, clientName="hp/torrent 1.0")


def _named(ip: str) -> tuple[str, str, str, int]:
    return (ip, "BAN", NAME, 3 * DAY_MS)


def _beside(ip: str) -> tuple[str, str, str, int]:
    return (ip, "BAN", RANGE, 7 * DAY_MS)


NEIGHBOURS = (
    Replayed(
        name="A1-A3",
        shadow=True,
        steps=(
            Step(at=0, peers=[_hp("198.51.100.5")], found=[_named("198.51.100.5")]),
            Step(at=5, peers=[peer("198.51.100.6")], found=[_beside("198.51.100.6")]),
            Step(at=10, peers=[peer("198.51.100.8")], torrent="two"),
            Step(at=15, peers=[_hp("198.51.100.5")], torrent="three"),
        ),
    ),
    Replayed(
        name="A4-A5",
        shadow=True,
        steps=(
            Step(at=0, peers=[_hp("2001:470:4:2::1")], found=[_named("2001:470:4:2::1")]),
            Step(at=5, peers=[peer("2001:470:4:ffff::9")], found=[_beside("2001:470:4:ffff::9")]),
            Step(at=10, peers=[peer("2001:470:5::9")]),
        ),
    ),
    Replayed(
        name="A6",
        shadow=True,
        steps=(_tested("198.51.106.5"), Step(at=5, peers=[peer("198.51.106.6")])),
    ),
    Replayed(
        name="A7",
        shadow=True,
        steps=(
            Step(at=0, peers=[_hp("198.51.107.5")], found=[_named("198.51.107.5")]),
            Step(at=5, peers=[peer("198.51.107.6", uploadSpeed=0)]),
        ),
    ),
    Replayed(
        name="A8",
        shadow=True,
        steps=(
            Step(
                at=0,
                peers=[_hp("198.51.108.5"), peer("198.51.108.6")],
                found=[_named("198.51.108.5")],
            ),
            Step(at=5, peers=[peer("198.51.108.6")], found=[_beside("198.51.108.6")]),
        ),
    ),
)


def _idles(
    name: str,
    ip: str,
    *,
    banned: bool,
    progress: float = 0.4,
    torrent: Mapping[str, Any] | None = None,
    **more: Any,  # noqa: ANN401 - JSON
) -> Replayed:
    still = peer(ip, 1_000, progress, **({"uploadSpeed": 0, "flags": None} | more))
    found = [(ip, "BAN", IDLE, 900_000)] if banned else []
    early = [Step(at=second, peers=[still]) for second in range(0, 301, 20)]
    return Replayed(
        name=name,
        shadow=True,
        torrent=torrent or {},
        steps=(*early, Step(at=301, peers=[still], found=found)),
    )


DOWNLOADING = {"progress": 0.5, "completedSize": 500_000_000}
IDLERS = (
    _idles("I1", "198.51.1.1", banned=True),
    _idles("I2", "198.51.2.1", banned=True, progress=0.0),
    _idles("I3", "198.51.3.1", banned=False, torrent=DOWNLOADING, flags="D I"),
    _idles("I4", "198.51.4.1", banned=False, torrent=DOWNLOADING),
    # What moves adds up, as it does at a real peer.
    _idles("I7", "198.51.7.1", banned=False, uploadSpeed=65),
    _idles("I8", "198.51.8.1", banned=True, uploadSpeed=64),
)
SEQUENCES = (*PROGRESS, *MULTI_DIAL, *NEIGHBOURS, *IDLERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One peer, judged alone."""

    name: str
    peer: Mapping[str, Any]
    action: str = "NO_ACTION"
    rule: str | None = None
    silent: str = ""
    """A rule that says nothing, whatever the others say."""
    torrent: Mapping[str, Any] = field(default_factory=dict)


def _id(name: str, peer_id: str | None, rule: str | None, **more: Any) -> Check:  # noqa: ANN401 - JSON
    it = peer("203.0.113.9", id=peer_id, clientName=None, **more)
    return Check(name=name, peer=it, action="BAN" if rule else "NO_ACTION", rule=rule)


def _name(name: str, client: str | None, rule: str | None, **more: Any) -> Check:  # noqa: ANN401 - JSON
    it = peer("203.0.113.9", clientName=client, **({"id": None} | more))
    return Check(name=name, peer=it, action="BAN" if rule else "NO_ACTION", rule=rule)


def _vampire(
    name: str, peer_id: str | None, client: str | None, progress: float, *, banned: bool
) -> Check:
    return Check(
        name=name,
        peer=peer("203.0.113.9", id=peer_id, clientName=client),
        torrent={"progress": progress},
        action="BAN" if banned else "NO_ACTION",
        rule="anti-vampire" if banned else None,
        silent="" if banned else "anti-vampire",
    )


def _script(name: str, ip: str, client: str, peer_id: str, *, banned: bool) -> Check:
    return Check(
        name=name,
        peer=peer(ip, clientName=client, id=peer_id),
        action="BAN" if banned else "NO_ACTION",
        rule="expression-engine" if banned else None,
    )


ID = "peer-id-blacklist"
STILL = {"uploadSpeed": 0}
CHECKS = (
    _id("P1", "-HP0100-xxxxxxxxxxxx", ID),
    _id("P2", "-qB4650-", None),
    _id("P3", None, None, **STILL),
    Check(
        name="P4",
        peer=peer("203.0.113.9", id="-XL0012-", clientName=None),
        action="BAN",
        rule="anti-vampire",
        silent=ID,
    ),
    _id("P5", "unknown", ID, **STILL),
    _id("P6", "-AB1234-cacao", ID),
    _name("C1", "StellarPlayer 2.1", NAME),
    _name("C2", "HP 1.0", NAME),
    _name("C3", "qBittorrent/3.3.15", NAME),
    _name("C4", "qBittorrent/4.6.5", None),
    _name("C5", None, None, **STILL),
    _name("C6", None, None),
    _name("C7", "Unknown [AB]", NAME),
    _name("C8", "Gopeed bt-exp 1", NAME),
    _vampire("W1", "-XL0012-", None, 0.5, banned=True),
    _vampire("W2", "-XL0019-", None, 0.5, banned=False),
    _vampire("W3", "-XL0019-", None, 1.0, banned=True),
    _vampire("W4", None, "Xunlei 0.0.1.9", 0.3, banned=False),
    _vampire("W5", None, "Xunlei/0.0.1.8", 0.3, banned=True),
    _vampire("W6", None, "my xunlei", 0.3, banned=False),
    _script("X1", "2001:db8::2e0:61ff:fe12:3456", "", "", banned=True),
    _script("X2", "2001:db8::1", "Transmission 2.94", "", banned=True),
    _script("X3", "2001:db8::1", "Transmission 3.00", "", banned=False),
    _script("X5", "203.0.113.9", "qBittorrent/4.6.5", "-qB4650-", banned=False),
    _script("X6", "203.0.113.9", "qBittorrent/4.6.5", "-TR2940-", banned=True),
    _script("X7", "203.0.113.9", "\u00b5Torrent 2.2", "-XX2200-", banned=True),
    _script("X10", "203.0.113.9", "", "-TR2940-", banned=False),
    Check(
        name="X4",
        peer=peer("203.0.113.9", clientName="gopeed dev", id="-XX0000-"),
        action="BAN",
        # The rule about names bans for 3 days, scripts for 14.
        rule="expression-engine",
    ),
)
"""By the lists of a new installation."""

BLOCKED = {
    "ips": ["198.51.100.0/24", "192.0.2.7/24"],
    "ports": [2003],
}
ADDRESSES = (
    Check(name="B1", peer=peer("198.51.100.9"), action="BAN", rule="ip-address-blocker"),
    Check(name="B2", peer=peer("192.0.2.9")),
    Check(name="B3", peer=peer("192.0.2.7"), action="BAN", rule="ip-address-blocker"),
    Check(name="B5-before", peer=peer("203.0.113.5")),
    Check(name="B4", peer=peer("203.0.113.5", port=2003), action="BAN", rule="ip-address-blocker"),
    # An address is known before anything moves (D-36).
    Check(
        name="B11",
        peer=peer("198.51.100.9", uploadSpeed=0),
        action="BAN",
        rule="ip-address-blocker",
    ),
)
"""With `BLOCKED` in the settings of the rule about addresses."""
