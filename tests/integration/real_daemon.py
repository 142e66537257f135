"""What all real daemons under test have in common: a profile, ports, and how they are started and stopped."""

from __future__ import annotations

import contextlib
import random
import shutil
import socket
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.integration.daemon_process import DaemonFailed, DaemonProcess, Place, Release
from tests.swarm.gate import Gate
from tests.swarm.waiting import wait_for

LOOPBACK = "127.0.0.1"
PASSWORD = "labpass123"
START_LIMIT = 30.0
_PORTS = range(20_000, 32_000)
"""Below those that a system gives to whoever asks for any: else another program could have it before the daemon has."""
_given: set[int] = set()


class RealDaemon(ABC):
    """One of them; it runs while used as a context, and can be stopped in between."""

    def __init__(self, release: Release, place: Place) -> None:
        self.release = release
        self.place = place
        self.profile = Path(tempfile.mkdtemp(prefix=f"{release.program}-", dir=place.shared))
        self.process = DaemonProcess(release, place, self.profile / "log")
        self.bt_port = free_port()
        self.port = 0
        """At which it is controlled, known once it runs."""
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as exits:
            exits.callback(shutil.rmtree, self.profile)
            self._prepare(exits)
            exits.callback(self._end)
            self.start()
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._exits.close()

    @abstractmethod
    def start(self) -> None:
        """Start it; returns when it answers, raises `DaemonFailed`."""

    def stop(self) -> None:
        """End it as a user would; may be repeated."""
        self.process.stop()

    def kill(self) -> None:
        """End it at once, as a crash would; may be repeated."""
        self.process.kill()

    def restart(self) -> None:
        """Stop it and start it again with the same profile and ports."""
        self.stop()
        self.start()

    @abstractmethod
    def _prepare(self, exits: contextlib.ExitStack) -> None:
        """Write its profile, and open what `exits` shall close."""

    def _end(self) -> None:
        """The last stop, before its profile is deleted."""
        self.stop()

    def _open_port(self, exits: contextlib.ExitStack) -> int:
        """One for programs inside and outside of the namespace alike."""
        namespace = self.place.namespace
        return exits.enter_context(Gate(namespace)).port if namespace else free_port()

    def _run(self, arguments: Sequence[str], answers: Callable[[], object]) -> None:
        """Start its process and wait for it; raises `DaemonFailed`."""
        self.process.start(arguments)
        ready = wait_for(lambda: answers() or not self.process.is_running, START_LIMIT)
        if not ready or not self.process.is_running:
            raise DaemonFailed(f"{self.release} does not answer: {self.process.log()}")


def free_port() -> int:
    """Return a port of loopback that nobody listens on now, another one each time; raises `DaemonFailed`."""
    # Not by the common dice, which hypothesis sets to the same in every run: two may run side by side.
    for port in random.SystemRandom().sample(_PORTS, 100):
        if port in _given:
            continue
        with contextlib.suppress(OSError), socket.create_server((LOOPBACK, port)):
            _given.add(port)
            return port
    raise DaemonFailed("no port is free")
