"""The court: what peers are judged by, put together from remote lists and lookups up to the judge and its rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.address import IPAddress
from app.domain.ban import DownloaderRef
from app.domain.rules.progress_cheat import PROGRESS_CHEAT
from app.services.ban_list import BanList
from app.services.downloaders import Downloaders
from app.services.events import EventBus
from app.services.exceptions import Exceptions
from app.services.judge import Judge
from app.services.lookups import Current, Lookups, make_places, make_scripts
from app.services.neighbours import Neighbours
from app.services.outside import Outside
from app.services.ports import Clock
from app.services.progress_records import ProgressRecords, ProgressStore
from app.services.protection import Protection
from app.services.reverse_names import ReverseNames
from app.services.rule_set import Memories, RuleBook
from app.services.rules import Rules
from app.services.settings import SettingsBook
from app.services.shadow_log import ShadowLog, ShadowStore
from app.services.standalone import LISTS
from app.services.subscription import SubscriptionStore, Surroundings
from app.services.subscriptions import Subscriptions
from app.settings.profile import Profile


class CourtStore(Protocol):
    """What judging keeps over a restart."""

    @property
    def subscriptions(self) -> SubscriptionStore: ...

    @property
    def progress(self) -> ProgressStore: ...

    @property
    def shadows(self) -> ShadowStore: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a court stands on."""

    settings: SettingsBook
    protection: Protection
    exceptions: Exceptions
    ban_list: BanList
    store: CourtStore
    outside: Outside
    data_dir: Path
    bus: EventBus
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """The judge, and those of its parts that others speak to."""

    judge: Judge
    rules: Rules
    lookups: Lookups
    subscriptions: Subscriptions
    progress: ProgressRecords
    shadows: ShadowLog


def make_court(basis: Basis, downloaders: Callable[[], Downloaders]) -> Court:
    """`downloaders` are made after the court, which asks for them only while the program runs."""
    book, bus, clock = basis.settings, basis.bus, basis.clock
    neighbours = Neighbours(basis.ban_list, bus)
    live = _Live(downloaders)
    subscriptions = _subscriptions(basis, live)
    memories = Memories()
    progress = ProgressRecords(
        memories.progress, basis.store.progress, bus, clock, *book.profile.areas(PROGRESS_CHEAT)
    )
    lookups = _lookups(basis, live, subscriptions, memories, progress)
    parts = lookups.parts(neighbours)
    rule_book = RuleBook(book.profile, parts)
    judge = Judge(
        basis.protection,
        basis.exceptions,
        rule_book.whole,
        variants=rule_book.variant,
        outlook=lookups.outlook(neighbours, lambda: judge.in_use),
    )
    shadows = ShadowLog(basis.store.shadows, live.ref, bus, clock)
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
    return Court(
        judge=judge,
        rules=rules,
        lookups=lookups,
        subscriptions=subscriptions,
        progress=progress,
        shadows=shadows,
    )


def _lookups(
    basis: Basis,
    live: _Live,
    subscriptions: Subscriptions,
    memories: Memories,
    progress: ProgressRecords,
) -> Lookups:
    book, bus, clock = basis.settings, basis.bus, basis.clock
    return Lookups(
        places=make_places(
            Current(lambda: book.config, lambda: book.profile), basis.outside, bus, clock
        ),
        names=ReverseNames(None, clock, live.review),
        lists=subscriptions,
        scripts=make_scripts(book.profile, basis.outside, bus),
        memories=memories,
        more=(progress,),
    )


def _subscriptions(basis: Basis, live: _Live) -> Subscriptions:
    return Subscriptions(
        settings=basis.settings,
        fetch=basis.outside.open_fetch(lambda: basis.settings.config.proxy),
        store=basis.store.subscriptions,
        folder=basis.data_dir / LISTS,
        surroundings=Surroundings(
            own=basis.protection.prefixes,
            addresses=live.addresses,
            client_names=live.client_names,
        ),
        bus=basis.bus,
        clock=basis.clock,
    )


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
