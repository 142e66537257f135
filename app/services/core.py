"""The core as front ends get it: services by name, the beat that keeps house, start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from app.domain.address import Prefix
from app.domain.remap import Remap
from app.domain.rules.progress_cheat import PROGRESS_CHEAT
from app.domain.rules.scripts import SCRIPTS
from app.locale.texts import say
from app.services.addressing import remap_of
from app.services.alerts import Alerts
from app.services.ban_list import BanList
from app.services.bans import Bans
from app.services.blocklists import Blocklists
from app.services.breaker import Breaker
from app.services.court import Basis, Court, CourtStore, make_court
from app.services.discovery import Discovery
from app.services.downloaders import Downloaders
from app.services.errors import StorageError
from app.services.events import (
    DownloadersChanged,
    EventBus,
    ListsChanged,
    PlacesChanged,
    RulesChanged,
    ScriptsChanged,
    SettingsChanged,
)
from app.services.exceptions import Exceptions
from app.services.leakage import Leakage, LeakStore
from app.services.log_ring import LogRing
from app.services.lookups import Current, Lookups, NameServers, limits_of
from app.services.nat_watch import NatWatch
from app.services.outside import Outside
from app.services.ports import Clock, OpenDownloader, Settings, SettingsFiles, Store
from app.services.progress_records import ProgressRecords
from app.services.protection import Protection
from app.services.records import Records, RecordStore
from app.services.rules import Rules
from app.services.settings import SettingsBook
from app.services.shadow_log import ShadowLog
from app.services.statistics import SAMPLE_MS, Statistics
from app.services.subscriptions import Subscriptions
from app.services.tasks import Tasks

log = logging.getLogger(__name__)

_HISTORY_EVERY: Final = 3600 * 1000
_DAY: Final = 24 * 3600 * 1000


class WholeStore(Store, RecordStore, CourtStore, Protocol):
    """All that survives a restart."""

    @property
    def leaks(self) -> LeakStore: ...


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
    protection: Protection
    exceptions: Exceptions
    rules: Rules
    shadows: ShadowLog
    breaker: Breaker
    nat_watch: NatWatch
    lookups: Lookups
    subscriptions: Subscriptions
    progress: ProgressRecords
    records: Records
    downloaders: Downloaders
    discovery: Discovery
    leakage: Leakage
    blocklists: Blocklists
    statistics: Statistics
    alerts: Alerts
    log_ring: LogRing

    @property
    def remap(self) -> Remap:
        """How the ban list is widened for exports."""
        return remap_of(self.settings.config, self.spared())

    def spared(self) -> tuple[Prefix, ...]:
        """What no ban may take in."""
        return (*self.exceptions.whole(), *self.protection.prefixes())


@asynccontextmanager
async def running_core(  # noqa: PLR0913 - composed by hand in one place
    *,
    version: str,
    data_dir: Path,
    settings: Settings,
    files: SettingsFiles,
    store: WholeStore,
    open_downloader: OpenDownloader,
    blocklists: Blocklists,
    outside: Outside,
    bus: EventBus,
    clock: Clock,
    log_ring: LogRing,
) -> AsyncIterator[Core]:
    """Build the core, load what is stored, and watch until the block ends. Raises StorageError, InvalidRule."""
    basis = Basis(
        settings=SettingsBook(files, settings, bus),
        protection=Protection(outside.read_interfaces, bus),
        exceptions=Exceptions(store, bus, clock),
        ban_list=BanList(store, bus, clock),
        store=store,
        outside=outside,
        data_dir=data_dir,
        bus=bus,
        clock=clock,
    )
    core = _composed(_Given(version, basis, store, open_downloader, blocklists, log_ring))
    await _load(core)
    current = Current(lambda: core.settings.config, lambda: core.settings.profile)
    name_servers = NameServers(core.lookups.names, outside, bus)
    await name_servers.follow(current)
    _connect(core, name_servers, current)
    _start(core)
    try:
        await core.downloaders.start()
        yield core
    finally:
        await _close(core)
        await name_servers.close()


@dataclass(frozen=True, slots=True)
class _Given:
    """What bootstrap brings, and what was made of it first."""

    version: str
    basis: Basis
    store: WholeStore
    open_downloader: OpenDownloader
    blocklists: Blocklists
    log_ring: LogRing


def _composed(given: _Given) -> Core:
    basis, store = given.basis, given.store
    book, ban_list, bus, clock = basis.settings, basis.ban_list, basis.bus, basis.clock
    court = make_court(basis, lambda: downloaders)
    breaker = Breaker(lambda: book.profile.circuit_breaker, court.rules, ban_list, bus, clock)
    leakage = Leakage(store.leaks, bus, clock)
    downloaders = Downloaders(
        settings=book,
        open_downloader=given.open_downloader,
        judge=court.judge,
        ban_list=ban_list,
        store=store,
        bus=bus,
        clock=clock,
        spared=lambda: core.spared(),  # noqa: PLW0108 - made below
        admit=breaker.admit,
        leakage=leakage,
    )
    core = _core(given, court, breaker, leakage, downloaders)
    return core


def _core(
    given: _Given, court: Court, breaker: Breaker, leakage: Leakage, downloaders: Downloaders
) -> Core:
    """All that is made by now, and those that only front ends need."""
    basis, store = given.basis, given.store
    book, ban_list, bus, clock = basis.settings, basis.ban_list, basis.bus, basis.clock
    return Core(
        version=given.version,
        data_dir=basis.data_dir,
        bus=bus,
        clock=clock,
        settings=book,
        tasks=Tasks(bus),
        ban_list=ban_list,
        bans=Bans(ban_list, basis.protection, basis.exceptions, store, clock),
        protection=basis.protection,
        exceptions=basis.exceptions,
        rules=court.rules,
        shadows=court.shadows,
        breaker=breaker,
        nat_watch=NatWatch(bus, clock, downloaders.name_of),
        lookups=court.lookups,
        subscriptions=court.subscriptions,
        progress=court.progress,
        records=Records(
            store=store, settings=book, limiters=downloaders.limiters, bus=bus, clock=clock
        ),
        downloaders=downloaders,
        discovery=Discovery(
            basis.outside.scan, lambda: (state.settings for state in downloaders.states())
        ),
        leakage=leakage,
        blocklists=given.blocklists,
        statistics=Statistics(ban_list, bus, clock),
        alerts=Alerts(bus),
        log_ring=given.log_ring,
    )


async def _load(core: Core) -> None:
    """Read what is stored; all that nothing may be pushed or served before (D-1)."""
    core.exceptions.configure(core.settings.profile.ignore_peers_from_addresses)
    await core.exceptions.load()
    await core.protection.look()
    await core.ban_list.load()
    await core.leakage.load()
    if not core.settings.config.persist.banlist:
        await core.ban_list.remove([ban.prefix for ban in core.ban_list])
    await core.bans.release_spared()
    await core.subscriptions.load()
    await core.lookups.load()
    core.rules.rebuild()


def _connect(core: Core, name_servers: NameServers, current: Current) -> None:
    """Let services follow what others announce."""
    judging = core.rules

    def on_settings(_event: SettingsChanged) -> None:
        profile = core.settings.profile
        if core.exceptions.configure(profile.ignore_peers_from_addresses):
            core.bus.publish(RulesChanged())
        core.tasks.start(name_servers.follow(current), "choose name servers")
        core.progress.use(*profile.areas(PROGRESS_CHEAT))
        core.lookups.scripts.use(limits_of(profile.expression_engine), active=profile.uses(SCRIPTS))

    def on_rules(_event: RulesChanged) -> None:
        judging.forget()
        core.tasks.start(core.bans.release_spared(), "lift bans that are spared")

    def on_downloaders(event: DownloadersChanged) -> None:
        for downloader in event.gone:
            if core.downloaders.ref(downloader) is None:  # else it was edited or paused
                core.blocklists.drop(downloader)

    core.bus.subscribe(SettingsChanged, on_settings)
    core.bus.subscribe(DownloadersChanged, on_downloaders)
    core.bus.subscribe(RulesChanged, on_rules)
    core.bus.subscribe(ListsChanged, lambda _event: judging.rebuild())
    core.bus.subscribe(PlacesChanged, lambda _event: judging.forget())
    core.bus.subscribe(ScriptsChanged, lambda _event: judging.forget())


def _start(core: Core) -> None:
    """What goes on by itself while the program runs."""
    for service, name in (
        (core.protection.run(), "look at interfaces"),
        (core.lookups.places.run(), "keep places up to date"),
        (core.subscriptions.run(), "keep lists up to date"),
        (core.lookups.names.run(), "look names up"),
        (core.lookups.scripts.run(), "run scripts"),
        (core.progress.run(), "keep the memory of progress"),
        (core.records.run(), "keep records"),
        (core.shadows.run(), "keep decisions in shadow"),
        (core.leakage.run(), "keep what leaked"),
        (_keep_house(core), "keep house"),
    ):
        core.tasks.start(service, name)


async def _close(core: Core) -> None:
    # Commands first: one that is under way could begin to watch anew.
    await core.tasks.close()
    await core.downloaders.close()
    await core.ban_list.settled()
    await core.progress.close()
    await core.records.close()
    await core.shadows.flush()
    await core.leakage.flush()


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
