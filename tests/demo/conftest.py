"""A clock that only moves when told, and a client that is logged in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import httpx
import pytest

from app.demo.server import DemoQBittorrent

Open: TypeAlias = Callable[[DemoQBittorrent], AbstractAsyncContextManager[httpx.AsyncClient]]


class Clock:
    """Seconds that pass on command."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def anonymous(server: DemoQBittorrent) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server's API that has not logged in."""
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v2/", timeout=30) as client:
        yield client


@asynccontextmanager
async def logged_in(server: DemoQBittorrent) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server's API with a session."""
    async with anonymous(server) as client:
        answer = await client.post(
            "auth/login", data={"username": "admin", "password": "adminadmin"}
        )
        assert answer.is_success
        yield client
