"""The core as front ends get it: services by name, the beat that keeps house, start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from app.domain.address import IPAddress, Prefix
from app.domain.ban import DownloaderRef
from app.domain.remap import Remap
from app.domain.rules.progress_cheat import PROGRESS_CHEAT
from app.domain.rules.scripts import SCRIPTS
from app.locale.texts import say
from app.services.alerts import Alerts
from app.services.ban_list import BanList
from app.services.bans import Bans
from app.services.blocklists import Blocklists
from app.services.breaker import Breaker
from app.services.discovery import Discovery
from app.services.downloaders import Downloaders, remap_of
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
from app.services.judge import Judge
from app.services.leakage import Leakage, LeakStore
from app.services.log_ring import LogRing
from app.services.lookups import (
    Current,
    Lookups,
    NameServers,
    limits_of,
    make_places,
    make_scripts,
)
from app.services.nat_watch import NatWatch
from app.services.neighbours import Neighbours
from app.services.outside import Outside
from app.services.ports import Clock, OpenDownloader, Settings, SettingsFiles, Store
from app.services.progress_records import ProgressRecords, ProgressStore
from app.services.protection import Protection
from app.services.records import Records, RecordStore
from app.services.reverse_names import ReverseNames
from app.services.rule_set import Memories, RuleBook
from app.services.rules import Rules
from app.services.settings import SettingsBook
from app.services.shadow_log import ShadowLog, ShadowStore
from app.services.standalone import LISTS
from app.services.statistics import SAMPLE_MS, Statistics
from app.services.subscription import SubscriptionStore, Surroundings
from app.services.subscriptions import Subscriptions
from app.services.tasks import Tasks
from app.settings.profile import Profile

log = logging.getLogger(__name__)

_HISTORY_EVERY: Final = 3600 * 1000
_DAY: Final = 24 * 3600 * 1000


class WholeStore(Store, RecordStore, Protocol):
    """All that survives a restart."""

    @property
    def subscriptions(self) -> SubscriptionStore: ...

    @property
    def progress(self) -> ProgressStore: ...

    @property
    def shadows(self) -> ShadowStore: ...

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
    core = _composed(
        _Given(version, data_dir, settings, files, store, open_downloader, outside, bus, clock),
        log_ring,
        blocklists,
    )
    await _load(core)
    current = Current(lambda: core.settings.config, lambda: core.settings.profile)
    name_servers = NameServers(core.lookups.names, outside, bus)
    await name_servers.follow(current)
    _connect(core, name_servers, current)
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
    try:
        await core.downloaders.start()
        yield core
    finally:
        # Commands first: one that is under way could begin to watch anew.
        await core.tasks.close()
        await core.downloaders.close()
        await core.ban_list.settled()
        await core.progress.close()
        await core.records.close()
        await core.shadows.flush()
        await core.leakage.flush()
        await name_servers.close()


@dataclass(frozen=True, slots=True)
class _Given:
    """What bootstrap brings."""

    version: str
    data_dir: Path
    settings: Settings
    files: SettingsFiles
    store: WholeStore
    open_downloader: OpenDownloader
    outside: Outside
    bus: EventBus
    clock: Clock


def _composed(given: _Given, log_ring: LogRing, blocklists: Blocklists) -> Core:
    bus, clock, store = given.bus, given.clock, given.store
    book = SettingsBook(given.files, given.settings, bus)
    protection = Protection(given.outside.read_interfaces, bus)
    exceptions = Exceptions(store, bus, clock)
    ban_list = BanList(store, bus, clock)
    neighbours = Neighbours(ban_list, bus)
    live = _Live(lambda: core.downloaders)
    subscriptions = _subscriptions(given, book, protection, live)
    memories = Memories()
    progress = ProgressRecords(
        memories.progress, store.progress, bus, clock, *book.profile.areas(PROGRESS_CHEAT)
    )
    lookups = Lookups(
        places=make_places(
            Current(lambda: book.config, lambda: book.profile), given.outside, bus, clock
        ),
        names=ReverseNames(None, clock, live.review),
        lists=subscriptions,
        scripts=make_scripts(book.profile, given.outside, bus),
        memories=memories,
        more=(progress,),
    )
    parts = lookups.parts(neighbours)
    rule_book = RuleBook(book.profile, parts)
    judge = Judge(
        protection,
        exceptions,
        rule_book.whole,
        variants=rule_book.variant,
        outlook=lookups.outlook(neighbours, lambda: judge.in_use),
    )
    shadows = ShadowLog(store.shadows, live.ref, bus, clock)
    rules = Rules(
        settings=book,
        judge=judge,
        book=rule_book,
        parts=parts,
        bus=bus,
        clock=clock,
        shadows=shadows,
        entries=lambda profile: _entries(profile, lookups),
    )
    breaker = Breaker(lambda: book.profile.circuit_breaker, rules, ban_list, bus, clock)
    leakage = Leakage(store.leaks, bus, clock)
    downloaders = Downloaders(
        settings=book,
        open_downloader=given.open_downloader,
        judge=judge,
        ban_list=ban_list,
        store=store,
        bus=bus,
        clock=clock,
        spared=lambda: core.spared(),  # noqa: PLW0108 - made below
        admit=breaker.admit,
        leakage=leakage,
    )
    core = Core(
        version=given.version,
        data_dir=given.data_dir,
        bus=bus,
        clock=clock,
        settings=book,
        tasks=Tasks(bus),
        ban_list=ban_list,
        bans=Bans(ban_list, protection, exceptions, store, clock),
        protection=protection,
        exceptions=exceptions,
        rules=rules,
        shadows=shadows,
        breaker=breaker,
        nat_watch=NatWatch(bus, clock, downloaders.name_of),
        lookups=lookups,
        subscriptions=subscriptions,
        progress=progress,
        records=Records(
            store=store, settings=book, limiters=downloaders.limiters, bus=bus, clock=clock
        ),
        downloaders=downloaders,
        discovery=Discovery(
            given.outside.scan, lambda: (state.settings for state in downloaders.states())
        ),
        leakage=leakage,
        blocklists=blocklists,
        statistics=Statistics(ban_list, bus, clock),
        alerts=Alerts(bus),
        log_ring=log_ring,
    )
    return core


class _Live:
    """The downloaders, for services that are made before them and ask only while the program runs."""

    def __init__(self, downloaders: Callable[[], Downloaders]) -> None:
        self._downloaders = downloaders

    def addresses(self) -> tuple[IPAddress, ...]:
        return self._downloaders().addresses()

    def client_names(self) -> tuple[str, ...]:
        return self._downloaders().client_names()

    def ref(self, downloader_id: str) -> DownloaderRef | None:
        return self._downloaders().ref(downloader_id)

    def review(self, addresses: Collection[IPAddress]) -> None:
        self._downloaders().review(addresses)


def _subscriptions(
    given: _Given, book: SettingsBook, protection: Protection, live: _Live
) -> Subscriptions:
    return Subscriptions(
        settings=book,
        fetch=given.outside.open_fetch(lambda: book.config.proxy),
        store=given.store.subscriptions,
        folder=given.data_dir / LISTS,
        surroundings=Surroundings(
            own=protection.prefixes,
            addresses=live.addresses,
            client_names=live.client_names,
        ),
        bus=given.bus,
        clock=given.clock,
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


def _entries(profile: Profile, lookups: Lookups) -> Mapping[str, int]:
    """What each rule holds, as the list of rules counts it."""
    addresses = profile.ip_address_blocker
    return {
        "ip-address-blocker": sum(
            map(
                len,
                (
                    addresses.ips,
                    addresses.ports,
                    addresses.asns,
                    addresses.regions,
                    addresses.cities,
                    addresses.net_type,
                ),
            )
        ),
        "peer-id-blacklist": len(profile.peer_id_blacklist.banned_peer_id),
        "client-name-blacklist": len(profile.client_name_blacklist.banned_client_name),
        "ip-address-blocker-rules": sum(map(len, lookups.lists.address_lists())),
        "peer-name-blocker-rules": sum(map(len, lookups.lists.name_lists())),
        "ptr-blacklist": len(profile.ptr_blacklist.ptr_rules),
        "expression-engine": sum(state.enabled for state in lookups.scripts.states()),
    }


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
