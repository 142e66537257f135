"""Real downloaders of this machine are found by what they say to a stranger."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psutil
import pytest

from app.adapters.downloaders.discovery import Listener, Scanner, listening
from app.settings.downloader_kind import ARIA2, DELUGE, QBITTORRENT, TRANSMISSION
from tests.integration.aria2_daemon import ARIA2S, Aria2Daemon
from tests.integration.daemon_process import Place, Release
from tests.integration.daemons import QBITTORRENTS, QBittorrentDaemon
from tests.integration.deluge_daemon import DELUGES, DelugeDaemon
from tests.integration.rtorrent_daemon import RTORRENTS, RTorrentDaemon
from tests.integration.transmission_daemon import TRANSMISSIONS, TransmissionDaemon

pytestmark = pytest.mark.daemon


class Daemon(Protocol):
    @property
    def url(self) -> str: ...


Make = Callable[[Release, Place], AbstractContextManager[Daemon]]
KNOWN: tuple[tuple[str, Make, tuple[Release, ...]], ...] = (
    (QBITTORRENT, QBittorrentDaemon, QBITTORRENTS),
    (TRANSMISSION, TransmissionDaemon, TRANSMISSIONS),
    (DELUGE, DelugeDaemon, DELUGES),
    (ARIA2, Aria2Daemon, ARIA2S),
    ("", RTorrentDaemon, RTORRENTS[:1]),  # what speaks no HTTP cannot be found
)
RELEASES = [(kind, make, release) for kind, make, several in KNOWN for release in several]


@pytest.fixture
def here() -> Iterator[Place]:
    """On loopback of this machine."""
    with tempfile.TemporaryDirectory(prefix="peerwarden-scan-") as folder:
        yield Place(shared=Path(folder))


def ours() -> list[Listener]:
    """The sockets of what this test started; whatever else runs here is nobody's business."""
    pids = {child.pid for child in psutil.Process().children(recursive=True)}
    return [each for each in listening() if each.pid in pids]


@pytest.mark.parametrize(
    ("kind", "make", "release"),
    RELEASES,
    ids=[f"{release.program}-{release.version}" for _, _, release in RELEASES],
)
async def test_each_is_found_under_its_own_kind(
    here: Place, kind: str, make: Make, release: Release
) -> None:
    if lack := release.why_not():
        pytest.skip(lack)
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(make(release, here))
        started = time.monotonic()
        found = await Scanner(ours)()
        took = time.monotonic() - started
        port = urlsplit(daemon.url).port
    print(f"{release.program} {release.version}: {len(found)} found in {took:.2f} s")
    assert [(each.port, each.type) for each in found] == ([(port, kind)] if kind else [])
    assert all(each.pid for each in found)
