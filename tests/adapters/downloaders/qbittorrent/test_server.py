"""What the daemon says of itself, put together from full and partial answers."""

from __future__ import annotations

from ipaddress import ip_address

from app.adapters.downloaders.qbittorrent.server import Server
from app.adapters.downloaders.qbittorrent.wire import ServerState
from app.demo.server import running
from app.demo.swarm import Swarm
from app.demo.wire import EXTERNAL
from tests.adapters.downloaders.qbittorrent.scripted import opened


def test_what_an_answer_leaves_out_stays_as_it_was() -> None:
    server = Server()
    server.merge(
        ServerState(alltime_ul=5, alltime_dl=7, last_external_address_v4="8.8.4.4"), full=True
    )
    server.merge(ServerState(alltime_ul=6, last_external_address_v6="2001:db8::1"), full=False)

    assert (server.uploaded, server.downloaded) == (6, 7)
    assert server.external == (ip_address("8.8.4.4"), ip_address("2001:db8::1"))


def test_a_full_answer_replaces_everything() -> None:
    server = Server()
    server.merge(ServerState(alltime_ul=5, last_external_address_v4="8.8.4.4"), full=True)
    server.merge(ServerState(), full=True)

    assert (server.uploaded, server.downloaded, server.external) == (None, None, ())


def test_an_address_that_is_none_is_left_out() -> None:
    server = Server()
    server.merge(ServerState(last_external_address_v4="", last_external_address_v6="?"), full=True)

    assert server.external == ()


async def test_a_snapshot_tells_totals_and_addresses() -> None:
    swarm = Swarm(peers=20, torrents=4)
    async with running(swarm) as demo:
        downloader = opened(demo.url)
        for _ in range(2):
            snapshot = await downloader.snapshot()
            assert snapshot.all_time_uploaded is not None
            assert snapshot.all_time_uploaded >= sum(t.facts.given for t in swarm.torrents())
            assert snapshot.all_time_downloaded is not None
            assert snapshot.external == (ip_address(EXTERNAL),)
        await downloader.close()
