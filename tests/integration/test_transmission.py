"""Our adapter against the real Transmission: the contract of all downloaders, and what only this kind needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.adapters.downloaders.transmission.squeeze import Squeeze
from app.adapters.downloaders.transmission.wire import LimitsAnswer
from app.services.clock import wall_clock
from app.services.errors import AccessDenied
from app.services.ports import Downloader
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import (
    BAD,
    GOOD,
    NEAR_BAD,
    DownloaderContract,
    Ledger,
    Subject,
    opened,
    sweep_until,
)
from tests.adapters.downloaders.transmission.shelf import ServedShelf, served_shelf
from tests.adapters.downloaders.transmission.test_downloader import trackers_are_replaced
from tests.integration.daemon_process import Place, Release
from tests.integration.lab import LabOf
from tests.integration.lab_subject import LabSubject
from tests.integration.real_daemon import PASSWORD
from tests.integration.transmission_daemon import (
    PEER_LIMIT,
    TRANSMISSIONS,
    USER,
    TransmissionDaemon,
)
from tests.swarm.gate import listen_inside
from tests.swarm.torrent import LabTorrent

pytestmark = pytest.mark.daemon

ALLOWED = 1.0
"""Seconds from a ban to the drop; it looks at its peers every half second."""


@pytest.fixture(scope="module", params=TRANSMISSIONS, ids=lambda release: release.version)
def transmission(
    request: pytest.FixtureRequest, place: Place, torrents: tuple[LabTorrent, ...]
) -> Iterator[TransmissionDaemon]:
    """One Transmission of each version for all tests here; each test leaves it as it was."""
    release: Release = request.param
    if lack := release.why_not():
        pytest.skip(lack)
    with TransmissionDaemon(release, place) as daemon:
        for torrent in torrents:
            daemon.seed(torrent)
        yield daemon


def settings_for(daemon: TransmissionDaemon, password: str = PASSWORD) -> DownloaderSettings:
    return DownloaderSettings(
        id="lab",
        type="transmission",
        endpoint=daemon.url,
        rpc_url="/transmission/rpc",
        username=USER,
        password=Secret(password),
    )


@pytest.fixture
async def subject(
    transmission: TransmissionDaemon, torrents: tuple[LabTorrent, ...], tmp_path: Path
) -> AsyncIterator[LabSubject[TransmissionDaemon]]:
    """It, with a list that it fetches from us."""
    assert transmission.place.namespace is not None
    listener = listen_inside(transmission.place.namespace)
    async with served_shelf(listener) as shelf:
        subject = LabSubject(
            lab=LabOf(daemon=transmission, torrents=torrents, folder=tmp_path),
            settings=settings_for(transmission),
            around=surroundings(clock=wall_clock, shelf=shelf),
            wrong=settings_for(transmission, "wrong"),
        )
        async with subject:
            yield subject


class TestTransmission(DownloaderContract):
    """All that every kind must do."""

    async def test_trackers_are_replaced_tier_by_tier(self, subject: Subject) -> None:
        await trackers_are_replaced(subject)


@pytest.mark.alone
async def test_a_banned_peer_is_dropped_at_once(subject: LabSubject[TransmissionDaemon]) -> None:
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        ledger = Ledger(connection)
        await downloader.apply(ledger.push(everything=True))
        await subject.meet(BAD, NEAR_BAD, GOOD)
        everybody = {BAD, NEAR_BAD, GOOD}
        await sweep_until(downloader, subject, lambda peers: everybody <= set(peers))
        first = await subject.seconds_to_drop(downloader, ledger.push(BAD), BAD)
        await subject.wait_dropped(BAD)
        await sweep_until(downloader, subject, lambda peers: everybody - {BAD} == set(peers))
        second = await subject.seconds_to_drop(downloader, ledger.push(BAD, NEAR_BAD), NEAR_BAD)
        print(
            f"Transmission {connection.version}: dropped {first:.2f} s after the ban,"
            f" the next one {second:.2f} s after its own"
        )
        assert max(first, second) < ALLOWED
        await downloader.snapshot()  # waits until all is as it was
        assert peer_limit(subject) == PEER_LIMIT


@pytest.mark.parametrize("packs", [False, True])
async def test_a_list_of_thousands_is_taken_whole(
    subject: LabSubject[TransmissionDaemon], *, packs: bool
) -> None:
    assert isinstance(subject.around.shelf, ServedShelf)
    subject.around.shelf.packs = packs
    async with opened(subject) as downloader:
        ledger = Ledger(await downloader.connect())
        many = [f"36.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(0, 40_000, 2)]
        many += ["1.2.3.0/24", "1.2.3.7", "1.2.4.0/23"]
        push = ledger.push(*many, everything=True)
        started = time.perf_counter()
        await downloader.apply(push)
        took = time.perf_counter() - started
        version = subject.lab.daemon.release.version
        print(f"Transmission {version}: {len(many)} entries taken in {took:.2f} s")
        assert subject.lab.daemon.setting("blocklist-size") in range(20_001, 20_004)
        await downloader.apply(ledger.push())


async def test_the_user_s_list_is_back_after_the_last_ban(
    subject: LabSubject[TransmissionDaemon],
) -> None:
    shelf, daemon = subject.around.shelf, subject.lab.daemon
    assert isinstance(shelf, ServedShelf)
    daemon.set(blocklist_url=shelf.theirs, blocklist_enabled=True)
    allowed = replace(subject.settings, replace_blocklist=True)
    async with opened(subject, allowed) as downloader:
        ledger = Ledger(await downloader.connect())
        for everything in (True, False):
            await downloader.apply(ledger.push(BAD, NEAR_BAD, "36.111.0.1", everything=everything))
            assert daemon.setting("blocklist-url") != shelf.theirs
            assert daemon.setting("blocklist-size") in (2, 3)
            started = time.perf_counter()
            await downloader.apply(ledger.push())
            took = time.perf_counter() - started
            assert daemon.setting("blocklist-url") == shelf.theirs
            assert daemon.setting("blocklist-enabled")
            assert daemon.setting("blocklist-size") == 1
        print(f"Transmission {daemon.release.version}: the list before is back in {took:.2f} s")
    assert shelf.theirs_fetches == 2
    daemon.set(blocklist_url="", blocklist_enabled=False)


async def test_where_there_was_no_list_of_the_user_s_there_is_none_again(
    subject: LabSubject[TransmissionDaemon],
) -> None:
    daemon = subject.lab.daemon
    daemon.set(blocklist_url="", blocklist_enabled=False)
    async with opened(subject) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        assert daemon.setting("blocklist-enabled")
        await downloader.apply(ledger.push())
    assert not daemon.setting("blocklist-enabled")
    assert daemon.setting("blocklist-url") == ""


async def test_a_sweep_is_one_request(subject: LabSubject[TransmissionDaemon]) -> None:
    async with opened(subject) as downloader:
        await downloader.snapshot()
        snapshot = await downloader.snapshot()
        assert snapshot.requests == 1
        print(
            f"Transmission {subject.lab.daemon.release.version}: at rest {snapshot.received} bytes,"
            f" {snapshot.fetch_time * 1000:.1f} ms"
        )


async def test_the_password_may_be_wrong_as_often_as_it_likes_and_locks_nobody_out(
    subject: LabSubject[TransmissionDaemon],
) -> None:
    async with opened(subject, subject.wrong) as downloader:
        for _ in range(200):
            with pytest.raises(AccessDenied):
                await downloader.connect()
    assert subject.lab.daemon.answers()


async def old_and_limited(subject: LabSubject[TransmissionDaemon], downloader: Downloader) -> None:
    """Ban somebody, and return while the torrent may have no peers."""
    daemon = subject.lab.daemon
    if daemon.release.version != "3.00":
        pytest.skip("it drops banned peers by itself")
    ledger = Ledger(await downloader.connect())
    await downloader.apply(ledger.push(everything=True))
    await subject.meet(BAD, GOOD)
    await sweep_until(downloader, subject, lambda peers: {BAD, GOOD} <= set(peers))
    await downloader.apply(ledger.push(BAD))
    assert peer_limit(subject) == 0


@pytest.fixture
def _slow_to_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No torrent seems to let go of its peers: else that takes anything from 10 to 500 ms."""

    async def wait(squeeze: Squeeze, hashes: Collection[str]) -> None:
        while True:
            await squeeze._rpc.call(  # noqa: SLF001 - what it would ask, too
                "torrent-get", LimitsAnswer, ids=hashes, fields=["hashString"]
            )
            await asyncio.sleep(0.05)

    monkeypatch.setattr(Squeeze, "_wait_until_empty", wait)


def peer_limit(subject: LabSubject[TransmissionDaemon]) -> int:
    found = subject.lab.daemon.torrent(subject.lab.torrent, "peer-limit")
    return int(found["peer-limit"])


@pytest.mark.usefixtures("_slow_to_empty")
async def test_who_closes_while_peers_are_dropped_leaves_no_torrent_limited(
    subject: LabSubject[TransmissionDaemon],
) -> None:
    async with opened(subject) as downloader:
        await old_and_limited(subject, downloader)
    assert peer_limit(subject) == PEER_LIMIT


@pytest.mark.usefixtures("_slow_to_empty")
async def test_a_daemon_killed_while_it_drops_peers_is_mended_by_whoever_comes_next(
    subject: LabSubject[TransmissionDaemon],
) -> None:
    async with opened(subject) as downloader:
        await old_and_limited(subject, downloader)
        await subject.kill()
    await subject.start()
    # As if it had saved that just before it died.
    limited = {"ids": [subject.torrent_hash], "peer-limit": 0}
    subject.lab.daemon.call("torrent-set", **limited)
    async with opened(subject) as another:
        await another.connect()
        assert peer_limit(subject) == PEER_LIMIT
        await sweep_until(another, subject, lambda peers: GOOD in peers)
