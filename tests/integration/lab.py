"""The lab as one test sees it: a namespace, a daemon that seeds in it, and swarms that come."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, Protocol, TypeAlias, TypeVar

import pytest

from tests.integration.daemon_process import DaemonProcess, Place
from tests.integration.daemons import QBITTORRENTS, QBittorrentDaemon
from tests.swarm.gate import Gate
from tests.swarm.namespace import HOST, HOST_V6, Namespace
from tests.swarm.scenario import Behaviour, Group, Scenario, load
from tests.swarm.swarm import Swarm
from tests.swarm.torrent import LabTorrent


class Daemon(Protocol):
    """Any daemon that seeds in the lab; `DaemonFailed` tells of all that goes wrong."""

    place: Place
    process: DaemonProcess
    """The one that talks to peers."""
    bt_port: int
    """Where peers reach it."""

    @property
    def url(self) -> str:
        """Where it is controlled, inside and outside of the namespace alike."""
        ...

    def seed(self, torrent: LabTorrent) -> None:
        """Let it seed a torrent of its place; returns when it does."""
        ...

    def start(self) -> None:
        """Start it with the profile and ports it had; returns when it answers."""
        ...

    def stop(self) -> None:
        """End it as a user would; may be repeated."""
        ...

    def kill(self) -> None:
        """End it at once, as a crash would; may be repeated."""
        ...


D = TypeVar("D", bound=Daemon)


def only(*versions: str) -> pytest.MarkDecorator:
    """Mark a test that needs just these versions of qBittorrent."""
    chosen = [release for release in QBITTORRENTS if release.version in versions]
    return pytest.mark.parametrize("release", chosen, ids=versions, indirect=True)


@dataclass(frozen=True, kw_only=True)  # with slots, Python 3.11 cannot make a `Lab`
class LabOf(Generic[D]):
    """A running daemon in a namespace; peers, and the program under test, join it there."""

    daemon: D
    torrents: tuple[LabTorrent, ...]
    """What the daemon seeds, the biggest first."""
    folder: Path
    """For what this test writes."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def place(self) -> Place:
        """Where all of it runs."""
        return self.daemon.place

    @property
    def namespace(self) -> Namespace:
        """The one of its place."""
        assert self.place.namespace is not None
        return self.place.namespace

    @property
    def torrent(self) -> LabTorrent:
        """The one that scenarios call lab00."""
        return self.torrents[0]

    def in_namespace(self, argv: Sequence[str]) -> list[str]:
        """Return the command line that runs `argv` beside the daemon."""
        return self.namespace.argv(argv)

    def gate(self) -> Gate:
        """Return a port, the same on both sides, by which a test reaches what runs inside.

        To be entered as a context; give its `port` to the program under test to listen on.
        """
        return Gate(self.namespace)

    def swarm(self, scenario: Scenario | str, *, duration: float | None = None) -> Swarm:
        """Return the peers of a scenario, or of one of the lab by name, aimed at the daemon.

        To be entered as a context. Groups with a port of their own, for other kinds of daemons,
        are left out.
        """
        found = load(scenario) if isinstance(scenario, str) else scenario
        aimed = found.aimed(HOST, {found.port: self.daemon.bt_port})
        return Swarm(
            replace(aimed, duration=duration or aimed.duration),
            torrents=self.place.torrents,
            folder=self.folder / f"swarm-{next(self._numbers)}",
            namespace=self.namespace,
        )

    def peers(self, *ips: str, behaviour: Behaviour | None = None, duration: float = 60) -> Swarm:
        """Return one peer for each of `ips`, all of one family; they behave alike and retry fast."""
        group = Group(
            name="peers",
            ips=ips,
            count=len(ips),
            host=HOST_V6 if ":" in ips[0] else HOST,
            behaviour=replace(behaviour or Behaviour(), retry_delay=0.2, retries=1000),
        )
        return Swarm(
            Scenario(
                name="peers",
                host=HOST,
                port=self.daemon.bt_port,
                groups=(group,),
                torrents=(self.torrent.name,),
                duration=duration,
            ),
            torrents=self.place.torrents,
            folder=self.folder / f"swarm-{next(self._numbers)}",
            namespace=self.namespace,
        )


Lab: TypeAlias = LabOf[QBittorrentDaemon]
"""The one that most tests use."""
