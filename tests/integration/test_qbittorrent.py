"""Our adapter against the real qBittorrent: log in, list, ban, read back, unban, restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest

from app.adapters.downloaders import open_downloader
from app.domain.address import Prefix
from app.domain.peer import Peer
from app.domain.snapshot import Snapshot, TorrentPeers
from app.services.clock import wall_clock
from app.services.errors import AccessDenied, DownloaderError
from app.services.ports import Downloader, Push, UploadLimits
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.integration.daemons import QBittorrentDaemon
from tests.integration.lab import Lab
from tests.integration.qbittorrent_client import USER
from tests.swarm.events import Seen
from tests.swarm.scenario import Behaviour
from tests.swarm.torrent import LabTorrent

pytestmark = pytest.mark.daemon

XUNLEI = Behaviour(peer_id="-XL0012-", client="Xunlei 0.0.1.2", rate=262_144)
BAD, GOOD = "36.110.0.1", "114.114.0.1"
FOREIGN = "198.51.100.99"
PATIENCE = 15.0


@asynccontextmanager
async def watched(
    daemon: QBittorrentDaemon, *, password: str = "", increment: bool = False
) -> AsyncIterator[Downloader]:
    """Our adapter for `daemon`, with another password if given."""
    settings = DownloaderSettings(
        id="lab",
        endpoint=daemon.url,
        username=USER,
        password=Secret(password or daemon.password),
        increment_ban=increment,
    )
    downloader = open_downloader(settings, around=surroundings(clock=wall_clock))
    try:
        yield downloader
    finally:
        await downloader.close()


def prefixes(*texts: str) -> frozenset[Prefix]:
    return frozenset(map(ip_network, texts))


def pushed(wanted: frozenset[Prefix], owned: frozenset[Prefix] = frozenset()) -> Push:
    """Everything anew."""
    return Push(
        wanted=wanted,
        added=wanted,
        removed=owned - wanted,
        owned=owned | wanted,
        everything=True,
    )


def listed(snapshot: Snapshot, torrent: LabTorrent) -> TorrentPeers:
    (found,) = (each for each in snapshot.torrents if each.torrent.hash == torrent.info_hash)
    return found


async def sweeps_until(
    downloader: Downloader, torrent: LabTorrent, wanted: Callable[[dict[str, Peer]], object]
) -> dict[str, Peer]:
    """Sweep until the peers of `torrent`, by address, are as wanted."""
    end = time.monotonic() + PATIENCE
    while True:
        peers = listed(await downloader.snapshot(), torrent).peers
        found = {str(peer.address.ip): peer for peer in peers}
        if wanted(found):
            return found
        assert time.monotonic() < end, f"still {sorted(found)}"
        await asyncio.sleep(0.05)


async def settled(downloader: Downloader, torrents: Sequence[LabTorrent]) -> None:
    """Sweep until all pieces are counted: a daemon seeds a moment before it says so in its list."""
    end = time.monotonic() + PATIENCE
    while True:
        snapshot = await downloader.snapshot()
        counted = [listed(snapshot, each).torrent.completed_size for each in torrents]
        if counted == [each.size for each in torrents]:
            return
        assert time.monotonic() < end, f"still {counted}"
        await asyncio.sleep(0.05)


async def test_its_torrents_and_settings_are_read_as_they_are(lab: Lab) -> None:
    async with watched(lab.daemon) as downloader:
        connection = await downloader.connect()
        assert connection.version == lab.daemon.api.version()
        assert connection.capabilities.prefixes is (lab.daemon.release.version == "5.3.0")
        assert lab.daemon.api.preferences()["enable_multi_connections_from_same_ip"] is False
        snapshot = await downloader.snapshot()
        torrent = listed(snapshot, lab.torrent).torrent
        assert (torrent.name, torrent.size) == (f"{lab.torrent.name}.bin", lab.torrent.size)
        assert torrent.seeding
        assert not torrent.private
        await settled(downloader, lab.torrents)
        before = await downloader.snapshot()
        after = await downloader.snapshot()
        assert len(after.torrents) == len(lab.torrents)
        assert listed(after, lab.torrent) is listed(before, lab.torrent)
        print(
            f"{connection.version}: at rest {after.requests} request, {after.received} bytes,"
            f" {after.fetch_time * 1000:.1f} ms"
        )


@pytest.mark.parametrize("increment", [False, True])
async def test_a_banned_peer_goes_and_comes_back_and_foreign_entries_stay(
    lab: Lab, *, increment: bool
) -> None:
    lab.daemon.api.set_banned([FOREIGN])
    with lab.peers(BAD, GOOD, behaviour=XUNLEI) as swarm:
        async with watched(lab.daemon, increment=increment) as downloader:
            await downloader.connect()
            found = await sweeps_until(
                downloader,
                lab.torrent,
                lambda peers: {BAD, GOOD} <= {ip for ip, p in peers.items() if not p.handshaking},
            )
            assert (found[BAD].client_name, found[BAD].peer_id) == ("Xunlei 0.0.1.2", "-XL0012-")
            await sweeps_until(downloader, lab.torrent, lambda peers: peers[GOOD].uploaded > 0)

            ours = prefixes(BAD, "::ffff:246e:1")
            push = Push(wanted=ours, added=ours, removed=(), owned=ours, everything=not increment)
            started = time.time()
            await downloader.apply(push)
            took = time.time() - started
            swarm.wait(BAD, Seen.DROPPED, after=started)
            await sweeps_until(downloader, lab.torrent, lambda peers: BAD not in peers)
            print(
                f"{lab.daemon.release.version}: ban of one in {took * 1000:.0f} ms,"
                f" gone from a sweep after {(time.time() - started) * 1000:.0f} ms"
            )
            assert set(lab.daemon.api.banned()) == {BAD, FOREIGN, "::ffff:36.110.0.1"}
            assert not swarm.of(GOOD, Seen.DROPPED)

            started = time.time()
            await downloader.apply(
                Push(wanted=(), added=(), removed=ours, owned=ours, everything=False)
            )
            assert lab.daemon.api.banned() == [FOREIGN]
            swarm.wait(BAD, Seen.CONNECTED, after=started)
            await sweeps_until(downloader, lab.torrent, lambda peers: BAD in peers)


async def test_a_range_drops_all_peers_in_it_where_ranges_are_known(lab: Lab) -> None:
    with lab.peers(BAD, GOOD, behaviour=XUNLEI):
        async with watched(lab.daemon) as downloader:
            if not (await downloader.connect()).capabilities.prefixes:
                await downloader.apply(pushed(prefixes("36.110.0.0/16")))
                assert lab.daemon.api.banned() == []
                return
            await sweeps_until(downloader, lab.torrent, lambda peers: {BAD, GOOD} <= set(peers))
            ours = prefixes("36.110.0.0/16", "::ffff:246e:0/112", "2001:db8:1000::/52")
            await downloader.apply(pushed(ours))
            await sweeps_until(downloader, lab.torrent, lambda peers: set(peers) == {GOOD})
            lab.daemon.api.set_banned([*lab.daemon.api.banned(), FOREIGN])
            await downloader.apply(pushed(prefixes("2001:db8:1000::/52"), ours))
            last = "2001:db8:1000:fff:ffff:ffff:ffff:ffff"
            assert lab.daemon.api.banned() == [FOREIGN, f"2001:db8:1000::-{last}"]


async def test_a_restart_is_a_new_session_and_the_list_is_known_again(lab: Lab) -> None:
    async with watched(lab.daemon) as downloader:
        first = await downloader.connect()
        ours = prefixes(BAD)
        await downloader.apply(pushed(ours))
        before = await downloader.snapshot()
        await asyncio.to_thread(lab.daemon.stop)
        with pytest.raises(DownloaderError):
            await downloader.snapshot()
        await asyncio.to_thread(lab.daemon.start)
        lab.daemon.api.set_banned([])  # as if it had been killed before it wrote its settings
        after = await downloader.snapshot()
        second = await downloader.connect()
        assert second.session == first.session + 1
        assert {each.torrent.hash for each in after.torrents} == {
            each.torrent.hash for each in before.torrents
        }
        await downloader.apply(pushed(ours, ours))
        assert lab.daemon.api.banned() == [BAD]


async def test_a_wrong_password_is_tried_once_and_locks_nobody_out(lab: Lab) -> None:
    async with watched(lab.daemon, password="wrong") as downloader:
        for _ in range(10):  # twice as often as locks an address out
            with pytest.raises(AccessDenied):
                await downloader.connect()
    assert lab.daemon.api.log_in()


async def test_a_list_of_thousands_is_taken_whole(lab: Lab) -> None:
    async with watched(lab.daemon) as downloader:
        await downloader.connect()
        many = prefixes(*(f"36.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(20_000)))
        lab.daemon.api.set_banned([FOREIGN])
        started = time.perf_counter()
        await downloader.apply(pushed(many))
        written = time.perf_counter()
        await downloader.apply(pushed(many, many))
        print(
            f"{lab.daemon.release.version}: 20,000 entries pushed in {written - started:.2f} s,"
            f" compared in {time.perf_counter() - written:.2f} s"
        )
        assert len(lab.daemon.api.banned()) == 20_001


async def test_upload_limits_are_set_and_given_back(lab: Lab) -> None:
    async with watched(lab.daemon) as downloader:
        before = await downloader.upload_limits()
        assert before == UploadLimits(
            rate=lab.daemon.api.preferences()["up_limit"],
            alternative=lab.daemon.api.preferences()["alt_up_limit"],
        )
        await downloader.limit_upload(UploadLimits(rate=1, alternative=1_024_000))
        assert await downloader.upload_limits() == UploadLimits(rate=1_024, alternative=1_024_000)
        assert lab.daemon.api.preferences()["up_limit"] == 1_024
        await downloader.limit_upload(before)
        assert await downloader.upload_limits() == before


async def test_its_own_totals_are_told(lab: Lab) -> None:
    async with watched(lab.daemon) as downloader:
        snapshot = await downloader.snapshot()
        assert snapshot.all_time_uploaded is not None
        assert snapshot.all_time_downloaded is not None
        assert snapshot.external == ()
