"""The simulated qBittorrent as a process of its own, which never outlives the one that started it."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from app.demo import version as versions
from app.demo.server import DemoQBittorrent
from app.demo.swarm import Swarm

PASSWORD: Final = "PEERWARDEN_DEMO_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that brings the child its password."""
CHILD: Final = "PEERWARDEN_DEMO_CHILD"
"""Set in the environment of a child, which then ends when its standard input does."""
USERNAME: Final = "demo"

_HEADLINE: Final = "PeerWarden demo qBittorrent "
_START_LIMIT: Final = 20.0
_END_LIMIT: Final = 1.5


async def serve(
    peers: int = 120,
    torrents: int = 12,
    port: int = 0,
    *,
    version: str = versions.DEFAULT,
    churn: float = 0.1,
    seed: int = 7,
) -> None:
    """Serve until cancelled, or until the parent goes away if there is one.

    Prints one line, `PeerWarden demo qBittorrent http://127.0.0.1:PORT user NAME`, and adds
    ` password WORD` when the environment brought none and one had to be made.
    """
    given = os.environ.get(PASSWORD, "")
    password = given or secrets.token_urlsafe(12)
    orphaned = _orphaned() if os.environ.get(CHILD) else asyncio.Event()
    swarm = Swarm(peers=peers, torrents=torrents, churn=churn, seed=seed)
    swarm.torrents()  # a real one has its peers when it is asked first
    server = DemoQBittorrent(
        swarm,
        version=version,
        username=USERNAME,
        password=password,
    )
    await server.start(port)
    try:
        line = f"{_HEADLINE}{server.url} user {USERNAME}"
        # Written past sys.stdout, which a windowed bundle does not have.
        os.write(1, (line if given else f"{line} password {password}").encode() + b"\n")
        await orphaned.wait()
    finally:
        await server.stop()


def _orphaned() -> asyncio.Event:
    """An event that is set once standard input ends, which it does however the parent ends."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def watch() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass  # no standard input at all is the same as one that has ended
        loop.call_soon_threadsafe(event.set)

    # Ctrl+C in a terminal reaches the child too; when to end is the parent's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A daemon thread, because nothing can interrupt its read.
    threading.Thread(target=watch, name="demo-parent", daemon=True).start()
    return event


class DemoFailed(RuntimeError):
    """The child ended or said nothing instead of serving."""


class DemoServer:
    """A child process with a simulated qBittorrent; an async context manager around its life.

    `endpoint`, `username` and `password` are what a downloader's settings need. The child ends when
    the block does, and also when this process dies without a chance to clean up.
    """

    def __init__(
        self, *, peers: int = 120, torrents: int = 12, command: Sequence[str] | None = None
    ) -> None:
        """`command` is the program and its arguments; sizes are appended to it."""
        self.endpoint = ""
        self.username = USERNAME
        self.password = secrets.token_urlsafe(18)
        sizes = ("--demo-peers", str(peers), "--demo-torrents", str(torrents))
        self._command = (*(command or _own_command()), *sizes)
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the child and wait until it serves; DemoFailed if it does not."""
        # Threads instead of asyncio's subprocesses, which not every Qt loop and platform supports.
        self._process = process = await asyncio.to_thread(self._spawn)
        line = ""
        try:
            async with asyncio.timeout(_START_LIMIT):
                line = await asyncio.to_thread(_first_line, process)
            if line.startswith(_HEADLINE):
                self.endpoint = line.removeprefix(_HEADLINE).split()[0]
        except TimeoutError:
            pass  # told below
        finally:
            if not self.endpoint:
                await self.stop()
        if not self.endpoint:
            raise DemoFailed(f"the simulated qBittorrent did not start, it said {line!r}")

    async def stop(self) -> None:
        """End the child, by asking first; may be called twice."""
        process, self._process = self._process, None
        if process is not None:
            await asyncio.shield(asyncio.to_thread(_end, process))

    def _spawn(self) -> subprocess.Popen[bytes]:
        # Options meant for this process must not reach the child through the environment.
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PEERWARDEN_")
        }
        environment |= {PASSWORD: self.password, CHILD: "1"}
        return subprocess.Popen(  # noqa: S603 - our own program
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=None if _is_frozen() else _checkout(),
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def _own_command() -> tuple[str, ...]:
    if _is_frozen():
        return (sys.executable, "--demo-server-only")
    return (sys.executable, "-m", "app", "--demo-server-only")


def _is_frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def _checkout() -> Path:
    """The folder from which `-m app` finds this very program."""
    return Path(__file__).resolve().parents[2]


def _first_line(process: subprocess.Popen[bytes]) -> str:
    return _pipe(process.stdout).readline().decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    _pipe(process.stdin).close()
    try:
        process.wait(_END_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _pipe(process.stdout).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise DemoFailed("the child was started without pipes")
    return pipe
