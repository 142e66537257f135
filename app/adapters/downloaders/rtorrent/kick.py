"""Hangs up on peers who were connected when they were banned: the filter looks at new connections only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Final

from app.adapters.downloaders.ban_entries import index_of
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.rtorrent.session import Session
from app.adapters.downloaders.rtorrent.wire import ADDRESSES, CONNECTED, read_lines
from app.adapters.downloaders.rtorrent.xml import Call, Fault
from app.domain.address import InvalidAddress, Prefix, parse_ip
from app.domain.prefix_map import PrefixMap

log = logging.getLogger(__name__)

_TRIES: Final = 5
_PAUSE: Final = 0.1
"""Seconds between two looks at who is still there."""
_AT_ONCE: Final = 200
"""Torrents, or peers, in one request."""


async def hang_up(session: Session, banned: Collection[Prefix]) -> Collection[str]:
    """Drop all connected peers inside `banned`; returns the hashes of their torrents."""
    if not banned:
        return ()
    places = await index_of(banned)
    torrents: Collection[str] = await _connected(session)
    touched: set[str] = set()
    for attempt in range(_TRIES):
        if attempt:
            await asyncio.sleep(_PAUSE)
        found = await _find(session, sorted(torrents), places)
        torrents = {torrent for torrent, _ in found}
        if not found:
            break
        touched |= torrents
        for start in range(0, len(found), _AT_ONCE):
            part = found[start : start + _AT_ONCE]
            # Who has gone meanwhile is a Fault, which is as well.
            await session.batch(
                [Call("p.disconnect", (f"{torrent}:p{peer}",)) for torrent, peer in part]
            )
    else:
        log.info("some banned peers of rTorrent come in faster than it hangs up")
    return touched


async def _connected(session: Session) -> list[str]:
    """Torrents with peers."""
    lines = read_lines(await session.call("d.multicall2", *CONNECTED))
    return [hash_ for hash_, _, count in (line.partition("|") for line in lines) if count != "0"]


async def _find(
    session: Session, torrents: Sequence[str], places: PrefixMap[bool]
) -> list[tuple[str, str]]:
    """Torrent and id of each peer in `places`."""
    effort = Effort()
    found: list[tuple[str, str]] = []
    for start in range(0, len(torrents), _AT_ONCE):
        part = torrents[start : start + _AT_ONCE]
        answers = await session.batch([Call("p.multicall", (each, *ADDRESSES)) for each in part])
        for torrent, answer in zip(part, answers, strict=True):
            if isinstance(answer, Fault):  # removed meanwhile
                continue
            for line in read_lines(answer):
                if effort.due():
                    await effort.rest()
                peer, _, address = line.partition("|")
                if _is_in(address, places):
                    found.append((torrent, peer))
    return found


def _is_in(address: str, places: PrefixMap[bool]) -> bool:
    try:
        return bool(places.find(parse_ip(address)))
    except InvalidAddress:
        return False
