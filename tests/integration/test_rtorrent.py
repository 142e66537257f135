"""Our adapter against the real rTorrent: the contract of all downloaders, its filter, and the ways to it.

One daemon of each version serves the whole module; every test finds it running and with an empty filter.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import time
import xmlrpc.client
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import replace
from ipaddress import IPv4Address, ip_address, ip_network, summarize_address_range
from pathlib import Path

import pytest
from aiohttp import web

from app.adapters.downloaders.rtorrent.filter import Entry, Table
from app.domain.address import Prefix
from app.services.clock import wall_clock
from app.services.errors import AccessDenied, Unreachable
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import RTORRENT
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import (
    BAD,
    FOREIGN,
    GOOD,
    NEAR_BAD,
    DownloaderContract,
    Ledger,
    opened,
    seen_in,
    sweep_until,
)
from tests.adapters.downloaders.serving import serving
from tests.integration.daemon_process import Place, Release
from tests.integration.lab import LabOf
from tests.integration.lab_subject import ForeignEntries, LabSubject
from tests.integration.rtorrent_daemon import RTORRENTS, RTorrentDaemon
from tests.swarm import bencode
from tests.swarm.events import Seen
from tests.swarm.torrent import LabTorrent

pytestmark = pytest.mark.daemon

Subject = LabSubject[RTorrentDaemon]
EVERYBODY, NOBODY = "0.0.0.0-255.255.255.255", "255.255.255.255"


@pytest.fixture(scope="module", params=RTORRENTS, ids=lambda release: release.version)
def shared(
    request: pytest.FixtureRequest, place: Place, torrents: tuple[LabTorrent, ...]
) -> Iterator[RTorrentDaemon]:
    """One rTorrent of each version for all tests."""
    release: Release = request.param
    if lack := release.why_not():
        pytest.skip(lack)
    with RTorrentDaemon(release, place) as daemon:
        for torrent in torrents:
            daemon.seed(torrent)
        yield daemon


@pytest.fixture
def lab(
    shared: RTorrentDaemon, torrents: tuple[LabTorrent, ...], tmp_path: Path
) -> LabOf[RTorrentDaemon]:
    """As if it were new."""
    if not shared.process.is_running:
        shared.start()
    if shared.filtered():
        shared.call("ipv4_filter.add_address", "", EVERYBODY, "preferred")
        shared.call("ipv4_filter.add_address", "", NOBODY, "unwanted")
    return LabOf(daemon=shared, torrents=torrents, folder=tmp_path)


def settings_for(endpoint: str) -> DownloaderSettings:
    return DownloaderSettings(id="lab", type=RTORRENT, endpoint=endpoint)


def subject_of(lab: LabOf[RTorrentDaemon], endpoint: str = "") -> Subject:
    daemon = lab.daemon

    def add(entry: Prefix) -> None:
        daemon.call("ipv4_filter.add_address", "", str(entry.network_address), "unwanted")

    def read() -> Collection[Prefix]:
        spans = [line.partition(" ")[0].partition("-") for line in daemon.filtered()]
        return {
            prefix
            for first, _, last in spans
            for prefix in summarize_address_range(ip_address(first), ip_address(last))
        }

    return LabSubject(
        lab=lab,
        settings=settings_for(endpoint or daemon.url),
        around=surroundings(clock=wall_clock),
        foreign_entries=ForeignEntries(add=add, read=read),
    )


@pytest.fixture
async def subject(lab: LabOf[RTorrentDaemon]) -> AsyncIterator[Subject]:
    async with subject_of(lab) as subject:
        yield subject


class TestRTorrent(DownloaderContract):
    """Over SCGI on a port."""


def dumped(table: Table) -> list[str]:
    """As `ipv4_filter.dump` would tell it."""
    return [f"{entry.host}-{IPv4Address(entry.last)} {entry.value}" for entry in table]


async def test_a_forged_peer_is_dropped_at_once(subject: Subject) -> None:
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        ledger = Ledger(connection)
        await subject.meet(BAD, NEAR_BAD, GOOD)
        found = await sweep_until(
            downloader, subject, lambda peers: {BAD, NEAR_BAD, GOOD} <= set(peers)
        )
        shown = found[BAD].peer_id or ""
        assert shown.startswith("-XL0012-")
        assert len(shown) == 20
        assert found[BAD].client_name == "Xunlei 0.0.1.2"
        whole = await subject.seconds_to_drop(downloader, ledger.push(BAD, everything=True), BAD)
        single = await subject.seconds_to_drop(downloader, ledger.push(BAD, NEAR_BAD), NEAR_BAD)
        await sweep_until(downloader, subject, lambda peers: set(peers) == {GOOD})
        await downloader.snapshot()
        snapshot = await downloader.snapshot()
        print(
            f"rTorrent {connection.version}: dropped {whole:.3f} s after a full push,"
            f" {single:.3f} s after a single ban; a sweep is {snapshot.requests} requests,"
            f" {snapshot.received} bytes"
        )
        assert max(whole, single) < 0.5
        assert snapshot.requests <= 2
        assert not any(event.seen is Seen.DROPPED for event in subject.events(GOOD))


async def test_our_model_of_its_filter_is_right(subject: Subject) -> None:
    daemon, table = subject.lab.daemon, Table()
    draw = random.Random(4)
    daemon.call("ipv4_filter.add_address", "", EVERYBODY, "preferred")
    table.put(Entry(0, 0xFFFFFFFF, unwanted=False))
    for _ in range(300):
        first = draw.randrange(40)
        entry = Entry(first, first + draw.choice((0, 0, 1, 3, 9)), draw.random() < 0.6)
        daemon.call("ipv4_filter.add_address", "", entry.address, entry.value)
        table.put(entry)
        assert daemon.filtered() == dumped(table)
    for address in range(50):
        found = table.find(address)
        with contextlib.suppress(xmlrpc.client.Fault):
            value = daemon.call("ipv4_filter.get", "", str(IPv4Address(address)))
            assert found is not None
            assert value == (32 if found.unwanted else 64)
            continue
        assert found is None


async def test_ranges_of_the_user_stay_whole_whatever_comes_and_goes(subject: Subject) -> None:
    daemon = subject.lab.daemon
    theirs = ["36.110.0.0-36.110.255.255 unwanted", "61.160.0.5-61.160.0.5 unwanted"]
    for line in theirs:
        daemon.call("ipv4_filter.add_address", "", *line.split())
    before = set(daemon.filtered())
    async with opened(subject) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push("61.160.0.0/24", "1.1.1.1", everything=True))
        await downloader.apply(ledger.push("61.160.0.0/24", "1.1.1.2", "36.110.0.9"))
        assert daemon.call("ipv4_filter.get", "", "61.160.0.200") == 32
        assert daemon.call("ipv4_filter.get", "", "36.110.200.200") == 32
        await downloader.apply(ledger.push())
    assert {line for line in daemon.filtered() if not line.startswith(NOBODY)} == before - {
        f"{NOBODY}-{NOBODY} unwanted"
    }


async def test_one_whom_the_user_has_filtered_is_hung_up_on_when_we_ban_him(
    subject: Subject,
) -> None:
    async with opened(subject) as downloader:
        ledger = Ledger(await downloader.connect())
        await subject.meet(BAD, GOOD)
        await sweep_until(downloader, subject, lambda peers: {BAD, GOOD} <= set(peers))
        subject.lab.daemon.call("ipv4_filter.add_address", "", "36.110.0.0/16", "unwanted")
        await downloader.apply(ledger.push(BAD, everything=True))
        await subject.wait_dropped(BAD)


async def test_a_list_of_thousands_is_taken_whole_beside_one_of_the_users(
    subject: Subject,
) -> None:
    daemon = subject.lab.daemon
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        ledger = Ledger(connection)
        daemon.call("ipv4_filter.add_address", "", str(FOREIGN.network_address), "unwanted")
        many = [f"36.{n >> 8}.{n & 255}.1" for n in range(5_000)]
        pushes = (
            ledger.push(*many, everything=True),
            ledger.push(*many, BAD),
            ledger.push(BAD),
        )
        took = []
        for push in pushes:
            started = time.perf_counter()
            await downloader.apply(push)
            took.append(time.perf_counter() - started)
        print(
            f"rTorrent {connection.version}: 5,000 entries pushed in {took[0]:.2f} s,"
            f" one more in {took[1]:.3f} s, 5,000 removed in {took[2]:.2f} s"
        )
        assert {FOREIGN, ip_network(BAD)} <= set(await subject.foreign())
        assert len(daemon.filtered()) <= 3


async def test_a_torrent_with_an_impossible_name_spoils_nothing(subject: Subject) -> None:
    daemon = subject.lab.daemon
    content = bencode.decode(subject.lab.torrent.metainfo.read_bytes())
    assert isinstance(content, dict)
    info = content[b"info"]
    assert isinstance(info, dict)
    content[b"info"] = {**info, b"name": b"a\x01b\xff <&|"}
    content[b"announce"] = b"http://127.0.0.1:9/announce"
    daemon.call("load.raw", "", xmlrpc.client.Binary(bencode.encode(content)))
    async with opened(subject) as downloader:
        end = time.monotonic() + 10
        while len(found := (await downloader.snapshot()).torrents) < 1 + len(subject.lab.torrents):
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
        (odd,) = (each.torrent for each in found if each.torrent.name.startswith("a"))
        assert odd.name.endswith("|")
        daemon.call("d.erase", odd.id)


async def test_another_port_is_stored_and_not_listened_at(subject: Subject) -> None:
    daemon = subject.lab.daemon
    before = daemon.call("network.listen.port")
    daemon.call("network.port_range.set", "", "30001-30001")
    assert daemon.call("network.listen.port") == before


async def test_through_a_web_server_it_is_the_same_with_a_password(
    lab: LabOf[RTorrentDaemon],
) -> None:
    async def bridge(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != basic_auth():
            return web.Response(status=401)
        body = await asyncio.to_thread(lab.daemon.exchange, await request.read())
        return web.Response(body=body, content_type="text/xml")

    async with serving(bridge) as url:
        settings = replace(
            settings_for(f"{url}/RPC2"), username="user", password=Secret("rpc-password")
        )
        subject = subject_of(lab)
        async with opened(subject, settings) as downloader:
            assert (await downloader.connect()).version == lab.daemon.release.version
            assert seen_in((await downloader.snapshot()).torrents, subject).torrent.seeding
        async with opened(subject, replace(settings, password=Secret("wrong"))) as downloader:
            with pytest.raises(AccessDenied):
                await downloader.connect()


def basic_auth() -> str:
    return f"Basic {base64.b64encode(b'user:rpc-password').decode()}"


async def test_a_socket_file_leads_out_of_its_namespace(
    shared: RTorrentDaemon, torrents: tuple[LabTorrent, ...], tmp_path: Path
) -> None:
    with RTorrentDaemon(shared.release, shared.place, by_file=True) as daemon:
        await asyncio.to_thread(daemon.seed, torrents[1])
        lab = LabOf(daemon=daemon, torrents=torrents[1:], folder=tmp_path)
        async with subject_of(lab) as subject, opened(subject) as downloader:
            ledger = Ledger(await downloader.connect())
            await subject.meet(BAD, GOOD)
            await sweep_until(downloader, subject, lambda peers: {BAD, GOOD} <= set(peers))
            await downloader.apply(ledger.push(BAD, everything=True))
            await subject.wait_dropped(BAD)
            daemon.kill()
            with pytest.raises(Unreachable):
                await downloader.snapshot()
            await subject.start()
            assert (await downloader.connect()).session == 2
