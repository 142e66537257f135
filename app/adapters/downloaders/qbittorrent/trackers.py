"""Reads and replaces the trackers of a torrent, tier by tier; announce URLs never stand in an error: they are keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import urlencode

from app.adapters.downloaders.qbittorrent.session import Session
from app.adapters.downloaders.qbittorrent.wire import TrackerWire
from app.adapters.downloaders.reading import decode, expect
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Tiers

_NO_TRACKER: Final = "**"
"""How `** [DHT] **`, `** [PeX] **` and `** [LSD] **` begin."""


class TrackerWriter:
    """The trackers of one server's torrents."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def read(self, torrent_id: str) -> Tiers:
        """In a tier by name: its order there is by chance and differs from version to version."""
        return tiers_of(await self._standing(torrent_id))

    async def replace(self, torrent_id: str, tiers: Tiers) -> None:
        """New ones come before old ones go; only those that change their tier are away for a moment."""
        standing = await self._standing(torrent_id)
        wanted = tier_of_each(tiers)
        fresh = wanted.keys() - standing.keys()
        wrong = {url for url, tier in standing.items() if wanted.get(url) != tier}
        await self._add(torrent_id, tiers, fresh)
        if wrong:
            await self._post("removeTrackers", torrent_id, "|".join(spellings(wrong)))
        await self._add(torrent_id, tiers, wrong & wanted.keys())
        if await self._standing(torrent_id) != wanted:
            raise ProtocolMismatch(Text("trackers-not-taken"))

    async def _standing(self, torrent_id: str) -> dict[str, int]:
        path = "torrents/trackers"
        answer = expect(await self._session.get(path, hash=torrent_id), path)
        found = await decode(answer.body, list[TrackerWire])
        return {each.url: each.tier for each in found if not each.url.startswith(_NO_TRACKER)}

    async def _add(self, torrent_id: str, tiers: Tiers, chosen: Collection[str]) -> None:
        if chosen:
            await self._post("addTrackers", torrent_id, lines(tiers, chosen))

    async def _post(self, action: str, torrent_id: str, urls: str) -> None:
        form = urlencode({"hash": torrent_id, "urls": urls}).encode()
        await self._session.post(f"torrents/{action}", form)


def tiers_of(standing: Mapping[str, int]) -> Tiers:
    """Those of each tier together; the numbers between them may have gaps."""
    grouped: defaultdict[int, list[str]] = defaultdict(list)
    for url in sorted(standing):
        grouped[standing[url]].append(url)
    return tuple(tuple(grouped[tier]) for tier in sorted(grouped))


def tier_of_each(tiers: Tiers) -> dict[str, int]:
    """Where each belongs; one that is named twice belongs to the first."""
    found: dict[str, int] = {}
    for number, tier in enumerate(tiers):
        for url in tier:
            found.setdefault(url, number)
    return found


def lines(tiers: Tiers, chosen: Collection[str]) -> str:
    """Those of `chosen`, one a line; each blank line begins the next tier, also where nobody is chosen."""
    found: list[str] = []
    places = tier_of_each(tiers)
    for number in range(len(tiers)):
        if number:
            found.append("")
        found += [url for url, tier in places.items() if tier == number and url in chosen]
    return "\n".join(found)


def spellings(urls: Iterable[str]) -> list[str]:
    """As `removeTrackers` wants them: 4.5.2 as they are, 5.1.0 and later undo `%`; what it does not know it ignores."""
    found: list[str] = []
    for url in sorted(urls):
        if "|" not in url:
            found.append(url)
        if "%" in url or "|" in url:
            found.append(url.replace("%", "%25").replace("|", "%7C"))
    return found
