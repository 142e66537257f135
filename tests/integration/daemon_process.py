"""Where a daemon is installed and where it runs, and its process: started, stopped and killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.integration import roots
from tests.integration.roots import DebianRoot
from tests.swarm.namespace import Namespace

STOP_LIMIT = 20.0


class DaemonFailed(Exception):
    """A daemon did not start, or did not do what it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version of a daemon and where it is installed."""

    version: str
    """The one that was tried; a root made later may hold a newer one."""
    program: str
    root: DebianRoot | None = None
    """None for what this machine's own apt installed."""

    def why_not(self) -> str | None:
        """Say why it cannot be started here, or None when it can."""
        if self.root is None:
            return None if shutil.which(self.program) else f"{self.program} is not installed"
        if lack := roots.why_not():
            return lack
        if not self.root.is_ready:
            return f"{self.root.suite} is not there: python -m tests.integration.roots"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where daemons run."""

    shared: Path
    """Folder of the lab, for payloads and profiles; all that a daemon in a root sees of the
    machine."""
    namespace: Namespace | None = None

    @property
    def torrents(self) -> Path:
        """Where .torrent files and payloads lie."""
        return self.shared / "torrents"


class DaemonProcess:
    """The process of one daemon."""

    def __init__(self, release: Release, place: Place, log: Path) -> None:
        self.release = release
        self.place = place
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def inside(self, path: Path) -> str:
        """Return what the daemon has to call `path`, one below the lab's folder."""
        root = self.release.root
        return str(root.inside(path, self.place.shared) if root else path)

    def start(self, arguments: Sequence[str]) -> None:
        """Start the release's program with `arguments`; it is not ready yet when this returns."""
        argv = [self.release.program, *arguments]
        if self.release.root:
            argv = self.release.root.argv(argv, self.place.shared)
        if self.place.namespace:
            argv = self.place.namespace.argv(argv)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )

    def stop(self) -> None:
        """End it as a user would; may be repeated."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_LIMIT)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a crash would; may be repeated."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def has_crashed(self) -> bool:
        """Whether it broke down by itself."""
        return self._process is not None and self._process.poll() == -signal.SIGSEGV

    @property
    def pid(self) -> int:
        """Its number; raises `DaemonFailed` when it was not started."""
        if self._process is None:
            raise DaemonFailed(f"{self.release.program} does not run")
        return self._process.pid

    def log(self) -> str:
        """Return the end of what it wrote."""
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""
