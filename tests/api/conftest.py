"""A REST server over a real core, real settings files and a real database; only the downloader is scripted."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.adapters.config_files import ConfigFiles
from app.adapters.storage import open_store
from app.api.server import ApiServer
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from app.services.blocklists import Blocklists
from app.services.core import Core, WholeStore, running_core
from app.services.events import EventBus, SweepFailed, Swept
from app.services.log_ring import LogRing
from app.services.ports import Downloader, Settings
from app.settings.downloader import DownloaderSettings, downloader_changes
from app.settings.secret import Secret
from tests.services.fakes import HandClock, House, MemoryStore, ScriptedDownloader, quiet_outside
from tests.services.test_sweep import swept

TOKEN = "correct-horse-battery"
NAS = "nas"

# Reading all certificates takes longer than most tests, and there is no TLS here.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass
class Served:
    """The server, what stands behind it, and two clients: one without a token and one with it."""

    house: House
    server: ApiServer
    anyone: httpx.AsyncClient
    admin: httpx.AsyncClient

    @property
    def core(self) -> Core:
        return self.house.core

    @property
    def clock(self) -> HandClock:
        return self.house.clock

    @property
    def downloader(self) -> ScriptedDownloader:
        return self.house.downloaders[NAS]

    async def show(self, torrent: Torrent, *peers: Peer) -> None:
        """Let the downloader have these peers, and sweep it."""
        self.downloader.show(torrent, *peers)
        await self.sweep()

    async def sweep(self, kind: type[Swept | SweepFailed] = Swept) -> None:
        """Wait for a sweep that began after this call; one may be under way."""
        with suppress(AssertionError):  # that one may end differently
            await swept(self.house, NAS, kind)
        await swept(self.house, NAS, kind)


@dataclass(frozen=True)
class Template:
    """Settings files with one downloader; making and reading them takes longer than a test."""

    folder: Path
    settings: Settings


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("settings")
    files = ConfigFiles(folder)
    files.load()
    nas = DownloaderSettings(id=NAS, name="NAS", endpoint="http://127.0.0.1:20000")
    config, profile = files.change("config.yml", downloader_changes(nas))
    return Template(folder, Settings(config=config, profile=profile))


@pytest.fixture
async def served(tmp_path: Path, template: Template) -> AsyncIterator[Served]:
    store = await open_store(tmp_path / "peerwarden.db")
    try:
        async with serving(tmp_path, template, store) as it:
            yield it
    finally:
        await store.close()


@asynccontextmanager
async def serving(folder: Path, template: Template, store: WholeStore) -> AsyncIterator[Served]:
    """A server over `store`."""
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    clock = HandClock()
    scripted: dict[str, ScriptedDownloader] = {}

    def open_downloader(settings: DownloaderSettings) -> Downloader:
        return scripted.setdefault(settings.id, ScriptedDownloader(clock))

    async with (
        running_core(
            version="0",
            data_dir=folder,
            settings=template.settings,
            files=ConfigFiles(folder),
            store=store,
            open_downloader=open_downloader,
            blocklists=Blocklists(),
            outside=quiet_outside(folder),
            bus=EventBus(),
            clock=clock,
            log_ring=LogRing(),
        ) as core,
        ApiServer(core, host="127.0.0.1", port=0, token=Secret(TOKEN)) as server,
        sent_to(server) as anyone,
        sent_to(server, Authorization=f"Bearer {TOKEN}") as admin,
    ):
        yield Served(House(core, clock, MemoryStore(), scripted), server, anyone, admin)


def sent_to(server: ApiServer, **headers: str) -> httpx.AsyncClient:
    """A client of `server` that ignores proxies of the environment."""
    return httpx.AsyncClient(
        base_url=server.url,
        headers=headers,
        trust_env=False,
        timeout=20,
        verify=_NO_CERTIFICATES,
    )


def fine(response: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    """The data of a successful answer."""
    answer = response.json()
    assert response.status_code == status, answer
    assert list(answer) == ["success", "message", "data"]
    assert answer["success"] is True
    return answer["data"]


def failed(response: httpx.Response, status: int) -> str:
    """The message of a failure."""
    answer = response.json()
    assert response.status_code == status, answer
    assert list(answer) == ["success", "message", "data"]
    assert answer["success"] is False
    assert answer["message"]
    return str(answer["message"])
