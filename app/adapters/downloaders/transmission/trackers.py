"""Reads and replaces the trackers of torrents: as one text from 4.0 on, one by one before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, takewhile

from app.adapters.downloaders.transmission.rpc import Rpc
from app.adapters.downloaders.transmission.wire import Tracked, TrackedAnswer, TrackerWire
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Tiers


async def read(rpc: Rpc, torrent_id: str) -> Tiers:
    """Those of one torrent, tier by tier."""
    tiers: dict[int, list[str]] = {}
    for each in await _rows(rpc, torrent_id):
        tiers.setdefault(each.tier, []).append(each.announce)
    return tuple(tuple(tiers[tier]) for tier in sorted(tiers))


async def replace_all(rpc: Rpc, torrent_id: str, tiers: Tiers) -> None:
    """From 4.0 on: all in one."""
    text = "\n\n".join("\n".join(tier) for tier in tiers)
    await rpc.order("torrent-set", ids=[torrent_id], trackerList=text)


async def replace_each(rpc: Rpc, torrent_id: str, tiers: Tiers) -> None:
    """Before 4.0: each gets a tier of its own. There is no moment at which none of them is left."""
    wanted = list(dict.fromkeys(chain.from_iterable(tiers)))
    rows = await _rows(rpc, torrent_id)
    present = [row.announce for row in rows]
    await _add(rpc, torrent_id, [url for url in wanted if url not in present])
    await _remove(rpc, torrent_id, [row for row in rows if row.announce not in wanted])
    rows = await _rows(rpc, torrent_id)
    pairs = zip(wanted, (row.announce for row in rows), strict=False)
    right = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    if right < len(wanted):
        late = wanted[max(right, 1) :]
        await _remove(rpc, torrent_id, [row for row in rows if row.announce in late])
        await _add(rpc, torrent_id, late)


async def _rows(rpc: Rpc, torrent_id: str) -> Sequence[TrackerWire]:
    found = await rpc.call("torrent-get", TrackedAnswer, ids=[torrent_id], fields=["trackers"])
    if not found.torrents:
        raise ProtocolMismatch(Text("torrent-gone"))
    tracked: Tracked = found.torrents[0]
    return tracked.trackers


async def _add(rpc: Rpc, torrent_id: str, urls: Sequence[str]) -> None:
    if urls:
        await rpc.order("torrent-set", ids=[torrent_id], trackerAdd=urls)


async def _remove(rpc: Rpc, torrent_id: str, rows: Sequence[TrackerWire]) -> None:
    if rows:
        ids = [row.id for row in rows]
        await rpc.order("torrent-set", ids=[torrent_id], trackerRemove=ids)
