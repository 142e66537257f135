"""Keeps remote lists up to date: fetches them in turn, refuses what cannot be right, holds on to the last good copy."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from app.domain.address_list import AddressList
from app.domain.errors import AppError, NotFound
from app.domain.name_list import NameList
from app.domain.reason import Text
from app.locale.texts import say
from app.services.errors import StorageError
from app.services.events import AlertRaised, EventBus, ListChecked, ListsChanged, SettingsChanged
from app.services.fetching import Fetch, Fetched, Stamp
from app.services.list_copies import ListCopies, RemoteList
from app.services.list_entry import ListEntry
from app.services.ports import Clock
from app.services.settings import SettingsBook
from app.services.subscription import (
    KeptList,
    ListKey,
    ListKind,
    ListLogRow,
    ListRefused,
    ListState,
    SubscriptionStore,
    Surroundings,
)
from app.settings.change import REMOVE
from app.settings.modules import AddressSubscriptions, NameSubscriptions, Subscription
from app.settings.profile import MODULES

log = logging.getLogger(__name__)

_DAY: Final = 86_400_000
_LOG_KEPT: Final = 90 * _DAY
_LOOK_EVERY: Final = 60.0
"""Seconds after which the clock is read again at the latest: it may have been set."""
_NOTHING: Final[Mapping[ListKey, KeptList]] = MappingProxyType({})


class Subscriptions:
    """Remote lists of addresses and of names. One is fetched at a time, whoever asks."""

    def __init__(  # noqa: PLR0913 - composed by hand in one place
        self,
        *,
        settings: SettingsBook,
        fetch: Fetch,
        store: SubscriptionStore,
        folder: Path,
        surroundings: Surroundings,
        bus: EventBus,
        clock: Clock,
        dice: random.Random | None = None,
    ) -> None:
        """`folder` keeps the copies; it is made when needed, and is ours alone."""
        self._settings, self._fetch, self._store = settings, fetch, store
        self._bus, self._clock = bus, clock
        self._copies = ListCopies(folder, surroundings)
        self._dice = dice or random.Random()  # noqa: S311 - jitter, no secret
        self._entries: dict[ListKey, ListEntry] = {}
        self._fetching = asyncio.Lock()
        self._wake = asyncio.Event()
        self._told: list[RemoteList] = []
        self._tidied = 0

    async def load(self) -> None:
        """Put the last good copies in force; once, before the first sweep. Raises StorageError."""
        kept = {one.key: one for one in await self._store.load()}
        try:
            await self._copies.open()
        except AppError as error:  # downloads will say so too
            log.warning("%s", say(error.text))
        self._follow(kept)
        await self._load_copies()
        for key in kept.keys() - self._entries.keys():
            await self._forget(key)
        self._bus.subscribe(SettingsChanged, self._on_settings)

    async def run(self) -> None:
        """Look at the lists when they are due, until cancelled."""
        while True:
            self._wake.clear()
            await self.update_due()
            due = min((entry.next_try for entry in self._wanted()), default=None)
            wait = _LOOK_EVERY if due is None else (due - self._clock()) / 1000
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(wait, 1.0), _LOOK_EVERY)):
                    await self._wake.wait()

    async def update_due(self) -> None:
        """Look at every list whose time has come; what fails is in its state."""
        await self._load_copies()
        for entry in self._wanted():
            if entry.next_try <= self._clock():
                with suppress(AppError):
                    await self._update(entry, manual=False)
        await self._tidy()

    def address_lists(self) -> tuple[AddressList, ...]:
        """Those in force, in the order of the settings."""
        return tuple(one for one in self._in_force() if isinstance(one, AddressList))

    def name_lists(self) -> tuple[NameList, ...]:
        """Those in force, in the order of the settings."""
        return tuple(one for one in self._in_force() if isinstance(one, NameList))

    def states(self) -> tuple[ListState, ...]:
        """All lists, in the order of the settings."""
        return tuple(
            entry.state(wanted=self._is_wanted(entry.key, entry.subscription))
            for entry in self._entries.values()
        )

    async def log(
        self, key: ListKey | None = None, *, offset: int = 0, limit: int = 100
    ) -> tuple[int, tuple[ListLogRow, ...]]:
        """Number of rows, of one list or all, and a page of them, newest first. Raises StorageError."""
        count, rows = await self._store.log(key, offset=offset, limit=limit)
        return count, tuple(rows)

    async def update(self, key: ListKey) -> Text:
        """Look at one list now; returns what became of it. Raises NotFound, FetchFailed, ListRefused."""
        return await self._update(self._entry(key), manual=True)

    async def update_all(self, kind: ListKind | None = None) -> tuple[ListState, ...]:
        """Look at all lists now, or all of one kind; what fails is in its state."""
        for entry in tuple(self._entries.values()):
            if kind in (None, entry.key.kind):
                with suppress(AppError):
                    await self._update(entry, manual=True)
        return tuple(state for state in self.states() if kind in (None, state.key.kind))

    async def add(self, kind: ListKind, subscription: Subscription) -> None:
        """Subscribe to a list. It must prove good first, unless it or its rule is switched off.

        Raises AppError, FetchFailed, ListRefused, InvalidSetting; then nothing changes.
        """
        key = ListKey(kind, subscription.id)
        if key in self._entries:
            raise AppError(Text("list-id-taken", {"id": key.id}))
        await self._put(key, subscription)

    async def edit(self, kind: ListKind, subscription: Subscription) -> None:
        """Give the list with this id another name, address or switch; a new address must prove good first."""
        key = ListKey(kind, subscription.id)
        self._entry(key)
        await self._put(key, subscription)

    async def remove(self, key: ListKey) -> None:
        """Unsubscribe, and delete the copy."""
        self._entry(key)
        await self._settings.change("profile.yml", {_path(key): REMOVE})
        await self._forget(key)

    async def enable(self, key: ListKey, *, enabled: bool) -> None:
        """Switch one list on or off; its copy is kept."""
        self._entry(key)
        await self._settings.change("profile.yml", {(*_path(key), "enabled"): enabled})
        await self._load_copies()

    # what the settings say

    def _entry(self, key: ListKey) -> ListEntry:
        if key not in self._entries:
            raise NotFound(Text("list-unknown", {"id": key.id}))
        return self._entries[key]

    def _area(self, kind: ListKind) -> AddressSubscriptions | NameSubscriptions:
        profile = self._settings.profile
        if kind is ListKind.ADDRESSES:
            return profile.ip_address_blocker_rules
        return profile.peer_name_blocker_rules

    def _is_wanted(self, key: ListKey, subscription: Subscription) -> bool:
        return subscription.enabled and self._settings.profile.uses(key.kind.value)

    def _wanted(self) -> list[ListEntry]:
        return [e for e in self._entries.values() if self._is_wanted(e.key, e.subscription)]

    def _in_force(self) -> list[RemoteList]:
        return [entry.loaded for entry in self._wanted() if entry.loaded is not None]

    def _on_settings(self, _event: SettingsChanged) -> None:
        self._follow()
        self._wake.set()

    def _follow(self, kept: Mapping[ListKey, KeptList] = _NOTHING) -> None:
        entries = {}
        for kind in ListKind:
            for subscription in self._area(kind).lists:
                key = ListKey(kind, subscription.id)
                entry = self._entries.get(key)
                if entry is None:
                    entry = ListEntry(key, subscription, kept.get(key), self._dice)
                entry.follow(subscription, self._area(kind).check_interval, self._clock())
                if not self._is_wanted(key, subscription):
                    entry.unload()
                entries[key] = entry
        self._entries = entries
        self._announce()

    async def _put(self, key: ListKey, subscription: Subscription) -> None:
        known = self._entries.get(key)
        if not self._is_wanted(key, subscription) or (
            known is not None and known.subscription.url == subscription.url
        ):
            await self._write(key, subscription)
            await self._load_copies()
            return
        async with self._fetching:
            try:
                fetched = await self._fetched(key, subscription, Stamp())
                found = await self._read(key, subscription)
                await self._write(key, subscription)
                await self._apply(self._entry(key), fetched, found, manual=True)
            finally:
                await self._copies.drop_fresh(key)

    async def _write(self, key: ListKey, subscription: Subscription) -> None:
        values = {
            "enabled": subscription.enabled,
            "name": subscription.name,
            "url": subscription.url,
        }
        path = _path(key)
        changes = {(*path, name): value for name, value in values.items()}
        await self._settings.change("profile.yml", changes)

    # the copies

    async def _load_copies(self) -> None:
        """Put copies in force that are not, but should be."""
        for entry in self._wanted():
            if entry.loaded is None and entry.kept is not None and not entry.tried_copy:
                entry.tried_copy = True
                await self._load_copy(entry, entry.kept)
        self._announce()

    async def _load_copy(self, entry: ListEntry, kept: KeptList) -> None:
        try:
            found, sha256 = await self._copies.read_kept(
                entry.key, entry.subscription, self._area(entry.key.kind)
            )
        except AppError as error:
            log.warning("%s", say(error.text))
            entry.problem, entry.next_try = error.text, 0
            if isinstance(error, ListRefused):
                self._alert(entry, error)
            return
        if entry.kept is not kept or not self._is_wanted(entry.key, entry.subscription):
            return  # an update was faster, or it is not wanted any more
        entry.loaded = found
        if sha256 != kept.sha256:
            # It was put there, but the program ended before it could be remembered.
            entry.kept = replace(kept, stamp=Stamp(), sha256=sha256, entries=len(found))
            entry.next_try = 0

    async def _forget(self, key: ListKey) -> None:
        await self._copies.delete(key)
        await self._stored(self._store.forget(key))

    # updates

    async def _update(self, entry: ListEntry, *, manual: bool) -> Text:
        async with self._fetching:
            if self._entries.get(entry.key) is not entry:
                raise NotFound(Text("list-unknown", {"id": entry.key.id}))
            if not self._is_wanted(entry.key, entry.subscription):
                return Text("list-off")
            if not manual and entry.next_try > self._clock():
                return Text("list-same")  # the user was faster
            entry.updating = True
            self._bus.publish(ListChecked(kind=entry.key.kind.value, id=entry.key.id))
            try:
                return await self._look(entry, manual=manual)
            except AppError as error:
                await self._failed(entry, error, manual=manual)
                raise
            finally:
                entry.updating = False
                await self._copies.drop_fresh(entry.key)
                self._bus.publish(ListChecked(kind=entry.key.kind.value, id=entry.key.id))

    async def _look(self, entry: ListEntry, *, manual: bool) -> Text:
        subscription = entry.subscription
        fetched = await self._fetched(entry.key, subscription, entry.stamp)
        if self._is_another(entry, subscription):
            return Text("list-off")
        kept = entry.kept
        same = kept is not None and fetched.path is not None and kept.sha256 == fetched.sha256
        if kept is not None and entry.loaded is not None and (fetched.path is None or same):
            return await self._unchanged(entry, kept, fetched, manual=manual)
        found = await self._read(entry.key, subscription)
        if self._is_another(entry, subscription):
            return Text("list-off")
        return await self._apply(entry, fetched, found, manual=manual)

    def _is_another(self, entry: ListEntry, subscription: Subscription) -> bool:
        """Whether the list was removed or given another address meanwhile, whose own turn comes."""
        gone = self._entries.get(entry.key) is not entry
        return gone or entry.subscription.url != subscription.url

    async def _fetched(self, key: ListKey, subscription: Subscription, stamp: Stamp) -> Fetched:
        limit = self._area(key.kind).max_size
        return await self._fetch(
            subscription.url, self._copies.fresh(key), limit=limit, stamp=stamp
        )

    async def _read(self, key: ListKey, subscription: Subscription) -> RemoteList:
        return await self._copies.read_fresh(key, subscription, self._area(key.kind))

    async def _unchanged(
        self, entry: ListEntry, kept: KeptList, fetched: Fetched, *, manual: bool
    ) -> Text:
        now = self._clock()
        entry.kept = replace(kept, url=entry.subscription.url, stamp=fetched.stamp, checked_at=now)
        entry.succeeded(now)
        result = Text("list-same")
        row = self._row(entry, result, manual=True) if manual else None
        await self._stored(self._store.save(entry.kept, row))
        return result

    async def _apply(
        self, entry: ListEntry, fetched: Fetched, found: RemoteList, *, manual: bool
    ) -> Text:
        """Keep the fresh copy and put it in force."""
        await self._copies.keep(entry.key)
        now = self._clock()
        entry.kept = KeptList(
            key=entry.key,
            url=entry.subscription.url,
            stamp=fetched.stamp,
            sha256=fetched.sha256,
            entries=len(found),
            updated_at=now,
            checked_at=now,
        )
        entry.loaded = found
        entry.succeeded(now)
        log.info("list %s updated: %d entries", entry.key.id, len(found))
        self._announce()
        result = Text("list-updated")
        await self._stored(self._store.save(entry.kept, self._row(entry, result, manual=manual)))
        return result

    async def _failed(self, entry: ListEntry, error: AppError, *, manual: bool) -> None:
        news = entry.problem != error.text
        entry.failed(error.text, self._clock())
        if news or manual:
            log.warning("%s", say(error.text))
            if isinstance(error, ListRefused):
                self._alert(entry, error)
            await self._stored(self._store.save(None, self._row(entry, error.text, manual=manual)))

    def _alert(self, entry: ListEntry, error: ListRefused) -> None:
        kind = f"list-refused-{entry.key.kind.value}-{entry.key.id}"
        self._bus.publish(AlertRaised(kind=kind, text=error.text, severe=True))

    # what others see

    def _announce(self) -> None:
        now = self._in_force()
        told, self._told = self._told, now
        if len(told) != len(now) or any(a is not b for a, b in zip(told, now, strict=True)):
            self._bus.publish(ListsChanged())

    def _row(self, entry: ListEntry, result: Text, *, manual: bool) -> ListLogRow:
        entries = 0 if entry.loaded is None else len(entry.loaded)
        return ListLogRow(
            key=entry.key, at=self._clock(), entries=entries, manual=manual, result=result
        )

    # the database

    async def _stored(self, work: Awaitable[None]) -> None:
        """Wait for `work`; a list is in force also when the database cannot remember it."""
        try:
            await work
        except StorageError as error:
            log.warning("a remote list is not remembered: %s", say(error.text))

    async def _tidy(self) -> None:
        now = self._clock()
        if now - self._tidied > _DAY:
            self._tidied = now
            await self._stored(self._store.forget_log(before=now - _LOG_KEPT))


def _path(key: ListKey) -> tuple[str, ...]:
    return MODULES, key.kind.value, "rules", key.id
