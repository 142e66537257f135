"""Names of addresses by reverse DNS: answers at once from memory and looks up the rest behind the scenes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.address import Endpoint, IPAddress, address_key
from app.services.ports import Clock

_MINUTE: Final = 60_000
_SHORTEST: Final = 10 * _MINUTE
_LONGEST: Final = 24 * 60 * _MINUTE
_WITHOUT: Final = 60 * _MINUTE
"""Milliseconds for which an address without a name is believed to have none."""
_UNANSWERED: Final = 10 * _MINUTE
_TELL_EVERY: Final = 0.5
"""Seconds in which names are gathered before those who wait are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseAnswer:
    """What a name server said about one address."""

    names: tuple[str, ...] = ()
    """Without a dot at the end; empty when it has none, or when nobody answered."""
    lifespan: int | None = None
    """Milliseconds for which it holds; None when it was not said."""
    answered: bool = True


class ReverseResolver(Protocol):
    """Asks name servers."""

    async def resolve(self, ip: IPAddress) -> ReverseAnswer:
        """Ask for one address; ends within a few seconds and never raises."""
        ...

    async def close(self) -> None:
        """Give up what is asked for and free everything."""


@dataclass(frozen=True, slots=True)
class _Known:
    names: tuple[str, ...]
    until: int
    """Epoch milliseconds."""


class ReverseNames:
    """Knows the names of some addresses; `run` looks up those that were asked for and not known.

    Nobody is asked about an address for which none of its methods was called.
    """

    def __init__(
        self,
        resolver: ReverseResolver | None,
        clock: Clock,
        known: Callable[[Collection[IPAddress]], None],
        *,
        at_once: int = 16,
        most: int = 50_000,
    ) -> None:
        """`known` is told in batches of which addresses the names came or changed; `most` bounds the memory."""
        self._resolver, self._clock, self._tell = resolver, clock, known
        self._at_once, self._most = at_once, most
        # By `address_key`.
        self._memory: OrderedDict[int, _Known] = OrderedDict()
        self._waiting: OrderedDict[int, IPAddress] = OrderedDict()
        self._running: set[int] = set()
        self._news: set[IPAddress] = set()
        self._work = asyncio.Semaphore(0)
        self._has_news = asyncio.Event()

    def names(self, ip: IPAddress) -> tuple[str, ...] | None:
        """All names of `ip`, empty when it has none; None when not known yet.

        Old ones hold until there are new ones.
        """
        return self.names_of((Endpoint(ip, 0),))[0]

    def names_of(self, endpoints: Sequence[Endpoint]) -> list[tuple[str, ...] | None]:
        """The same of many."""
        get, now = self._memory.get, self._clock()
        found = [get(endpoint.key) for endpoint in endpoints]
        unknown = () if self._resolver is None else None
        if unknown is None:
            for endpoint, known in zip(endpoints, found, strict=True):
                if known is None or known.until <= now:
                    self._want(endpoint.key, endpoint.ip)
        return [unknown if known is None else known.names for known in found]

    def name(self, ip: IPAddress) -> str | None:
        """The first name of `ip`; None when it has none or it is not known yet."""
        found = self.names(ip)
        return found[0] if found else None

    async def look_up(self, ip: IPAddress) -> str | None:
        """The first name of `ip`, waiting for the answer where it is not known; a few seconds at most."""
        if address_key(ip) not in self._memory and self._resolver is not None:
            self._remember(ip, await self._resolver.resolve(ip))
        return self.name(ip)

    def drop_waiting(self) -> None:
        """Ask no more about addresses that still wait: nobody wants the names any longer."""
        self._waiting.clear()

    def use(self, resolver: ReverseResolver | None) -> ReverseResolver | None:
        """Ask others from now on, and forget what was known; returns the resolver before, for its owner to close."""
        before, self._resolver = self._resolver, resolver
        self._memory.clear()
        self._waiting.clear()
        return before

    async def run(self) -> None:
        """Look up what is asked for until cancelled."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._at_once):
                group.create_task(self._resolve_all(), name=f"reverse names {number}")
            group.create_task(self._tell_all(), name="tell of reverse names")

    def _want(self, key: int, ip: IPAddress) -> None:
        # More than can ever be remembered need not wait: they are asked for again.
        if (
            self._resolver is None
            or key in self._waiting
            or key in self._running
            or len(self._waiting) >= self._most
        ):
            return
        self._waiting[key] = ip
        self._work.release()

    async def _resolve_all(self) -> None:
        while True:
            await self._work.acquire()
            if not self._waiting or self._resolver is None:  # dropped meanwhile
                continue
            key, ip = self._waiting.popitem(last=False)
            self._running.add(key)
            resolver = self._resolver
            try:
                answer = await resolver.resolve(ip)
            finally:
                self._running.discard(key)
            if resolver is self._resolver:
                self._remember(ip, answer)
            else:
                self._want(key, ip)

    def _remember(self, ip: IPAddress, answer: ReverseAnswer) -> None:
        key = address_key(ip)
        before = self._memory.pop(key, None)
        names = answer.names
        if not answer.answered and before is not None:
            names = before.names  # silence takes no name away
        self._memory[key] = _Known(names, self._clock() + _lifespan(answer))
        if len(self._memory) > self._most:
            self._memory.popitem(last=False)
        if before is None or before.names != names:
            self._news.add(ip)
            self._has_news.set()

    async def _tell_all(self) -> None:
        while True:
            await self._has_news.wait()
            await asyncio.sleep(_TELL_EVERY)
            self._has_news.clear()
            news, self._news = frozenset(self._news), set()
            self._tell(news)


def _lifespan(answer: ReverseAnswer) -> int:
    """Milliseconds for which an answer is remembered."""
    if not answer.answered:
        return _UNANSWERED
    if answer.lifespan is None:
        return _WITHOUT
    return min(max(answer.lifespan, _SHORTEST), _LONGEST)
