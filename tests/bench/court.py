"""A live session for benchmarks: 10,000 peers that move, and all that judges them, with every rule in force."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from random import Random
from typing import Any, Final

from msgspec import structs

from app.adapters.geoip.files import GeoFiles
from app.adapters.scripting.engine import MontyEngine
from app.adapters.scripting.folder import ScriptDirectory
from app.adapters.scripting.worker import worker_binary
from app.adapters.storage import open_store
from app.domain.address import Endpoint, IPAddress, PeerAddress, single
from app.domain.address_list import AddressList
from app.domain.address_reader import parse_address_list
from app.domain.ban import Ban
from app.domain.flags import parse_flags
from app.domain.name_list import parse_name_list
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.rules.btn import BtnRules
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.string_rule_list import parse_rule_list
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict
from app.resource import resource
from app.services.ban_list import BanList
from app.services.events import EventBus
from app.services.exceptions import Exceptions
from app.services.judge import Judge
from app.services.lookups import Lookups, limits_of
from app.services.neighbours import Neighbours
from app.services.peer_book import PeerBook
from app.services.places import Places
from app.services.progress_records import ProgressRecords
from app.services.protection import Protection
from app.services.replay import Nowhere
from app.services.reverse_names import ReverseAnswer, ReverseNames
from app.services.rule_set import Memories, RuleBook
from app.services.scripts import Scripts
from app.services.standalone import KeptLists
from app.settings.config import IpDatabase
from app.settings.profile import RULES, Profile, area_field
from tests.adapters.geoip.mmdb import mmdb
from tests.bench.rules import string_entries
from tests.services.fakes import fetch_nothing

PEERS: Final = 10_000
SCRIPTS: Final = 5
_TORRENTS: Final = 100
_BANS: Final = 2_000
_CHURN: Final = 0.1
_INTERVAL: Final = 5_000
_START: Final = 1_785_542_400_000
_DAY: Final = 86_400_000
_CLIENTS: Final = (
    ("-qB4650-", "qBittorrent/4.6.5"),
    ("-qB5030-", "qBittorrent/5.0.3"),
    ("-TR4060-", "Transmission 4.0.6"),
    ("-UT3550-", "µTorrent 3.5.5"),
    ("-BC0203-", "BitComet 2.03"),
    ("-DE211s-", "Deluge 2.1.1"),
    ("-lt20A0-", "libtorrent 2.0.10"),
    ("-XL0019-", "Xunlei 0.0.1.9"),
)
_FLAGS: Final = [parse_flags(letters) for letters in ("d X", "D I E", "K ? I", "u H P", "U O L e")]
_PACE: Final = """
def judge(uploaded, upload_rate, peer_progress):
    return uploaded > 4000000000 and upload_rate > 5000000 and peer_progress == 0
"""
"""Looks at what changes all the time; the bundled scripts look at who a peer is."""


def strict_profile(dice: Random) -> Profile:
    """Every rule in force, each with something to look at; 200 string rules and 20 regexes."""
    profile = Profile()
    changes: dict[str, dict[str, Any]] = {
        "ip-address-blocker": {
            "ips": tuple(single(IPv4Address(dice.getrandbits(32))) for _ in range(500)),
            "ports": (15_000, 2_011),
            "asns": tuple(range(64_512, 64_532)),
            "regions": ("KP",),
            "cities": ("海南", "Nowhere"),
            "net_type": ("dataCenter",),
        },
        "peer-id-blacklist": {"banned_peer_id": string_entries(dice, 60, 5)},
        "client-name-blacklist": {"banned_client_name": string_entries(dice, 120, 10)},
        "ptr-blacklist": {"ptr_rules": string_entries(dice, 20, 5)},
    }
    areas = {
        area_field(name): replace(
            getattr(profile, area_field(name)), mode=Mode.ENFORCE, **changes.get(name, {})
        )
        for name in RULES
    }
    return replace(profile, **areas)


class Crowd:
    """Peers of some torrents; from sweep to sweep a tenth moves, the others are the very same objects."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._at = _START
        self._seen = [
            TorrentPeers(
                torrent=Torrent(
                    id=f"{number:040x}",
                    hash=f"{number:040x}",
                    name=f"Torrent {number}",
                    size=dice.randrange(10**8, 10**10),
                    completed_size=10**10,
                    progress=1.0 if number % 2 else 0.5,
                ),
                peers=tuple(self._born() for _ in range(PEERS // _TORRENTS)),
            )
            for number in range(_TORRENTS)
        ]

    @property
    def addresses(self) -> list[IPAddress]:
        """Of all peers."""
        return [peer.address.ip for seen in self._seen for peer in seen.peers]

    def snapshot(self) -> Snapshot:
        """All of it now."""
        return Snapshot(at=self._at, torrents=tuple(self._seen))

    def move(self) -> None:
        """Go on to the next sweep."""
        self._at += _INTERVAL
        self._seen = [
            structs.replace(
                seen,
                peers=tuple(
                    self._moved(peer) if self._dice.random() < _CHURN else peer
                    for peer in seen.peers
                ),
            )
            for seen in self._seen
        ]

    def _born(self) -> Peer:
        dice = self._dice
        ip: IPAddress = IPv4Address(0x0B000000 + dice.randrange(0xC0000000))
        if dice.random() < 0.2:
            ip = IPv6Address(0x2A << 120 | dice.getrandbits(120))
        endpoint = Endpoint(ip, dice.randrange(1024, 65_536))
        peer_id, name = dice.choice(_CLIENTS)
        active = dice.random() < 0.4
        return Peer(
            address=PeerAddress(raw=endpoint, effective=endpoint),
            peer_id=peer_id,
            client_name=name,
            progress=dice.random(),
            uploaded=dice.randrange(10**6),
            downloaded=0,
            upload_rate=dice.randrange(10**6) if active else 0,
            flags=dice.choice(_FLAGS),
            handshaking=dice.random() < 0.05,
        )

    def _moved(self, peer: Peer) -> Peer:
        rate = self._dice.randrange(1, 10**6)
        return structs.replace(
            peer,
            uploaded=peer.uploaded + rate,
            upload_rate=rate,
            progress=min(1.0, peer.progress + 0.001),
        )


def prepare_folder(folder: Path) -> None:
    """Put a city and a system for each /14 there, and the scripts."""
    dice = Random(3)
    cities: dict[str, object] = {}
    systems: dict[str, object] = {}
    chinese: dict[str, object] = {}
    for first in range(11, 224):
        for second in range(0, 256, 4):
            block, number = f"{first}.{second}.0.0/14", dice.randrange(800)
            country = dice.choice(("CN", "US", "DE", "FR", "JP", "BR", "NL", "RU"))
            cities[block] = {
                "city": {"geoname_id": number, "names": {"en": f"Town {number}"}},
                "country": {"iso_code": country, "names": {"en": country, "zh-CN": country}},
            }
            systems[block] = {
                "autonomous_system_number": 1_000 + number,
                "autonomous_system_organization": f"Net {number}",
            }
            if country == "CN":
                chinese[block] = {"division_code": 370100, "isp": "电信", "type": "宽带"}
    (folder / "geoip").mkdir()
    for name, entries, kind in (
        ("GeoIP-City.mmdb", cities, "GeoLite2-City"),
        ("GeoIP-ASN.mmdb", systems, "GeoLite2-ASN"),
        ("GeoCN.mmdb", chinese, "GeoCN"),
    ):
        (folder / "geoip" / name).write_bytes(mmdb(entries, database_type=kind))
    shutil.copytree(resource("scripts"), folder / "bundled")
    (folder / "scripts").mkdir()
    (folder / "scripts" / "pace.py").write_text(_PACE, "utf-8")


class Echo:
    """A resolver that knows every name by heart."""

    async def resolve(self, ip: IPAddress) -> ReverseAnswer:
        """One of a provider's many."""
        return ReverseAnswer(names=(f"host-{int(ip) % 100_000}.pool.example.net",), lifespan=_DAY)

    async def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """Who is judged, and what judges."""

    book: PeerBook
    judge: Judge
    crowd: Crowd


def _clock() -> int:
    return _START


@asynccontextmanager
async def court(folder: Path, profile: Profile, listed: AddressList) -> AsyncIterator[Court]:
    """Everything wired as the core does it; names and scripts are there, nothing has been judged."""
    dice = Random(5)
    crowd, bus = Crowd(dice), EventBus()
    store = await open_store(folder / "peerwarden.db")
    ban_list = BanList(Nowhere(), bus, _clock)
    await ban_list.add(list(_bans(dice, crowd.addresses)))
    names = ReverseNames(Echo(), _clock, lambda _addresses: None)
    memories = Memories()
    progress = ProgressRecords(
        memories.progress, store.progress, bus, _clock, profile.progress_cheat_blocker
    )
    scripts = Scripts(
        engine=MontyEngine(worker_binary()),
        files=ScriptDirectory(folder / "scripts", folder / "bundled"),
        bus=bus,
        limits=limits_of(profile.expression_engine),
        active=True,
    )
    named = parse_name_list(b"^Bad.*\n(?i)leech\\d+\n^XL.*\n", name="names")
    places = GeoFiles(folder / "geoip", folder / "scratch")
    neighbours = Neighbours(ban_list, bus)
    lookups = Lookups(
        places=Places(places, fetch_nothing, IpDatabase, bus=bus, clock=_clock, bases=()),
        names=names,
        lists=KeptLists((listed,), (named,)),
        scripts=scripts,
        memories=memories,
        more=(progress,),
    )
    network = _network(dice)
    rules = RuleBook(profile, replace(lookups.parts(neighbours), btn=lambda: network))
    exceptions = Exceptions(Nowhere(), bus, _clock)
    exceptions.configure(profile.ignore_peers_from_addresses)
    judge = Judge(
        Protection(tuple, bus),
        exceptions,
        rules.whole,
        variants=rules.variant,
        outlook=lookups.outlook(neighbours, lambda: judge.in_use),
    )
    await lookups.load()
    assert len(scripts.answering.scripts) == SCRIPTS, scripts.states()
    for ip in crowd.addresses:
        await names.look_up(ip)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(names.run()), tasks.create_task(scripts.run())]
        yield Court(book=PeerBook("home", judge, ban_list), judge=judge, crowd=crowd)
        for each in running:
            each.cancel()
    await progress.close()
    await store.close()


def _bans(dice: Random, addresses: list[IPAddress]) -> Iterator[Ban]:
    """The most anywhere, some beside live peers."""
    for number in range(_BANS):
        near = addresses[number]
        beside = number < _BANS // 100 and isinstance(near, IPv4Address)
        yield Ban(
            prefix=single(IPv4Address(int(near) ^ 1 if beside else dice.getrandbits(32))),
            since=_START,
            until=_START + _DAY,
            verdict=Verdict(rule="peer-id-blacklist", action=Action.BAN, reason=Text("pass")),
        )


def _network(dice: Random) -> BtnRules:
    lines = "\n".join(str(IPv4Address(dice.getrandbits(32))) for _ in range(5_000))
    listed = parse_address_list(lines.encode(), name="deny")
    return BtnRules(
        deny=listed,
        client_name={"bad": parse_rule_list(string_entries(dice, 30, 5))},
        peer_id={"bad": parse_rule_list(string_entries(dice, 30, 5))},
        ip={"bad": listed},
        port={"bad": frozenset((2_011, 15_000))},
    )
