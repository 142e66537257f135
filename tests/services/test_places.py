"""Places come from databases that are downloaded from real servers, imported, or put in the folder by hand."""

from __future__ import annotations

import asyncio
import base64
import lzma
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web

from app.adapters.fetch import HttpFetch
from app.adapters.geoip.files import NAMES, GeoFiles
from app.domain.address import Endpoint, IPAddress
from app.domain.errors import Refused
from app.domain.place import NO_SPOT, UNKNOWN, Spot
from app.domain.sighting import Batch, Sighting
from app.domain.torrent import Torrent
from app.locale.texts import say
from app.services import places as module
from app.services.clock import wall_clock
from app.services.events import EventBus, PlacesChanged
from app.services.fetching import FetchFailed
from app.services.place_files import DatabaseUnusable, GeoKind
from app.services.places import LIFE, DatabaseState, Places
from app.settings.config import IpDatabase, Proxy
from app.settings.secret import Secret
from tests.adapters.downloaders.serving import serving
from tests.adapters.geoip.records import asn_file, city_file, geocn_file
from tests.domain.examples import peer

GOOGLE = ip_address("8.8.8.8")
JINAN = ip_address("1.2.3.4")
TORRENT = Torrent(id="a", hash="a", name="", size=1)
SOUND = {
    "GeoLite2-City": city_file(),
    "GeoLite2-ASN": asn_file(),
    "GeoCN": geocn_file(),
}


@dataclass
class HandClock:
    """Shows what it was set to; begins now, as the files that come do."""

    now: int = field(default_factory=wall_clock)

    def __call__(self) -> int:
        return self.now


@dataclass
class Mirrors:
    """Two mirrors on one server; `first` and `second` are what they have, by name."""

    first: dict[str, bytes] = field(default_factory=dict)
    second: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    logins: set[str] = field(default_factory=set)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.logins.add(request.headers.get("Authorization", ""))
        _, mirror, file = request.path.split("/")
        content = getattr(self, mirror).get(file.removesuffix(".mmdb.xz"))
        if content is None:
            return web.Response(status=404, text="<html>no such file</html>")
        return web.Response(body=lzma.compress(content, preset=0))


@dataclass
class World:
    """Places over real files, a real server and a clock set by hand."""

    folder: Path
    scratch: Path
    bases: tuple[str, ...]
    mirrors: Mirrors
    clock: HandClock = field(default_factory=HandClock)
    settings: IpDatabase = field(default_factory=IpDatabase)
    changes: list[PlacesChanged] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.places = self.restarted()

    def restarted(self) -> Places:
        bus = EventBus()
        bus.subscribe(PlacesChanged, self.changes.append)
        bus.subscribe(PlacesChanged, lambda _: self.changed.set())
        self.places = Places(
            GeoFiles(self.folder, self.scratch),
            HttpFetch(Proxy),
            lambda: self.settings,
            bus=bus,
            clock=self.clock,
            bases=self.bases,
        )
        return self.places

    def file(self, kind: GeoKind) -> Path:
        return self.folder / NAMES[kind]

    def put(self, kind: GeoKind, content: bytes) -> None:
        self.folder.mkdir(exist_ok=True)
        self.file(kind).write_bytes(content)
        self.age(kind, 0)

    def age(self, kind: GeoKind, age: int) -> None:
        at = (self.clock() - age) / 1000
        os.utime(self.file(kind), (at, at))

    def state(self, kind: GeoKind = GeoKind.CITY) -> DatabaseState:
        return next(state for state in self.places.states() if state.kind is kind)

    def spot(self, ip: IPAddress) -> Spot:
        return self.places.spots((Endpoint(ip, 1),))[0]

    def names(self) -> list[str]:
        return sorted(entry.name for entry in self.folder.iterdir())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    mirrors = Mirrors(first=dict(SOUND))
    async with serving(mirrors.answer) as url:
        bases = (f"{url}/first/", f"{url}/second/")
        yield World(tmp_path / "geoip", tmp_path / "cache" / "geoip", bases, mirrors)


async def test_missing_databases_are_downloaded_and_used(world: World) -> None:
    assert world.places(JINAN) == UNKNOWN
    await world.places.turn()
    assert world.places(JINAN).city == "山东省 济南市"
    assert world.places(GOOGLE).asn == 15169
    assert world.names() == sorted(NAMES.values())
    assert world.changes
    state = world.state()
    assert (state.size, state.built) == (len(city_file()), 1_700_000_000_000)
    assert (state.problem, state.next_try, state.downloading) == (None, None, False)


async def test_a_young_database_is_left_alone_and_an_old_one_renewed(world: World) -> None:
    for kind, content in zip(GeoKind, SOUND.values(), strict=True):
        world.put(kind, content)
    world.age(GeoKind.ASN, LIFE - 1000)
    world.age(GeoKind.GEOCN, LIFE)
    await world.places.turn()
    assert world.mirrors.asked == ["/first/GeoCN.mmdb.xz"]
    assert world.state(GeoKind.ASN).age_days == 44


async def test_a_database_from_the_future_is_renewed(world: World) -> None:
    for kind, content in zip(GeoKind, SOUND.values(), strict=True):
        world.put(kind, content)
    world.age(GeoKind.CITY, -LIFE)
    await world.places.turn()
    assert world.mirrors.asked == ["/first/GeoLite2-City.mmdb.xz"]


async def test_the_mirrors_are_asked_in_turn(world: World) -> None:
    world.mirrors.first = {"GeoLite2-City": b"no database", "GeoCN": SOUND["GeoLite2-City"]}
    world.mirrors.second = dict(SOUND)
    await world.places.turn()
    assert world.places(JINAN).net_type == "宽带"
    assert len(world.mirrors.asked) == 6
    assert world.names() == sorted(NAMES.values())


async def test_when_all_mirrors_fail_the_old_one_stays_and_the_pause_grows(world: World) -> None:
    world.settings = replace(world.settings, database_asn="", database_geocn="")
    world.put(GeoKind.CITY, city_file())
    world.age(GeoKind.CITY, 2 * LIFE)
    world.mirrors.first = {}
    pauses = []
    for _ in range(9):
        await world.places.turn()
        next_try = world.state().next_try
        assert next_try is not None
        pauses.append((next_try - world.clock()) / 3_600_000)
        world.clock.now = next_try - 1
        asked = len(world.mirrors.asked)
        await world.places.turn()
        assert len(world.mirrors.asked) == asked
        world.clock.now = next_try
    assert 0.13 < pauses[0] < 0.21
    assert 9 < pauses[-1] < 15
    assert world.places(GOOGLE).country == "US"
    problem = world.state().problem
    assert problem is not None
    assert say(problem)

    world.mirrors.first = dict(SOUND)
    await world.places.turn()
    assert world.state().problem is None


async def test_nothing_is_downloaded_unasked_when_updates_are_off(world: World) -> None:
    world.settings = replace(world.settings, auto_update=False)
    await world.places.turn()
    assert world.mirrors.asked == []
    await world.places.update(GeoKind.CITY)
    assert world.places(GOOGLE).country == "US"


async def test_without_a_source_nothing_is_downloaded(world: World) -> None:
    world.bases = ()
    places = world.restarted()
    await places.turn()
    assert world.mirrors.asked == []
    with pytest.raises(Refused):
        await places.update(GeoKind.CITY)


async def test_another_source_in_the_settings_is_fetched(world: World) -> None:
    await world.places.turn()
    for kind in GeoKind:
        world.age(kind, 0)
    world.mirrors.asked.clear()
    world.mirrors.first["Other"] = city_file(built=1_800_000_000)
    world.settings = replace(world.settings, database_city="Other")
    await world.places.turn()
    await world.places.turn()
    assert world.mirrors.asked == ["/first/Other.mmdb.xz"]
    assert world.state().built == 1_800_000_000_000


async def test_a_licence_is_shown_to_the_server(world: World) -> None:
    await world.places.update(GeoKind.CITY)
    assert world.mirrors.logins == {""}
    world.settings = replace(world.settings, account_id="42", license_key=Secret("key"))
    await world.places.update(GeoKind.CITY)
    assert f"Basic {base64.b64encode(b'42:key').decode()}" in world.mirrors.logins


async def test_an_update_by_hand_says_why_it_failed(world: World) -> None:
    world.mirrors.first = {}
    with pytest.raises(FetchFailed):
        await world.places.update(GeoKind.CITY)
    world.mirrors.second = {"GeoLite2-City": SOUND["GeoLite2-ASN"]}
    with pytest.raises(DatabaseUnusable) as caught:
        await world.places.update(GeoKind.CITY)
    assert "another kind" in say(caught.value.text)
    assert world.names() == []


async def test_a_database_put_in_the_folder_by_hand_is_taken(world: World) -> None:
    world.settings = replace(world.settings, auto_update=False)
    await world.places.turn()
    assert (world.places(GOOGLE), world.changes) == (UNKNOWN, [])
    world.put(GeoKind.CITY, city_file())
    await world.places.turn()
    assert world.places(GOOGLE).country == "US"
    assert len(world.changes) == 1
    await world.places.turn()
    assert len(world.changes) == 1
    assert world.spot(GOOGLE).country == "US"
    world.file(GeoKind.CITY).unlink()
    await world.places.turn()
    assert world.places(GOOGLE) == UNKNOWN
    assert world.spot(GOOGLE) == NO_SPOT
    assert world.state().size is None


async def test_a_broken_file_put_in_by_hand_leaves_the_good_one_in_use(world: World) -> None:
    world.settings = replace(world.settings, auto_update=False)
    world.put(GeoKind.CITY, city_file())
    await world.places.turn()
    world.put(GeoKind.CITY, city_file()[:99])
    await world.places.turn()
    assert world.places(GOOGLE).country == "US"
    problem = world.state().problem
    assert problem is not None
    assert "damaged" in say(problem)


async def test_a_broken_file_is_replaced_by_a_download(world: World) -> None:
    world.put(GeoKind.CITY, b"broken")
    await world.places.turn()
    assert world.places(GOOGLE).country == "US"
    assert world.state().problem is None


@pytest.mark.parametrize("packed", [False, True])
async def test_a_file_of_the_user_is_imported(world: World, tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    await world.places.refresh()
    given = tmp_path / "mine"
    given.write_bytes(lzma.compress(city_file()) if packed else city_file())
    await world.places.import_file(GeoKind.CITY, given)
    assert world.places(GOOGLE).country == "US"
    assert given.exists()
    assert world.names() == [NAMES[GeoKind.CITY]]


@pytest.mark.parametrize(
    "content",
    [b"", b"no database", asn_file(), city_file()[:-40], lzma.compress(city_file())[:-40]],
    ids=["empty", "text", "asn", "cut", "cut-xz"],
)
async def test_an_import_that_is_no_good_changes_nothing(
    world: World, tmp_path: Path, content: bytes
) -> None:
    world.put(GeoKind.CITY, city_file())
    await world.places.refresh()
    given = tmp_path / "mine.mmdb"
    given.write_bytes(content)
    with pytest.raises(DatabaseUnusable) as caught:
        await world.places.import_file(GeoKind.CITY, given)
    assert "mine.mmdb" in say(caught.value.text)
    assert world.file(GeoKind.CITY).read_bytes() == city_file()
    assert world.names() == [NAMES[GeoKind.CITY]]


async def test_a_file_that_is_not_there_cannot_be_imported(world: World, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable):
        await world.places.import_file(GeoKind.CITY, tmp_path / "none.mmdb")


async def test_a_folder_that_cannot_be_made_is_a_reason_and_no_crash(world: World) -> None:
    world.folder.write_text("a file where the folder should be")
    await world.places.turn()
    problem = world.state().problem
    assert problem is not None
    assert say(problem)
    assert world.places(GOOGLE) == UNKNOWN


async def test_sightings_are_looked_up_ahead(world: World) -> None:
    world.put(GeoKind.CITY, city_file())
    await world.places.refresh()
    sightings = [
        Sighting(at=0, downloader="q", torrent=TORRENT, peer=peer(ip))
        for ip in ("8.8.8.8", "1.2.3.4", "9.9.9.9")
    ]
    await world.places.prepare([Batch(sightings)])
    world.places._reader = None  # noqa: SLF001 - what is answered now was remembered
    assert world.spot(GOOGLE).city == "Mountain View"
    assert world.spot(JINAN).country == "CN"
    assert world.spot(ip_address("1.3.3.3")) == NO_SPOT


async def test_who_was_not_looked_up_ahead_is_looked_up_then(world: World) -> None:
    assert world.spot(GOOGLE) == NO_SPOT
    world.put(GeoKind.CITY, city_file())
    await world.places.refresh()
    assert world.spot(GOOGLE).country == "US"


async def test_a_slow_disk_holds_a_sweep_up_for_half_a_second_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put(GeoKind.CITY, city_file())
    await world.places.refresh()
    monkeypatch.setattr(module, "_FORESIGHT", -1.0)
    seen = Sighting(at=0, downloader="q", torrent=TORRENT, peer=peer("8.8.8.8"))
    await world.places.prepare([Batch([seen])])
    assert not world.places._spots  # noqa: SLF001 - as the time was up before the first
    assert world.spot(GOOGLE).country == "US"


async def test_what_is_remembered_stays_bounded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CACHED", 80)
    world.put(GeoKind.CITY, city_file())
    await world.places.refresh()
    await world.places.look_up(ip_address(number) for number in range(500))
    seen = [
        Sighting(at=0, downloader="q", torrent=TORRENT, peer=peer(f"8.8.{n >> 8}.{n & 255}"))
        for n in range(500)
    ]
    await world.places.prepare([Batch(seen[:300]), Batch(seen[300:])])
    assert len(world.places._cache) <= 80  # noqa: SLF001
    assert len(world.places._spots) <= 80  # noqa: SLF001
    for number in range(1000, 1200):
        world.places(ip_address(number))
        world.spot(ip_address(number))
    assert len(world.places._cache) <= 80  # noqa: SLF001
    assert len(world.places._spots) <= 80  # noqa: SLF001


async def test_swapping_while_threads_look_up_harms_nobody(world: World) -> None:
    await world.places.turn()

    async def ask() -> None:
        for start in range(0, 4000, 100):
            ips = [ip_address(0x01020000 + start + n) for n in range(100)]
            await world.places.look_up(ips)
            seen = [
                Sighting(at=0, downloader="q", torrent=TORRENT, peer=peer(str(ip))) for ip in ips
            ]
            await world.places.prepare([Batch(seen)])

    async def swap() -> None:
        for _ in range(10):
            await world.places.update(GeoKind.CITY)

    async with asyncio.TaskGroup() as group:
        group.create_task(ask())
        group.create_task(swap())
    assert world.places(JINAN).country == "CN"
    assert world.spot(JINAN).country == "CN"


async def test_countries_have_names_in_the_users_language(world: World) -> None:
    await world.places.turn()
    world.places(GOOGLE)
    world.places(ip_address("1.3.3.3"))
    names = [world.places.country_name("US", tag) for tag in ("en", "zh_CN", "zh_TW", "fr")]
    assert names == ["United States", "美国", "United States", "United States"]
    assert world.places.country_name("TW", "zh_CN") == "中国台湾"
    assert world.places.country_name("FR", "en") == ""


async def test_countries_that_only_rules_saw_have_names_too(world: World) -> None:
    await world.places.turn()
    assert world.places.country_name("US", "zh_CN") == ""
    world.spot(GOOGLE)
    assert world.places.country_name("US", "zh_CN") == "美国"
    assert world.places.country_name("", "en") == ""


async def test_it_runs_until_it_is_cancelled(world: World) -> None:
    del world.mirrors.first["GeoLite2-City"]
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        task = group.create_task(world.places.run())
        await world.changed.wait()
        task.cancel()
    assert world.state().problem is not None
    assert world.places(GOOGLE).asn == 15169
