"""The core as front ends get it: services by name, the beat that keeps house, start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.domain.remap import Remap
from app.locale.texts import say
from app.services.alerts import Alerts
from app.services.ban_list import BanList
from app.services.bans import Bans
from app.services.downloaders import Downloaders, remap_of
from app.services.errors import StorageError
from app.services.events import EventBus, RulesChanged, SettingsChanged
from app.services.exceptions import Exceptions
from app.services.judge import Judge
from app.services.log_ring import LogRing
from app.services.ports import Clock, OpenDownloader, Settings, SettingsFiles, Store
from app.services.rules import Rules, build_rules
from app.services.settings import SettingsBook
from app.services.statistics import SAMPLE_MS, Statistics
from app.services.tasks import Tasks

log = logging.getLogger(__name__)

_HISTORY_EVERY: Final = 3600 * 1000
_DAY: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Everything that a front end may use."""

    version: str
    data_dir: Path
    bus: EventBus
    clock: Clock
    settings: SettingsBook
    tasks: Tasks
    ban_list: BanList
    bans: Bans
    exceptions: Exceptions
    rules: Rules
    downloaders: Downloaders
    statistics: Statistics
    alerts: Alerts
    log_ring: LogRing

    @property
    def remap(self) -> Remap:
        """How the ban list is widened for exports."""
        return remap_of(self.settings.config, self.exceptions.whole())


@asynccontextmanager
async def running_core(  # noqa: PLR0913 - composed by hand in one place
    *,
    version: str,
    data_dir: Path,
    settings: Settings,
    files: SettingsFiles,
    store: Store,
    open_downloader: OpenDownloader,
    bus: EventBus,
    clock: Clock,
    log_ring: LogRing,
) -> AsyncIterator[Core]:
    """Build the core, load what is stored, and watch until the block ends. Raises StorageError, InvalidRule."""
    book = SettingsBook(files, settings, bus)
    exceptions = Exceptions(store, bus, clock)
    exceptions.configure(settings.profile.ignore_peers_from_addresses)
    await exceptions.load()
    judge = Judge(exceptions, build_rules(settings.profile))
    ban_list = BanList(store, bus, clock)
    bans = Bans(ban_list, exceptions, store, clock)
    core = Core(
        version=version,
        data_dir=data_dir,
        bus=bus,
        clock=clock,
        settings=book,
        tasks=Tasks(bus),
        ban_list=ban_list,
        bans=bans,
        exceptions=exceptions,
        rules=Rules(book, judge, bus),
        downloaders=Downloaders(
            settings=book,
            open_downloader=open_downloader,
            judge=judge,
            exceptions=exceptions,
            ban_list=ban_list,
            store=store,
            bus=bus,
            clock=clock,
        ),
        statistics=Statistics(ban_list, bus, clock),
        alerts=Alerts(bus),
        log_ring=log_ring,
    )
    # Loaded and purged before anything is pushed or served (D-1).
    await ban_list.load()
    if not settings.config.persist.banlist:
        await ban_list.remove([ban.prefix for ban in ban_list])
    await bans.release_spared()

    def on_settings(_event: SettingsChanged) -> None:
        if exceptions.configure(book.profile.ignore_peers_from_addresses):
            bus.publish(RulesChanged())

    def on_rules(_event: RulesChanged) -> None:
        judge.forget()
        core.tasks.start(bans.release_spared(), "lift bans that an exception covers")

    bus.subscribe(SettingsChanged, on_settings)
    bus.subscribe(RulesChanged, on_rules)
    core.tasks.start(_keep_house(core), "keep house")
    try:
        await core.downloaders.start()
        yield core
    finally:
        # Commands first: one that is under way could begin to watch anew.
        await core.tasks.close()
        await core.downloaders.close()
        await ban_list.settled()


async def _keep_house(core: Core) -> None:
    swept_history = 0
    complaint = ""
    while True:
        core.statistics.sample()
        await core.downloaders.resume_when_due()
        try:
            await core.ban_list.expire()
            await core.exceptions.expire()
            if core.clock() - swept_history > _HISTORY_EVERY:
                swept_history = core.clock()
                await _forget_old_history(core)
        except StorageError as error:
            if say(error.text) != complaint:  # a full disk stays full for long
                complaint = say(error.text)
                log.warning("keeping house failed: %s", complaint)
        else:
            complaint = ""
        await asyncio.sleep(SAMPLE_MS / 1000)


async def _forget_old_history(core: Core) -> None:
    days = core.settings.config.persist.ban_logs_keep_days
    if days > 0:
        await core.bans.forget_history(before=core.clock() - days * _DAY)
