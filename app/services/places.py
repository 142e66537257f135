"""Where addresses are: the geographic databases in use, and how they are kept up to date."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

from app.domain.address import Endpoint, IPAddress, address_key
from app.domain.errors import AppError, Refused
from app.domain.place import NO_SPOT, UNKNOWN, Place, Spot
from app.domain.reason import Text
from app.domain.sighting import Batch
from app.locale.texts import say
from app.services.events import EventBus, PlacesChanged
from app.services.fetching import Credentials, Fetch
from app.services.place_files import DatabaseFile, GeoKind, PlaceFiles, PlaceReader
from app.services.ports import Clock
from app.settings.config import IpDatabase

log = logging.getLogger(__name__)

T = TypeVar("T")

BASES: Final = (
    "https://github.com/PBH-BTN/GeoLite.mmdb/releases/latest/download/",
    "https://pbh-static.paulzzh.com/ipdb/",
    "https://pbh-static.ghostchu.com/ipdb/",
)
"""Asked one after the other until one has a database."""
LIFE: Final = 45 * 86_400_000
"""Milliseconds after which a database is fetched again."""
PAUSE: Final = 600.0
"""Seconds between two looks at the folder and the calendar."""

_LARGEST: Final = 1024**3
_DAY: Final = 86_400_000
_RETRY: Final = 600_000
_LONGEST_RETRY: Final = 12 * 3_600_000
_CACHED: Final = 20_000
_FORESIGHT: Final = 0.5
"""Seconds that a sweep may wait for places."""
_AT_ONCE: Final = 128
"""Addresses that are looked up in one go, during which nobody else's code runs."""
_CHINESE: Final = "中国"
_PARTS_OF_CHINA: Final = frozenset(("TW", "HK", "MO"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """One database, as front ends show it."""

    kind: GeoKind
    path: Path
    source: str
    """Name by which it is downloaded; empty when it is not."""
    size: int | None
    """Bytes; None when there is no file."""
    age_days: int | None
    """Days since it came here."""
    built: int | None
    """Epoch ms at which its content was made; None when no database of this kind is in use."""
    problem: Text | None
    """Why the file is not in use, or why the last download failed."""
    next_try: int | None
    """Epoch ms, after a failed download."""
    downloading: bool


@dataclass(slots=True)
class _Failure:
    why: Text
    retry_at: int
    wait: int


class Places:
    """Answers where an address is, from the databases that there are; without any, that nothing is known."""

    def __init__(
        self,
        files: PlaceFiles,
        fetch: Fetch,
        settings: Callable[[], IpDatabase],
        *,
        bus: EventBus,
        clock: Clock,
        bases: Sequence[str] = BASES,
    ) -> None:
        """`settings` gives those in force; with no `bases` nothing is downloaded."""
        self._files, self._fetch, self._settings = files, fetch, settings
        self._bus, self._clock, self._bases = bus, clock, bases
        self._reader: PlaceReader | None = None
        self._known: Mapping[GeoKind, DatabaseFile] = {}
        self._cache: dict[int, Place] = {}
        self._spots: dict[int, Spot] = {}
        self._failures: dict[GeoKind, _Failure] = {}
        self._sources = self._wanted()
        self._downloading: GeoKind | None = None
        self._file_lock, self._download_lock = asyncio.Lock(), asyncio.Lock()

    def __call__(self, ip: IPAddress) -> Place:
        """What is known of an address; UNKNOWN without databases."""
        key = address_key(ip)
        place = self._cache.get(key)
        if place is None:
            place = UNKNOWN if self._reader is None else self._reader.look(ip)
            _keep(self._cache, [(key, place)])
        return place

    def spots(self, endpoints: Sequence[Endpoint]) -> list[Spot]:
        """What rules look at, of each; NO_SPOT without databases."""
        known = self._spots
        try:
            return [known[endpoint.key] for endpoint in endpoints]
        except KeyError:
            missing = {each.key: each.ip for each in endpoints if each.key not in known}
        ips = list(missing.values())
        spots = [NO_SPOT] * len(ips) if self._reader is None else self._reader.spots(ips)
        found = dict(zip(missing, spots, strict=True))
        answers = [found.get(each.key) or known[each.key] for each in endpoints]
        _keep(known, found.items())
        return answers

    async def prepare(self, batches: Sequence[Batch]) -> None:
        """Find the spots off the loop; gives up after half a second, and `spots` finds the rest."""
        reader, known = self._reader, self._spots
        if reader is None:
            return
        missing = {
            key: endpoint.ip
            for batch in batches
            for key, endpoint in zip(batch.keys, batch.endpoints, strict=True)
            if key not in known
        }
        if not missing:
            return
        spots = await asyncio.to_thread(_find_spots, reader, list(missing.values()))
        if reader is self._reader:
            _keep(known, zip(missing, spots, strict=False))  # time was up for those without

    async def look_up(self, ips: Iterable[IPAddress]) -> None:
        """Remember the places of `ips`; gives up after half a second, and `__call__` looks up the rest."""
        reader = self._reader
        if reader is None:
            return
        cache = self._cache
        missing = {key: ip for ip in ips if (key := address_key(ip)) not in cache}
        if not missing:
            return
        found = await asyncio.to_thread(_look_up, reader, missing)
        if reader is self._reader:
            _keep(cache, found.items())

    def country_name(self, iso: str, language: str) -> str:
        """What a country is called in a language such as `zh_CN`, else in English; empty for one never seen."""
        names = {} if self._reader is None else self._reader.country_names(iso)
        name = names.get(language.replace("_", "-"), "")
        if name and language.startswith("zh") and iso in _PARTS_OF_CHINA:
            return name if name.startswith(_CHINESE) else _CHINESE + name
        return name or names.get("en", "")

    def states(self) -> tuple[DatabaseState, ...]:
        """Of every kind."""
        return tuple(self._state(file) for file in self._known.values())

    async def refresh(self) -> None:
        """Use what is in the folder now, also what somebody put there by hand."""
        async with self._file_lock:
            opened = await asyncio.to_thread(self._files.refresh)
            self._known = opened.files
            if opened.reader is self._reader:
                return
            first = self._reader is None
            self._reader = opened.reader
            self._cache.clear()
            self._spots.clear()
        if not first or any(file.built is not None for file in opened.files.values()):
            self._bus.publish(PlacesChanged())

    async def import_file(self, kind: GeoKind, path: Path) -> None:
        """Take a database of the user, plain or packed by xz; raises DatabaseUnusable."""
        await self._adopt(kind, path)

    async def update(self, kind: GeoKind) -> None:
        """Download a database now; raises FetchFailed, DatabaseUnusable or Refused, and the old one stays."""
        if not self._bases or not self._wanted()[kind]:
            raise Refused(Text("place-no-source"))
        async with self._download_lock:
            self._downloading = kind
            try:
                await self._download(kind)
            finally:
                self._downloading = None

    async def run(self) -> None:
        """Keep the databases up to date until cancelled."""
        while True:
            await self.turn()
            await asyncio.sleep(PAUSE)

    async def turn(self) -> None:
        """Take what is new in the folder, download what is due."""
        await self.refresh()
        for kind in GeoKind:
            if not self._is_due(kind):
                continue
            try:
                await self.update(kind)
            except AppError as error:
                retry_in = (self._failures[kind].retry_at - self._clock()) // 60_000
                log.warning("%s (again in %d min)", say(error.text), retry_in)

    async def _download(self, kind: GeoKind) -> None:
        wanted = self._wanted()
        failure: AppError | None = None
        for base in self._bases:
            try:
                await self._download_from(base, wanted[kind], kind)
            except AppError as error:
                failure = error
                continue
            log.info("downloaded %s", wanted[kind])
            return
        if failure is not None:
            self._note(kind, failure)
            raise failure

    async def _download_from(self, base: str, name: str, kind: GeoKind) -> None:
        target = await asyncio.to_thread(self._files.target, kind)
        try:
            await self._fetch(
                f"{base}{quote(name, safe='')}.mmdb.xz",
                target,
                limit=_LARGEST,
                credentials=self._credentials(),
            )
            await self._adopt(kind, target)
            self._sources = {**self._sources, kind: name}
        finally:
            await asyncio.to_thread(self._files.discard, kind)

    async def _adopt(self, kind: GeoKind, path: Path) -> None:
        async with self._file_lock:
            await asyncio.to_thread(self._files.adopt, kind, path)
        self._failures.pop(kind, None)
        await self.refresh()

    def _note(self, kind: GeoKind, error: AppError) -> None:
        before = self._failures.get(kind)
        wait = _RETRY if before is None else min(before.wait * 2, _LONGEST_RETRY)
        spread = random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        retry_at = self._clock() + int(wait * spread)
        self._failures[kind] = _Failure(why=error.text, retry_at=retry_at, wait=wait)

    def _is_due(self, kind: GeoKind) -> bool:
        source = self._wanted()[kind]
        if not (self._bases and source and self._settings().auto_update):
            return False
        failure = self._failures.get(kind)
        if failure is not None and self._clock() < failure.retry_at:
            return False
        if source != self._sources[kind]:
            return True
        file = self._known[kind]
        if file.changed_at is None or file.problem is not None:
            return True
        # A file from the future came while the clock was wrong.
        return not -_DAY < self._clock() - file.changed_at < LIFE

    def _wanted(self) -> dict[GeoKind, str]:
        settings = self._settings()
        return {
            GeoKind.CITY: settings.database_city,
            GeoKind.ASN: settings.database_asn,
            GeoKind.GEOCN: settings.database_geocn,
        }

    def _credentials(self) -> Credentials | None:
        settings = self._settings()
        if not settings.account_id or not settings.license_key:
            return None
        return Credentials(username=settings.account_id, password=settings.license_key)

    def _state(self, file: DatabaseFile) -> DatabaseState:
        failure = self._failures.get(file.kind)
        age = None if file.changed_at is None else max(0, self._clock() - file.changed_at) // _DAY
        return DatabaseState(
            kind=file.kind,
            path=file.path,
            source=self._wanted()[file.kind],
            size=file.size,
            age_days=age,
            built=file.built,
            problem=file.problem or (None if failure is None else failure.why),
            next_try=None if failure is None else failure.retry_at,
            downloading=self._downloading is file.kind,
        )


def _keep(cache: dict[int, T], found: Iterable[tuple[int, T]]) -> None:
    cache.update(found)
    surplus = len(cache) - _CACHED
    if surplus > 0:
        # The oldest go, and some more, so that this is not done for each new one.
        for key in list(itertools.islice(cache, surplus + _CACHED // 8)):
            del cache[key]


def _look_up(reader: PlaceReader, ips: Mapping[int, IPAddress]) -> dict[int, Place]:
    until = time.monotonic() + _FORESIGHT
    return {
        key: reader.look(ip)
        for key, ip in itertools.takewhile(lambda _: time.monotonic() < until, ips.items())
    }


def _find_spots(reader: PlaceReader, ips: Sequence[IPAddress]) -> list[Spot]:
    """Of the first ones, as many as there is time for."""
    until = time.monotonic() + _FORESIGHT
    found: list[Spot] = []
    for first in range(0, len(ips), _AT_ONCE):
        if time.monotonic() >= until:
            break
        found += reader.spots(ips[first : first + _AT_ONCE])
    return found
