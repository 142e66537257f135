"""Builds everything, top to bottom, by hand; the only module that knows every layer."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from app.adapters.config_files import CONFIG, PROFILE, ConfigFiles
from app.adapters.downloaders import open_downloader
from app.adapters.downloaders.discovery import Scanner
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.fetch import HttpFetch
from app.adapters.geoip.files import GeoFiles
from app.adapters.interfaces import read_interfaces
from app.adapters.reverse_dns import ReverseDns, read_servers
from app.adapters.scripting.engine import MontyEngine
from app.adapters.scripting.folder import ScriptDirectory
from app.adapters.scripting.worker import worker_binary
from app.adapters.storage import directory_lock, open_store
from app.api.server import ApiServer
from app.collector import collecting
from app.domain.errors import AppError
from app.domain.reason import Text
from app.domain.rules.address_subscription import ADDRESS_SUBSCRIPTION
from app.domain.rules.name_subscription import NAME_SUBSCRIPTION
from app.locale import match_language, set_language, system_language
from app.locale.texts import say
from app.logs import logging_to
from app.options import Options
from app.resource import resource
from app.services.addressing import translation_of
from app.services.blocklists import Blocklists
from app.services.clock import wall_clock
from app.services.core import Core, running_core
from app.services.events import AlertRaised, EventBus
from app.services.log_ring import LogRing
from app.services.outside import Outside
from app.services.places import BASES
from app.services.ports import Settings
from app.settings.config import Config, Resolvers
from app.settings.downloader import DownloaderSettings, downloader_changes
from app.settings.profile import area_field
from app.settings.secret import Secret
from app.version import __version__

log = logging.getLogger(__name__)

DEMO: Final = "demo"
"""Id of the demo's downloader."""


@dataclass(frozen=True, slots=True)
class Program:
    """The running program, as front ends need it."""

    core: Core
    api: ApiServer | None
    """None when its port is taken; the desktop runs on without it."""


def headless(options: Options) -> int:
    """Run without a window until a signal ends it; returns the exit code."""
    return asyncio.run(_headless(options))


def desktop(options: Options) -> int:
    """Run with the desktop until the user quits; returns the exit code."""
    from app.ui import application

    return application.run(partial(_desktop, options))


async def _headless(options: Options) -> int:
    stop = asyncio.Event()
    with stopping(stop):
        async with running(options, api_required=True) as program:
            if program.api is not None:
                print(f"PeerWarden {__version__} API {program.api.url}", flush=True)
            await stop.wait()
    return 0


async def _desktop(options: Options) -> int:
    from app.ui import application

    stop = asyncio.Event()
    with stopping(stop):
        async with running(options, api_required=False) as program:
            url = program.api.url if program.api is not None else None
            await application.show(
                program.core, api_url=url, minimized=options.minimized, stop=stop
            )
    return 0


@asynccontextmanager
async def running(options: Options, *, api_required: bool) -> AsyncIterator[Program]:
    """Open settings and database, start the core and the API; close them in the other order.

    Raises AppError when the program cannot start.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(collecting())
        folder = _data_dir(options, stack)
        ring = stack.enter_context(logging_to(folder, options.log_level))
        stack.enter_context(directory_lock(folder))
        files = ConfigFiles(folder)
        if options.demo:
            await _add_demo(options, files, stack)
        config, profile = await asyncio.to_thread(files.load)
        _choose_language(options, config)
        core = await _core(folder, files, Settings(config=config, profile=profile), ring, stack)
        api = await _api(options, core, stack, required=api_required)
        yield Program(core, api)


async def _core(
    folder: Path, files: ConfigFiles, settings: Settings, ring: LogRing, stack: AsyncExitStack
) -> Core:
    bus = EventBus()
    store = await open_store(folder / "peerwarden.db")
    stack.push_async_callback(store.close)
    blocklists = Blocklists()
    around = Surroundings(
        translation=translation_of(settings.config),
        clock=wall_clock,
        facts=store.facts,
        shelf=blocklists,
    )
    core = await stack.enter_async_context(
        running_core(
            version=__version__,
            data_dir=folder,
            settings=settings,
            files=files,
            store=store,
            open_downloader=partial(open_downloader, around=around),
            blocklists=blocklists,
            outside=outside_of(folder),
            bus=bus,
            clock=wall_clock,
            log_ring=ring,
        )
    )
    if store.recovered is not None:
        aside = str(store.recovered.moved_to)
        text = Text("storage-recovered", {"path": aside, "reason": store.recovered.reason})
        log.warning("%s", say(text))
        bus.publish(AlertRaised(kind="storage-recovered", text=text, severe=True))
    for entry in settings.config.unsupported:
        log.warning("downloader %s is of the kind %s, which is not watched", entry.name, entry.type)
    return core


def outside_of(folder: Path) -> Outside:
    """The real neighbours of rules and records; `folder` is the data directory."""
    return Outside(
        read_interfaces=read_interfaces,
        open_fetch=HttpFetch,
        place_files=GeoFiles(folder / "geoip", folder / "cache" / "geoip"),
        place_sources=BASES,
        open_resolver=_open_resolver,
        script_engine=MontyEngine(worker_binary()),
        script_files=ScriptDirectory(folder / "scripts", resource("scripts")),
        scan=Scanner(),
    )


def standalone_outside(folder: Path, scratch: Path) -> Outside:
    """The neighbours of rules without the program: nobody is asked, `folder` stays as it is, copies go to `scratch`.

    Raises AppError.
    """
    scripts = scratch / "scripts"
    if (folder / "scripts").is_dir():
        try:
            shutil.copytree(folder / "scripts", scripts, symlinks=True)
        except OSError as error:  # shutil.Error is one
            reason = error.strerror or str(error)
            path = str(folder / "scripts")
            raise AppError(Text("file-unreadable", {"path": path, "reason": reason})) from None
    return replace(
        outside_of(folder),
        read_interfaces=tuple,
        place_files=GeoFiles(folder / "geoip", scratch / "geoip"),
        place_sources=(),
        open_resolver=lambda _settings: (None, ()),
        script_files=ScriptDirectory(scripts, resource("scripts")),
    )


def _open_resolver(settings: Resolvers) -> tuple[ReverseDns | None, tuple[Text, ...]]:
    servers = read_servers(settings.servers)
    if not servers.usable and not settings.use_system:
        return None, servers.problems
    return ReverseDns(servers.usable, use_system=settings.use_system), servers.problems


async def _api(
    options: Options, core: Core, stack: AsyncExitStack, *, required: bool
) -> ApiServer | None:
    server = core.settings.config.server
    port = server.http if options.api_port is None else options.api_port
    token = None if options.api_token is None else Secret(options.api_token)
    api = ApiServer(core, host=options.api_host or server.address, port=port, token=token)
    try:
        return await stack.enter_async_context(api)
    except AppError as error:
        if required:
            raise
        log.warning("%s", say(error.text))
        core.bus.publish(AlertRaised(kind="api-not-served", text=error.text, severe=True))
        return None


def _data_dir(options: Options, stack: AsyncExitStack) -> Path:
    if options.demo and options.data_dir is None:
        # On Windows a file may still be open for a moment when the folder goes.
        made = tempfile.TemporaryDirectory(prefix="peerwarden-demo-", ignore_cleanup_errors=True)
        return Path(stack.enter_context(made))
    folder = options.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise AppError(Text("data-dir-unusable", {"path": str(folder), "reason": reason})) from None
    return folder


async def _add_demo(options: Options, files: ConfigFiles, stack: AsyncExitStack) -> None:
    from app.demo.process import DemoServer  # 6 MB that nobody else needs

    server = DemoServer(peers=options.demo_peers, torrents=options.demo_torrents)
    await stack.enter_async_context(server)
    settings = DownloaderSettings(
        id=DEMO,
        name="Demo",
        endpoint=server.endpoint,
        username=server.username,
        password=Secret(server.password),
        increment_ban=True,
    )
    # The demo shows what it does to a swarm of its own, and asks nobody else for anything.
    alone = {("ip-database", "auto-update"): False, **downloader_changes(settings)}
    _, profile = await asyncio.to_thread(files.change, CONFIG, alone)
    lists: dict[tuple[str, ...], object] = {
        ("module", name, "rules", each.id, "enabled"): False
        for name in (ADDRESS_SUBSCRIPTION, NAME_SUBSCRIPTION)
        for each in getattr(profile, area_field(name)).lists
    }
    if lists:
        await asyncio.to_thread(files.change, PROFILE, lists)


def _choose_language(options: Options, config: Config) -> None:
    if options.language is None:
        set_language(match_language(config.language) or system_language())


@contextmanager
def stopping(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` on SIGTERM and SIGINT while the block runs."""
    loop = asyncio.get_running_loop()
    wanted = (signal.SIGTERM, signal.SIGINT)
    if sys.platform == "win32":
        for number in wanted:
            signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop.set))
        yield
        return
    for number in wanted:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in wanted:
            with suppress(RuntimeError):  # the loop may have closed meanwhile
                loop.remove_signal_handler(number)
