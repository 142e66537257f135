"""Our adapter against the real qBittorrent: the contract of all downloaders, and what only it has.

One daemon of each version serves the whole module; every test finds it running and with an empty ban list.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from app.adapters.downloaders.qbittorrent import follower
from app.domain.address import Prefix
from app.services.clock import wall_clock
from app.services.errors import AccessDenied
from app.services.ports import Tiers
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import (
    BAD,
    FOREIGN,
    GOOD,
    NEAR_BAD,
    PATIENCE,
    DownloaderContract,
    Ledger,
    opened,
    seen_in,
    sweep_until,
)
from tests.integration.daemon_process import Place, Release
from tests.integration.daemons import QBITTORRENTS, QBittorrentDaemon
from tests.integration.lab import Lab
from tests.integration.lab_subject import ForeignEntries, LabSubject
from tests.integration.qbittorrent_client import USER
from tests.swarm.torrent import LabTorrent

pytestmark = pytest.mark.daemon

Subject = LabSubject[QBittorrentDaemon]


@pytest.fixture(scope="module", params=QBITTORRENTS, ids=lambda release: release.version)
def shared(
    request: pytest.FixtureRequest, place: Place, torrents: tuple[LabTorrent, ...]
) -> Iterator[QBittorrentDaemon]:
    """One qBittorrent of each version for all tests."""
    release: Release = request.param
    if lack := release.why_not():
        pytest.skip(lack)
    with QBittorrentDaemon(release, place) as daemon:
        for torrent in torrents:
            daemon.seed(torrent)
        yield daemon


@pytest.fixture
def lab(shared: QBittorrentDaemon, torrents: tuple[LabTorrent, ...], tmp_path: Path) -> Lab:
    """As if it were new."""
    if not shared.process.is_running:
        shared.start()
    shared.api.set_banned([])
    return Lab(daemon=shared, torrents=torrents, folder=tmp_path)


@pytest.fixture
async def subject(lab: Lab) -> AsyncIterator[Subject]:
    daemon = lab.daemon
    settings = DownloaderSettings(
        id="lab", endpoint=daemon.url, username=USER, password=Secret(daemon.password)
    )

    def add(entry: Prefix) -> None:
        daemon.api.set_banned([*daemon.api.banned(), str(entry.network_address)])

    def read() -> Collection[Prefix]:
        return {ip_network(entry) for entry in daemon.api.banned() if "-" not in entry}

    async with LabSubject(
        lab=lab,
        settings=settings,
        around=surroundings(clock=wall_clock),
        wrong=replace(settings, password=Secret("wrong")),
        foreign_entries=ForeignEntries(add=add, read=read),
    ) as subject:
        yield subject


class TestQBittorrent(DownloaderContract):
    """With the whole list; single additions are below."""


def version_of(subject: Subject) -> str:
    return subject.lab.daemon.release.version


async def test_it_is_set_up_for_us_and_asked_little_while_it_rests(subject: Subject) -> None:
    api = subject.lab.daemon.api
    api.set_preferences(enable_multi_connections_from_same_ip=True)
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        assert connection.version == api.version()
        assert connection.capabilities.prefixes is (version_of(subject) == "5.3.0")
        assert api.preferences()["enable_multi_connections_from_same_ip"] is False
        # It comes to rest a moment after a start, or after the peers of the test before have left.
        end = time.monotonic() + PATIENCE
        while (snapshot := await downloader.snapshot()).requests > 1:
            assert time.monotonic() < end, f"still {snapshot.requests} requests"
            await asyncio.sleep(0.1)
        print(
            f"{connection.version}: at rest {snapshot.requests} request,"
            f" {snapshot.received} bytes, {snapshot.fetch_time * 1000:.1f} ms"
        )


async def test_with_many_torrents_those_that_move_are_followed_between_looks_at_all(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version_of(subject) != "4.5.2":
        pytest.skip("all are looked at each time")
    monkeypatch.setattr(follower, "MANY", 0)
    async with opened(subject) as downloader:
        before = seen_in((await downloader.snapshot()).torrents, subject).torrent
        await subject.meet(GOOD)
        await sweep_until(
            downloader, subject, lambda peers: GOOD in peers and peers[GOOD].uploaded > 0
        )
        for _ in range(follower.WHOLE_EVERY):
            after = seen_in((await downloader.snapshot()).torrents, subject).torrent
            assert (after.name, after.size) == (before.name, before.size)


@pytest.mark.alone
@pytest.mark.parametrize("increment", [False, True], ids=["whole", "single"])
async def test_a_forged_peer_is_known_by_name_and_dropped_at_once(
    subject: Subject, *, increment: bool
) -> None:
    api = subject.lab.daemon.api
    api.set_banned([str(FOREIGN.network_address)])
    await subject.meet(BAD, GOOD)
    async with opened(subject, replace(subject.settings, increment_ban=increment)) as downloader:
        ledger = Ledger(await downloader.connect())
        found = await sweep_until(
            downloader, subject, lambda peers: BAD in peers and peers[BAD].client_name
        )
        assert (found[BAD].client_name, found[BAD].peer_id) == ("Xunlei 0.0.1.2", "-XL0012-")
        seconds = await subject.seconds_to_drop(downloader, ledger.push(BAD), BAD)
        way = "one by one" if increment else "with the whole list"
        print(f"{version_of(subject)}: dropped {seconds:.3f} s after a ban {way}")
        assert seconds < 0.5
        assert set(api.banned()) == {BAD, "::ffff:36.110.0.1", str(FOREIGN.network_address)}


async def test_blocks_stand_there_as_ranges_or_not_at_all(subject: Subject) -> None:
    api = subject.lab.daemon.api
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        ledger = Ledger(connection)
        last = "2001:db8:1000:fff:ffff:ffff:ffff:ffff"
        await downloader.apply(ledger.push("2001:db8:1000::/52", "36.110.0.0/16", everything=True))
        if not connection.capabilities.prefixes:
            assert api.banned() == []
            return
        assert f"2001:db8:1000::-{last}" in api.banned()
        api.set_banned([*api.banned(), str(FOREIGN.network_address), "7.0.0.0-7.0.0.9"])
        await downloader.apply(ledger.push("2001:db8:1000::/52"))
        assert set(api.banned()) == {
            str(FOREIGN.network_address),
            "7.0.0.0-7.0.0.9",
            f"2001:db8:1000::-{last}",
        }


async def test_a_list_of_thousands_is_taken_whole(subject: Subject) -> None:
    api = subject.lab.daemon.api
    api.set_banned([str(FOREIGN.network_address)])
    first = int(ip_address("36.0.0.0"))
    many = [str(ip_address(first + number)) for number in range(10_000)]
    async with opened(subject) as downloader:
        ledger = Ledger(await downloader.connect())
        push = ledger.push(*many, everything=True)
        started = time.perf_counter()
        await downloader.apply(push)
        written = time.perf_counter()
        await downloader.apply(push)
        print(
            f"{version_of(subject)}: {len(push.wanted):,} entries pushed in"
            f" {written - started:.2f} s, compared in {time.perf_counter() - written:.2f} s"
        )
        assert len(api.banned()) == len(push.wanted) + 1


async def test_a_list_that_was_lost_in_a_crash_is_pushed_anew(subject: Subject) -> None:
    daemon = subject.lab.daemon
    async with opened(subject) as downloader:
        first = await downloader.connect()
        ledger = Ledger(first)
        await downloader.apply(ledger.push(BAD, everything=True))
        await downloader.snapshot()
        await subject.kill()
        await subject.start()
        daemon.api.set_banned([])  # as if it had been killed before it wrote its settings
        await downloader.snapshot()
        assert (await downloader.connect()).session > first.session
        await downloader.apply(ledger.push(BAD, NEAR_BAD, everything=True))
        assert {BAD, NEAR_BAD} <= set(daemon.api.banned())


async def test_a_wrong_password_locks_nobody_out(subject: Subject) -> None:
    assert subject.wrong is not None
    async with opened(subject, subject.wrong) as downloader:
        for _ in range(10):  # twice as often as locks an address out
            with pytest.raises(AccessDenied):
                await downloader.connect()
    assert subject.lab.daemon.api.log_in()


async def test_announce_urls_with_odd_letters_come_and_go(subject: Subject) -> None:
    async with opened(subject) as downloader:
        torrent = seen_in((await downloader.snapshot()).torrents, subject).torrent
        plain, odd = "http://127.0.0.1:9/a/announce", "http://127.0.0.1:9/b?key=%7Cx%20y&z=1"
        tiers: Sequence[Tiers] = (((plain,), (odd,)), ((odd,), (plain,)), ((odd,),), ())
        for wanted in tiers:
            await downloader.replace_trackers(torrent.id, wanted)
            assert await downloader.trackers(torrent.id) == wanted


async def test_a_key_opens_it_where_keys_are_known(subject: Subject) -> None:
    if version_of(subject) != "5.3.0":
        pytest.skip("it has no keys")
    api = subject.lab.daemon.api
    api.post("app/rotateAPIKey")
    key = api.preferences()["web_ui_api_key"]
    keyed = replace(subject.settings, username="", password=Secret(), api_key=Secret(key))
    await subject.meet(BAD, GOOD)
    async with opened(subject, keyed) as downloader:
        ledger = Ledger(await downloader.connect())
        await sweep_until(downloader, subject, lambda peers: {BAD, GOOD} <= set(peers))
        await subject.seconds_to_drop(downloader, ledger.push(BAD, everything=True), BAD)
    async with opened(subject, replace(keyed, api_key=Secret("wrong"))) as downloader:
        with pytest.raises(AccessDenied):
            await downloader.connect()
