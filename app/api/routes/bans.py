"""The ban list and its history (reference/webapi.md 3.5 and part 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import unquote

import msgspec
from aiohttp import hdrs

from app.api.access import Role
from app.api.answer import Answer, Page, encode_list
from app.api.call import Call
from app.api.modules import context_of
from app.api.place import WirePlace, place_of, reverse_name
from app.api.router import Route, Taking
from app.api.shapes import (
    Count,
    DownloaderName,
    banned_peer,
    banned_torrent,
    downloader_name,
    java_text,
)
from app.domain.address import InvalidAddress, Prefix, parse_block, parse_prefix, show
from app.domain.ban import Ban
from app.domain.errors import Refused
from app.domain.reason import Text
from app.locale.texts import say
from app.services.core import Core
from app.services.enforcement import Standing
from app.services.ports import HistoryRow
from app.services.slices import Slices
from app.services.wire import WirePeer, WireTorrent, WireVerdict, verdict_to_wire

_EVERYTHING: Final = "*"
_MOST_NAMED: Final = 20
_NO_NAME: Final = "N/A"
"""PBH's word for a name that is not known."""


class BanMetadata(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Why, when and where; exactly PBH's nine members."""

    downloader: DownloaderName
    torrent: WireTorrent
    peer: WirePeer
    reverse_lookup: str
    context: str
    ban_at: int
    unban_at: int
    rule: str
    description: str


class BanEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One entry of the list; the members after `ipGeoData` are ours."""

    address: str
    ban_metadata: BanMetadata
    ip_geo_data: WirePlace | None = None
    enforcement: dict[str, str]
    """By downloader id: `waiting`, `enforced`, `still-there` or `not-enforceable`."""
    standings: dict[str, Standing]
    """By downloader id, the same as `state` with what is known about it."""
    leaked: int
    """Bytes that went to its peers after the ban was made."""
    leaked_estimated: bool
    """Whether a part of them was estimated from rates."""
    trace: list[WireVerdict]


class BanLog(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One recorded ban; `unbanAt` is its planned end, `leaked` is ours."""

    ban_at: int
    unban_at: int
    peer_ip: str
    peer_port: int | None
    peer_id: str | None
    peer_client_name: str | None
    peer_uploaded: int | None
    peer_downloaded: int | None
    peer_progress: float | None
    torrent_info_hash: str | None
    torrent_name: str | None
    torrent_size: int | None
    module: str
    rule: str
    description: str
    downloader: DownloaderName
    leaked: int
    """Bytes that went to its peers after the ban was made."""


class Unbanned(Count, frozen=True, kw_only=True):
    """PBH's `count` of items, and our number of entries that went."""

    removed: int


async def list_bans(call: Call) -> Answer:
    """A page of the list, newest first; technical entries are never shown."""
    core, paging = call.core, call.paging()
    bans: Sequence[Ban] = core.bans.shown()
    # PBH's pages encode it twice.
    wanted = unquote(call.text("search")).strip().lower()
    if wanted:
        bans = await _matching(bans, wanted)
    page = bans[paging.offset : paging.offset + paging.size]
    results = await encode_list(page, lambda ban: _entry(ban, core))
    return Answer(data=paging.of(len(bans), results))


async def ban_logs(call: Call) -> Answer:
    """A page of the history, newest first."""
    core, paging = call.core, call.paging()
    total, rows = await core.bans.history(offset=paging.offset, limit=paging.size)
    return Answer(data=paging.of(total, await encode_list(rows, lambda row: _log(row, core))))


async def ban(call: Call, items: list[str]) -> Answer:
    """Ban addresses and blocks by hand, all or none; answers when they are stored."""
    await call.core.bans.ban(await _parsed(items, parse_block))
    return Answer(data=Count(count=len(items)))


async def unban(call: Call, items: list[str]) -> Answer:
    """Lift every ban inside each item, or all with `*`; downloaders follow with their next sweep."""
    if _EVERYTHING in items:
        removed = len(await call.core.bans.unban_all())
        return Answer(data=Unbanned(count=removed, removed=removed))
    gone = await call.core.bans.unban(await _parsed(items, parse_prefix))
    return Answer(data=Unbanned(count=len(items), removed=len(gone)))


async def _parsed(items: list[str], parse: Callable[[str], Prefix]) -> list[Prefix]:
    slices = Slices()
    found, bad = [], []
    for item in items:
        if slices.due():
            await slices.rest()
        try:
            found.append(parse(item))
        except InvalidAddress:
            bad.append(item[:50])
    if bad:
        named = ", ".join(f"“{item}”" for item in bad[:_MOST_NAMED])
        given = named + (" …" if len(bad) > _MOST_NAMED else "")
        raise Refused(Text("addresses-bad", {"given": given}))
    return found


async def _matching(bans: Sequence[Ban], wanted: str) -> list[Ban]:
    slices = Slices()
    found = []
    for entry in bans:
        if slices.due():
            await slices.rest()
        if wanted in _searchable(entry):
            found.append(entry)
    return found


def _searchable(entry: Ban) -> str:
    prefix, verdict, peer, torrent = entry.prefix, entry.verdict, entry.peer, entry.torrent
    parts = [
        show(prefix),
        prefix.exploded,
        java_text(prefix),
        context_of(verdict.rule),
        str(entry.since),
        str(entry.until),
        "" if verdict.title is None else say(verdict.title),
        say(verdict.reason),
        *map(str, verdict.data.values()),
    ]
    if peer is not None:
        parts += [peer.peer_id or "", peer.client_name or ""]
    if torrent is not None:
        parts += [torrent.name, torrent.hash]
    if entry.downloader is not None:
        parts.append(entry.downloader.name)
    return "\n".join(parts).lower()


def _entry(entry: Ban, core: Core) -> BanEntry:
    standings, leak = core.downloaders.standings(entry), core.leakage.of(entry)
    address = entry.prefix.network_address
    return BanEntry(
        address=show(entry.prefix),
        ip_geo_data=place_of(core, address),
        ban_metadata=BanMetadata(
            downloader=downloader_name(entry.downloader, core),
            torrent=banned_torrent(entry),
            peer=banned_peer(entry),
            reverse_lookup=reverse_name(core, address) or _NO_NAME,
            context=context_of(entry.rule),
            ban_at=entry.since,
            unban_at=entry.until,
            rule=_title(entry),
            description=say(entry.verdict.reason),
        ),
        enforcement={key: standing.state.value for key, standing in standings.items()},
        standings=standings,
        leaked=leak.bytes,
        leaked_estimated=leak.estimated,
        trace=[verdict_to_wire(verdict) for verdict in entry.trace],
    )


def _log(row: HistoryRow, core: Core) -> BanLog:
    entry = row.ban
    peer, torrent = banned_peer(entry), banned_torrent(entry)
    return BanLog(
        ban_at=entry.since,
        unban_at=entry.until,
        peer_ip=java_text(entry.prefix),
        peer_port=peer.address.port,
        peer_id=peer.id,
        peer_client_name=peer.client_name,
        peer_uploaded=peer.uploaded,
        peer_downloaded=peer.downloaded,
        peer_progress=peer.progress,
        torrent_info_hash=torrent.hash,
        torrent_name=torrent.name,
        torrent_size=torrent.size,
        module=context_of(entry.rule),
        rule=_title(entry),
        description=say(entry.verdict.reason),
        downloader=downloader_name(entry.downloader, core),
        # What is stored may be a minute old.
        leaked=max(row.leaked, core.leakage.of(entry).bytes),
    )


def _title(entry: Ban) -> str:
    return "" if entry.verdict.title is None else say(entry.verdict.title)


_BANS: Final = "/api/bans"

ROUTES: Final = (
    Route(
        method=hdrs.METH_GET,
        path=_BANS,
        role=Role.READ,
        handler=list_bans,
        answers=Page[BanEntry],
    ),
    Route(
        method=hdrs.METH_GET,
        path=f"{_BANS}/logs",
        role=Role.READ,
        handler=ban_logs,
        answers=Page[BanLog],
    ),
    Route(
        method=hdrs.METH_PUT,
        path=_BANS,
        role=Role.WRITE,
        handler=Taking(list[str], ban),
        answers=Count,
    ),
    Route(
        method=hdrs.METH_DELETE,
        path=_BANS,
        role=Role.WRITE,
        handler=Taking(list[str], unban),
        answers=Unbanned,
    ),
)
