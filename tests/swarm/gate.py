"""A door into a namespace: a port of 127.0.0.1 outside leads to the same port inside.

A test, a browser or curl outside talks to a daemon or a program inside under one and the same URL,
so also checks of the `Host` header hold. One thread listens outside first, then enters the
namespace and connects from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import socket
import threading
from types import TracebackType
from typing import Self

from tests.swarm.namespace import Namespace

LOOPBACK = "127.0.0.1"
LIMIT = 10.0
_CLONE_NEWNET = 0x40000000


class Gate:
    """Open while used as a context; the port is reserved outside and free inside from the start."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._listener = socket.create_server((LOOPBACK, 0), backlog=256)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._entered = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._run, name=f"gate-{self.port}")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The same for both sides."""
        return f"http://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._entered.wait(LIMIT):
            raise TimeoutError("the gate did not open")
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._serving is not None:
            self._loop.call_soon_threadsafe(self._serving.cancel)
        self._thread.join(LIMIT)

    def _run(self) -> None:
        with self._listener:
            try:
                _enter(self._namespace)
            except OSError as error:
                self._failure = error
                self._entered.set()
                return
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._serving = asyncio.get_running_loop(), asyncio.current_task()
        self._entered.set()
        async with asyncio.TaskGroup() as carriers:
            while True:
                outer, _ = await self._loop.sock_accept(self._listener)
                carriers.create_task(self._carry(outer))

    async def _carry(self, outer: socket.socket) -> None:
        with outer, socket.socket() as inner:
            inner.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(inner, (LOOPBACK, self.port))
            except (
                OSError
            ):  # nobody listens inside: to the caller it looks like a server that hangs up
                return
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(_pump(outer, inner))
                pumps.create_task(_pump(inner, outer))


def listen_inside(namespace: Namespace) -> socket.socket:
    """Return a listener on a free port of the namespace's 127.0.0.1, to be served from outside of it.

    A socket stays where it was made, so a thread makes it that goes there and ends.
    """
    made: list[socket.socket] = []
    failures: list[OSError] = []

    def make() -> None:
        try:
            _enter(namespace)
            made.append(socket.create_server((LOOPBACK, 0), backlog=256))
        except OSError as error:
            failures.append(error)

    thread = threading.Thread(target=make, name="listen-inside")
    thread.start()
    thread.join(LIMIT)
    if failures:
        raise failures[0]
    return made[0]


async def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes one way until that way ends; a broken connection ends both ways."""
    loop = asyncio.get_running_loop()
    try:
        while chunk := await loop.sock_recv(source, 65_536):
            await loop.sock_sendall(sink, chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _enter(namespace: Namespace) -> None:
    """Move the calling thread, and only it, into `namespace`; `os.setns` is new in Python 3.12."""
    handle = os.open(namespace.handle, os.O_RDONLY | os.O_CLOEXEC)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(handle, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "cannot enter the namespace", namespace.name)
    finally:
        os.close(handle)
