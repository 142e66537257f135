"""What a scan found is marked when it is watched already."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from app.services.discovery import Discovery, Found
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import ARIA2, ARIA2_NEXT, QBITTORRENT, RTORRENT, TRANSMISSION

HERE = Found(host="127.0.0.1", port=8080, type=QBITTORRENT, pid=7)


async def found() -> Sequence[Found]:
    return [HERE, Found(host="[::1]", port=9091, type=TRANSMISSION)]


def watched(endpoint: str) -> DownloaderSettings:
    return DownloaderSettings(id="x", type=RTORRENT, endpoint=endpoint)


@pytest.mark.parametrize(
    ("endpoint", "added"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080/qb", True),
        ("http://LOCALHOST:8080", True),
        ("https://[::1]:8080", True),
        ("http://192.168.1.20:8080", True),
        ("http://0.0.0.0:8080", True),
        ("http://8.8.8.8:8080", False),
        ("http://nas.example.org:8080", False),
        ("http://127.0.0.1:8081", False),
        ("http://127.0.0.1", False),
        ("scgi://127.0.0.1:8080", True),
        ("scgi:///run/rtorrent.sock", False),
    ],
)
async def test_one_that_is_watched_at_an_address_of_this_machine_is_marked(
    endpoint: str, *, added: bool
) -> None:
    discovery = Discovery(found, lambda: [watched(endpoint)])
    assert [(each.found.port, each.added) for each in await discovery.find()] == [
        (8080, added),
        (9091, False),
    ]


async def test_a_port_that_goes_without_saying_counts() -> None:
    async def at_80() -> Sequence[Found]:
        return [Found(host="127.0.0.1", port=80, type=QBITTORRENT)]

    (it,) = await Discovery(at_80, lambda: [watched("http://localhost")]).find()
    assert it.added


async def test_two_scans_do_not_run_at_once() -> None:
    running = most = 0

    async def slow() -> Sequence[Found]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return []

    discovery = Discovery(slow, list)
    await asyncio.gather(*(discovery.find() for _ in range(3)))
    assert most == 1


@pytest.mark.parametrize(
    ("kind", "endpoint"),
    [
        (QBITTORRENT, "http://[::1]:6800"),
        (ARIA2, "http://[::1]:6800/jsonrpc"),
        (ARIA2_NEXT, "http://[::1]:6800/jsonrpc"),
    ],
)
def test_what_was_found_says_what_to_enter(kind: str, endpoint: str) -> None:
    assert Found(host="[::1]", port=6800, type=kind).endpoint == endpoint
