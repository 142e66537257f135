"""Clients that take a connection and never answer, of each kind: who watches them no more is free of them at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.adapters.downloaders import open_downloader
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DOWNLOADER_KINDS, DownloaderKind
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.services.fakes import House, house

KINDS = list(DOWNLOADER_KINDS.values())
WAYS = [("pause", kind) for kind in KINDS] + [("remove", KINDS[0]), ("edit", KINDS[0])]


@dataclass
class Silent:
    """Listens, reads, says nothing."""

    port: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    connected: int = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        self.left.clear()
        try:
            while await reader.read(65536):
                self.asked.set()
        except ConnectionError:
            pass
        finally:
            writer.close()
            self.connected -= 1
            if not self.connected:
                self.left.set()


@asynccontextmanager
async def silent() -> AsyncIterator[Silent]:
    found = Silent()
    server = await asyncio.start_server(found.take, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    async with server:
        yield found
        async with asyncio.timeout(5):
            while found.connected:
                await found.left.wait()


def settings_for(kind: DownloaderKind, port: int) -> DownloaderSettings:
    given: dict[str, Any] = {"password": Secret("x"), "username": "me", "token": Secret("t")}
    own = {name: value for name, value in given.items() if name in kind.fields}
    scheme, _, rest = kind.endpoint.partition("://")
    path = rest.partition("/")[2]
    return DownloaderSettings(
        id="qb",
        type=kind.key,
        endpoint=f"{scheme}://127.0.0.1:{port}/{path}".rstrip("/"),
        **{**kind.defaults, **own},
    )


def working() -> set[str]:
    """The tasks that are about downloaders, by name."""
    about = ("services/sweep.py", "services/downloaders.py", "adapters/downloaders/")
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return {task.get_name() for task in tasks if any(path in repr(task) for path in about)}


@pytest.mark.parametrize(("way", "kind"), WAYS, ids=lambda it: getattr(it, "key", it))
async def test_one_that_hangs_is_left_within_five_seconds(
    tmp_path: Path, way: str, kind: DownloaderKind
) -> None:
    async with silent() as client, house(tmp_path) as it:
        settings = settings_for(kind, client.port)
        it.downloaders["qb"] = open_downloader(settings, around=surroundings())  # type: ignore[assignment]
        await it.core.downloaders.add(settings)
        async with asyncio.timeout(5):
            await client.asked.wait()
        assert working() >= {"watch qb"}
        # The next one under that name is another.
        del it.downloaders["qb"]
        async with asyncio.timeout(4):
            await give_up(it, way, settings)
            while client.connected:
                await client.left.wait()
        assert working() == ({"watch qb"} if way == "edit" else set())


async def give_up(it: House, way: str, settings: DownloaderSettings) -> None:
    match way:
        case "pause":
            await it.core.downloaders.pause("qb", paused=True)
        case "remove":
            await it.core.downloaders.remove("qb")
        case _:
            await it.core.downloaders.edit(settings)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
async def test_a_test_that_is_given_up_leaves_nothing(tmp_path: Path, kind: DownloaderKind) -> None:
    async with silent() as client, house(tmp_path) as it:
        settings = settings_for(kind, client.port)
        it.downloaders["qb"] = open_downloader(settings, around=surroundings())  # type: ignore[assignment]
        testing = asyncio.get_running_loop().create_task(it.core.downloaders.test(settings))
        async with asyncio.timeout(5):
            await client.asked.wait()
        testing.cancel()
        async with asyncio.timeout(4):
            await asyncio.wait([testing])
            while client.connected:
                await client.left.wait()
        assert working() == set()
