"""The main job on all daemons at once: one program, forged peers at each, and the bad ones are dropped."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import ARIA2, DELUGE, QBITTORRENT, RTORRENT, TRANSMISSION
from app.settings.secret import Secret
from tests.integration.aria2_daemon import ARIA2S, Aria2Daemon
from tests.integration.daemon_process import Place, Release
from tests.integration.daemons import QBITTORRENTS, QBittorrentDaemon
from tests.integration.deluge_daemon import DELUGES, DelugeDaemon
from tests.integration.lab import Daemon
from tests.integration.program import Program
from tests.integration.qbittorrent_client import USER
from tests.integration.real_daemon import PASSWORD
from tests.integration.rtorrent_daemon import RTORRENTS, RTorrentDaemon
from tests.integration.transmission_daemon import TRANSMISSIONS, TransmissionDaemon
from tests.swarm.events import Seen
from tests.swarm.gate import Gate
from tests.swarm.namespace import HOST
from tests.swarm.scenario import Behaviour, Expect, Group, Scenario
from tests.swarm.swarm import Swarm
from tests.swarm.torrent import LabTorrent

pytestmark = [pytest.mark.daemon, pytest.mark.alone]

INTERVAL: Final = 2_000
ALLOWED: Final = 0.5
"""Seconds over the sweep interval; Transmission, which fetches its list from us, has as many again."""
BAD: Final = Behaviour(peer_id="-XL0012-", client="Xunlei 0.0.1.2", rate=262_144, retry_delay=0.5)
GOOD: Final = Behaviour(peer_id="-qB4630-", client="qBittorrent/4.6.3", retry_delay=0.5)
EACH: Final = 3
SECONDS: Final = 18.0


Make: TypeAlias = Callable[[Release, Place], AbstractContextManager[Daemon]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One daemon and how the program reaches it."""

    name: str
    kind: str
    daemon: Daemon

    @property
    def settings(self) -> DownloaderSettings:
        secret = Secret(PASSWORD)
        users = self.kind in (QBITTORRENT, TRANSMISSION)
        return DownloaderSettings(
            id=self.name,
            type=self.kind,
            endpoint=self.daemon.url,
            username=USER if users else "",
            password=secret if users or self.kind == DELUGE else Secret(),
            token=secret if self.kind == ARIA2 else Secret(),
            rpc_url={TRANSMISSION: "/transmission/rpc", DELUGE: "/json"}.get(self.kind, ""),
            allow_plugin=True,
            increment_ban=True,
        )


@pytest.fixture(scope="module")
def everything(place: Place, torrents: tuple[LabTorrent, ...]) -> Iterator[tuple[Watched, ...]]:
    """One of each version that this machine has, all seeding."""
    kinds: tuple[tuple[str, Sequence[Release], Make], ...] = (
        (QBITTORRENT, QBITTORRENTS, QBittorrentDaemon),
        (TRANSMISSION, TRANSMISSIONS, TransmissionDaemon),
        (DELUGE, DELUGES, DelugeDaemon),
        (RTORRENT, RTORRENTS, RTorrentDaemon),
        (ARIA2, ARIA2S, Aria2Daemon),
    )
    with contextlib.ExitStack() as exits:
        found = []
        for kind, releases, make in kinds:
            for release in releases:
                if release.why_not() is None:
                    daemon = exits.enter_context(make(release, place))
                    daemon.seed(torrents[0])
                    name = f"{kind.rpartition('/')[2]}-{release.version}"
                    found.append(Watched(name=name, kind=kind, daemon=daemon))
        yield tuple(found)


def scenario_for(everything: tuple[Watched, ...], torrent: LabTorrent) -> Scenario:
    """To each daemon come three bad peers, one after the other, and a good one, from addresses of their own."""
    groups = []
    for number, watched in enumerate(everything, start=1):
        port = watched.daemon.bt_port
        expect = Expect.KEEP if watched.kind == ARIA2 else Expect.BAN
        bad = Group(
            name=watched.name,
            ips=f"36.110.{number}.1",
            count=EACH,
            stagger=0.7,
            port=port,
            expect=expect,
            behaviour=BAD,
        )
        groups += [
            bad,
            Group(
                name=f"{watched.name}-good", ips=f"114.114.{number}.1", port=port, behaviour=GOOD
            ),
        ]
    return Scenario(
        name="every-daemon",
        host=HOST,
        port=0,
        groups=tuple(groups),
        torrents=(torrent.name,),
        duration=SECONDS,
    )


def test_the_bad_are_dropped_within_a_sweep_and_the_good_go_on_wherever_they_came(
    everything: tuple[Watched, ...], place: Place, torrents: tuple[LabTorrent, ...], tmp_path: Path
) -> None:
    assert place.namespace is not None
    with Gate(place.namespace) as gate:
        program = Program(tmp_path / "home", port=gate.port, wrap=place.namespace.argv)
        program.watch(*(watched.settings for watched in everything), interval=INTERVAL)
        with program as it:
            for watched in everything:
                path = f"/api/downloaders/{watched.name}/status"
                it.wait(lambda path=path: it.get(path)["lastStatus"] == "HEALTHY", 30)  # type: ignore[misc]
            scenario = scenario_for(everything, torrents[0])
            swarm = Swarm(
                scenario,
                torrents=place.torrents,
                folder=tmp_path / "swarm",
                namespace=place.namespace,
            )
            with swarm:
                it.wait(
                    lambda: any(event.seen is Seen.FINAL for event in swarm.events()), SECONDS + 40
                )
                swarm.stop()
            score, banned = swarm.score(), it.banned()
            print(f"\na sweep every {INTERVAL} ms\n{score.table()}\n{it.errors()[-2000:]}")
    for watched in everything:
        group = score.group(watched.name)
        good = score.group(f"{watched.name}-good")
        assert good.is_right, good.line()
        assert group.is_right, group.line()
        bad = {f"36.110.{everything.index(watched) + 1}.{n}" for n in range(1, EACH + 1)}
        assert bad <= set(banned), watched.name
        if group.expect is Expect.BAN:
            most = INTERVAL / 1000 + ALLOWED * (2 if watched.kind == TRANSMISSION else 1)
            assert max(group.seconds_to_ban) <= most, group.line()
