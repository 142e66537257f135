"""Downloaders: their settings, state, torrents and peers (reference/webapi.md 3.7)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from aiohttp import hdrs

from app.api.access import Role
from app.api.answer import Answer, encode_list
from app.api.call import Call
from app.api.downloader_shapes import (
    DiscoveredDownloader,
    DownloaderLine,
    DownloaderStatus,
    discovered,
    line_of,
    status_of,
)
from app.api.errors import answer_to
from app.api.place import WirePlace, place_of, reverse_name
from app.api.router import Route, Taking
from app.domain.decision import Decision
from app.domain.errors import NotFound, Refused
from app.domain.reason import Text
from app.locale import _
from app.locale.texts import say
from app.services.connection_test import connected
from app.services.core import Core
from app.services.errors import DownloaderError
from app.services.events import JudgedPeer
from app.services.wire import (
    WireDecision,
    WirePeer,
    WireTorrent,
    peer_to_wire,
    shape_decision,
    torrent_to_wire,
)
from app.settings.downloader import (
    DownloaderSettings,
    UnsupportedDownloader,
    read_downloader,
)

_LONGEST_ID: Final = 128


class LivePeer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A connected peer; `decision` is ours."""

    peer: WirePeer
    geo: WirePlace | None
    ptr_record: str | None
    decision: WireDecision


class DownloaderBody(msgspec.Struct, frozen=True, kw_only=True):
    """What clients send."""

    id: str | None = None
    config: dict[str, Any] | None = None


async def list_downloaders(call: Call) -> Answer:
    """All of them, in the order of config.yml."""
    found = [line_of(state.settings) for state in call.core.downloaders.states()]
    return Answer(data=found)


async def scan(call: Call) -> Answer:
    """Those that run on this machine; no password is tried."""
    return Answer(data=[discovered(each) for each in await call.core.discovery.find()])


async def create(call: Call, body: DownloaderBody) -> Answer:
    """Add one; 400 when its id or name is taken."""
    await call.core.downloaders.add(_settings(call.core, body.id, body))
    return Answer(status=201, message=_("Saved"))


async def edit(call: Call, body: DownloaderBody) -> Answer:
    """Give one other settings; as in PBH, an unknown one is created."""
    wanted = _id(call)
    settings = _settings(call.core, wanted, body)
    if _known(call.core, wanted) is None:
        await call.core.downloaders.add(settings)
    else:
        await call.core.downloaders.edit(settings)
    return Answer(message=_("Saved"))


async def delete(call: Call) -> Answer:
    """Watch one no more; with `?liftBans=true`, once our bans are lifted there."""
    await call.core.downloaders.remove(_id(call), lift_bans=call.flag("liftBans"))
    return Answer(message=_("Removed"))


async def test(call: Call, body: DownloaderBody) -> Answer:
    """Try to log in; nothing is stored. A failure is status 200 with `success: false`; both say all in the message."""
    settings = _settings(call.core, body.id, body)
    if settings.paused:
        return Answer(message=_("Paused, and so not connected to."))
    try:
        connection = await call.core.downloaders.test(settings)
    except DownloaderError as error:
        return Answer(success=False, message=answer_to(error).message)
    return Answer(message=" ".join(map(say, connected(connection))))


async def status(call: Call) -> Answer:
    """How one does."""
    state = call.core.downloaders.state(_id(call))
    torrents = call.core.downloaders.torrents(state.settings.id)
    active = len({seen.torrent.hash for seen in torrents if seen.peers})
    return Answer(data=status_of(state, torrents=active))


async def torrents(call: Call) -> Answer:
    """The torrents with peers at the last sweep, those that upload most first."""
    found = [seen.torrent for seen in call.core.downloaders.torrents(_id(call)) if seen.peers]
    found.sort(key=lambda torrent: (torrent.upload_rate, torrent.download_rate), reverse=True)
    return Answer(data=await encode_list(found, torrent_to_wire))


async def peers(call: Call) -> Answer:
    """The peers of a torrent at the last sweep, those that take most first; none for an unknown torrent."""
    found = list(call.core.downloaders.peers(_id(call), call.params["torrentId"]))
    found.sort(key=lambda judged: judged.peer.upload_rate, reverse=True)
    await call.core.lookups.places.look_up(judged.peer.address.ip for judged in found)
    return Answer(data=await encode_list(found, _Shaper(call.core).live_peer))


class _Shaper:
    """Peers that are judged alike share one decision; it is put into words once."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._said: dict[int, WireDecision] = {}

    def live_peer(self, judged: JudgedPeer) -> LivePeer:
        address = judged.peer.address.ip
        return LivePeer(
            peer=peer_to_wire(judged.peer),
            geo=place_of(self._core, address),
            ptr_record=reverse_name(self._core, address),
            decision=self._decision(judged.decision),
        )

    def _decision(self, decision: Decision) -> WireDecision:
        said = self._said.get(id(decision))
        if said is None:
            said = self._said[id(decision)] = shape_decision(decision)
        return said


def _id(call: Call) -> str:
    return call.params["downloaderId"]


def _known(core: Core, downloader_id: str) -> DownloaderSettings | None:
    try:
        return core.downloaders.state(downloader_id).settings
    except NotFound:
        return None


def _settings(core: Core, downloader_id: str | None, body: DownloaderBody) -> DownloaderSettings:
    given = (downloader_id or "").strip()
    if not 0 < len(given) <= _LONGEST_ID or not given.isprintable():
        raise Refused(Text("downloader-id-bad", {"limit": _LONGEST_ID}))
    keep = _known(core, given)
    settings = read_downloader(given, body.config, json=True, keep=keep)
    if isinstance(settings, UnsupportedDownloader):
        raise Refused(Text("downloader-kind-unsupported", {"kind": settings.type[:40]}))
    return settings


_ALL: Final = "/api/downloaders"
_ONE: Final = f"{_ALL}/{{downloaderId}}"

ROUTES: Final = (
    Route(
        method=hdrs.METH_GET,
        path=_ALL,
        role=Role.READ,
        handler=list_downloaders,
        answers=list[DownloaderLine],
    ),
    *(
        Route(
            method=method,  # GET was its method before PBH 9.2
            path=f"{_ALL}/scan",
            role=Role.WRITE,
            handler=scan,
            answers=list[DiscoveredDownloader],
        )
        for method in (hdrs.METH_POST, hdrs.METH_GET)
    ),
    Route(
        method=hdrs.METH_PUT,
        path=_ALL,
        role=Role.WRITE,
        handler=Taking(DownloaderBody, create),
        status=201,
    ),
    Route(
        method=hdrs.METH_POST,
        path=f"{_ALL}/test",
        role=Role.WRITE,
        handler=Taking(DownloaderBody, test),
    ),
    Route(
        method=hdrs.METH_PATCH,
        path=_ONE,
        role=Role.WRITE,
        handler=Taking(DownloaderBody, edit),
    ),
    Route(method=hdrs.METH_DELETE, path=_ONE, role=Role.WRITE, handler=delete),
    Route(
        method=hdrs.METH_GET,
        path=f"{_ONE}/status",
        role=Role.READ,
        handler=status,
        answers=DownloaderStatus,
    ),
    Route(
        method=hdrs.METH_GET,
        path=f"{_ONE}/torrents",
        role=Role.READ,
        handler=torrents,
        answers=list[WireTorrent],
    ),
    Route(
        method=hdrs.METH_GET,
        path=f"{_ONE}/torrent/{{torrentId}}/peers",
        role=Role.READ,
        handler=peers,
        answers=list[LivePeer],
    ),
)
