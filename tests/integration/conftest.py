"""Fixtures of the lab; what this machine lacks is skipped with its reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.daemon_process import Place, Release
from tests.integration.daemons import QBITTORRENTS, QBittorrentDaemon
from tests.integration.lab import Lab
from tests.swarm.namespace import Namespace, own_namespace, why_not
from tests.swarm.torrent import MIB, LabTorrent, make_torrent


@pytest.fixture(scope="session")
def namespace() -> Iterator[Namespace]:
    """A network namespace for the whole run."""
    if lack := why_not():
        pytest.skip(lack)
    with own_namespace() as found:
        yield found


@pytest.fixture(scope="session")
def place(namespace: Namespace) -> Iterator[Place]:
    """A folder for payloads and profiles, in the namespace."""
    with tempfile.TemporaryDirectory(prefix="peerwarden-lab-") as folder:
        yield Place(shared=Path(folder), namespace=namespace)


@pytest.fixture(scope="session")
def torrents(place: Place) -> tuple[LabTorrent, ...]:
    """Torrents to seed: lab00 with 128 MiB, lab01 with 16 MiB."""
    sizes = {"lab00": 128 * MIB, "lab01": 16 * MIB}
    return tuple(make_torrent(place.torrents, name, size) for name, size in sizes.items())


@pytest.fixture(params=QBITTORRENTS, ids=lambda release: release.version)
def release(request: pytest.FixtureRequest) -> Release:
    """Each version of qBittorrent in turn; `only` narrows it."""
    found: Release = request.param
    if lack := found.why_not():
        pytest.skip(lack)
    return found


@pytest.fixture
def qbittorrent(
    release: Release, place: Place, torrents: tuple[LabTorrent, ...]
) -> Iterator[QBittorrentDaemon]:
    """A fresh qBittorrent in the namespace that seeds all torrents."""
    with QBittorrentDaemon(release, place) as daemon:
        for torrent in torrents:
            daemon.seed(torrent)
        yield daemon


@pytest.fixture
def lab(qbittorrent: QBittorrentDaemon, torrents: tuple[LabTorrent, ...], tmp_path: Path) -> Lab:
    """All of it together, for one test."""
    return Lab(daemon=qbittorrent, torrents=torrents, folder=tmp_path)
