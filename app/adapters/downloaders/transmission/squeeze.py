"""Drops all peers of torrents by a limit of no peers for a moment: before 4.1 nothing else drops a banned one.

The others come back by themselves within seconds, the banned ones are refused (reference/downloaders.md 11.2). What
the limit was is remembered before it is changed, so that no crash leaves a torrent without peers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, Final

import msgspec

from app.adapters.downloaders.transmission.rpc import Rpc
from app.adapters.downloaders.transmission.wire import Limited, LimitsAnswer
from app.domain.address import InvalidAddress, IPAddress, parse_ip
from app.services.errors import DownloaderError
from app.services.ports import Facts

log = logging.getLogger(__name__)

_LONGEST: Final = 3.0
"""Seconds for a torrent to let go of its peers; it does so at its next pulse, within half a second."""
_STEP: Final = 0.05
_REMEMBERED: Final = 900.0
"""Seconds after which what was given back counts as saved there: it writes its state each six minutes."""
_SECONDS_TO_WAIT: Final = 1.4
"""For limits to be given back when all is closed."""


class Squeeze:
    """Kicks peers of one daemon; raises DownloaderError and StorageError."""

    def __init__(self, rpc: Rpc, facts: Facts, key: str) -> None:
        """What must survive a crash is remembered under `key`."""
        self._rpc, self._facts, self._key = rpc, facts, key
        self._before: dict[str, int] | None = None
        """Limits by torrent as they were; None until it was looked up."""
        self._forget_at = 0.0
        self._turn = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self._restoring: set[asyncio.Task[None]] = set()

    async def drop(self, ids: Collection[int], banned: Callable[[IPAddress], bool]) -> None:
        """Have everybody dropped from those torrents of `ids` that have a banned peer; `settled` says when they are.

        That takes up to half a second, which would be added to the interval between two sweeps.
        """
        if not ids:
            return
        async with self._turn:
            await self.settled()
            fields = ["hashString", "peer-limit", "peers"]
            found = await self._rpc.call("torrent-get", LimitsAnswer, ids=list(ids), fields=fields)
            hit = [each for each in found.torrents if each.limit > 0 and _any(each, banned)]
            if hit:
                await self._empty({each.hash: each.limit for each in hit})

    async def settled(self) -> None:
        """Return once those who are being dropped are gone, and the limits are what they were."""
        while under_way := self._leaving | self._restoring:
            await asyncio.wait(under_way)

    async def mend(self) -> None:
        """Give back what a crash, of ours or of the daemon, has left at no peers."""
        async with self._turn:
            await self.settled()
            before = await self._remembered()
            if not before:
                return
            fields = ["hashString", "peer-limit"]
            found = await self._rpc.call(
                "torrent-get", LimitsAnswer, ids=list(before), fields=fields
            )
            limited = [each.hash for each in found.torrents if each.limit == 0]
            left = {torrent: before[torrent] for torrent in limited if torrent in before}
            await self._give_back(left)
            if left:
                log.warning("%d torrents had been left without peers; mended", len(left))
            self._forget_at = time.monotonic() + _REMEMBERED

    async def tidy(self) -> None:
        """Forget limits that were given back long ago; to be called now and then."""
        if self._before and not self._turn.locked() and time.monotonic() > self._forget_at:
            await self._facts.remember(self._key, None)
            self._before = {}

    async def close(self) -> None:
        """Give back what is not yet; of a daemon that hangs it stays remembered."""
        for task in self._leaving:
            task.cancel()
        if self._leaving:
            await asyncio.wait(self._leaving)
        if self._restoring:
            _, hanging = await asyncio.wait(self._restoring, timeout=_SECONDS_TO_WAIT)
            for task in hanging:
                task.cancel()

    async def _empty(self, limits: Mapping[str, int]) -> None:
        before = {**await self._remembered(), **limits}
        # Before, not after: from here on a crash must not lose it.
        await self._facts.remember(self._key, msgspec.json.encode(before).decode())
        self._before, self._forget_at = before, time.monotonic() + _REMEMBERED
        try:
            await self._rpc.order("torrent-set", ids=list(limits), peer_limit=0)
        finally:
            leaving = _start(self._let_go(list(limits)), self._leaving)
            # However that ends: who is in a hurry cancels it, perhaps before its first step.
            leaving.add_done_callback(lambda _: _start(self._restore(limits), self._restoring))

    async def _let_go(self, hashes: Collection[str]) -> None:
        try:
            await self._wait_until_empty(hashes)
        except DownloaderError as error:
            log.debug("it is not known who is gone: %s", type(error).__name__)

    async def _wait_until_empty(self, hashes: Collection[str]) -> None:
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end:
            found = await self._rpc.call(
                "torrent-get", LimitsAnswer, ids=hashes, fields=["hashString", "peersConnected"]
            )
            if not any(each.connected for each in found.torrents):
                return
            await asyncio.sleep(_STEP)
        log.warning("%d torrents did not let go of their peers in time", len(hashes))

    async def _restore(self, limits: Mapping[str, int]) -> None:
        try:
            await self._give_back(limits)
        except DownloaderError as error:
            # It is remembered: the next look at the daemon mends it.
            self._rpc.doubtful = True
            log.warning("limits of peers are given back later: %s", type(error).__name__)

    async def _give_back(self, limits: Mapping[str, int]) -> None:
        by_limit: dict[int, list[str]] = {}
        for torrent, limit in limits.items():
            by_limit.setdefault(limit, []).append(torrent)
        for limit, hashes in by_limit.items():
            await self._rpc.order("torrent-set", ids=hashes, peer_limit=limit)

    async def _remembered(self) -> dict[str, int]:
        if self._before is None:
            known = await self._facts.recall(self._key)
            try:
                self._before = msgspec.json.decode(known or "{}", type=dict[str, int])
            except msgspec.DecodeError:
                log.warning("what was remembered of limits of peers is unreadable")
                self._before = {}
        return self._before


def _start(work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> asyncio.Task[None]:
    """Let it be done beside all else; it is one of `tasks` until it ends."""
    task = asyncio.get_running_loop().create_task(work, name="drop-peers")
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


def _any(torrent: Limited, banned: Callable[[IPAddress], bool]) -> bool:
    for peer in torrent.peers:
        try:
            if banned(parse_ip(peer.address)):
                return True
        except InvalidAddress:
            continue
    return False
