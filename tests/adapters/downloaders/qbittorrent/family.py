"""A qBittorrent, or its Enhanced Edition, over HTTP, with one torrent and the peers that a test invites."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any, Final

import msgspec

from app.adapters.downloaders.surroundings import Surroundings
from app.demo import version as versions
from app.demo.banned_ips import BanList, parse, parse_peers
from app.demo.cast import Client
from app.demo.pages import encode
from app.demo.peer import Face, PeerState, known_by_address
from app.demo.server import DemoQBittorrent
from app.demo.session import Sessions
from app.demo.slot import AddressFilter
from app.demo.swarm import Nobody, Swarm
from app.demo.torrent import SimTorrent, plan
from app.demo.version import Version
from app.demo.webapi import JSON, NOT_FOUND, Action, Call, Reply, WebApi
from app.domain.address import Prefix
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import QBITTORRENT, QBITTORRENT_EE
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings

STEP: Final = 16_384
"""Bytes that each guest is given between two looks."""
ENHANCED: Final = replace(
    versions.version("4.5.2"), name="4.6.7.10", lists_private=False, webapi="2.9.3"
)
"""The newest that is known to have shadow bans (reference/downloaders.md 4)."""


class HostedTorrent(SimTorrent):
    """Its peers are those that were invited; they take data whenever somebody looks."""

    def __init__(self) -> None:
        super().__init__(plan(1, 7)[0], (), Nobody())
        self.guests: list[Face] = []
        self.shadowed: AddressFilter = Nobody()
        """Whom it keeps connected and gives nothing."""
        self._given: dict[str, int] = {}

    def invite(self, ip: str) -> None:
        """Have a peer there try to get in, again and again."""
        face = known_by_address(
            ip_address(ip),
            6881 + len(self.guests),
            client=Client("-XL0012-", "Xunlei 0.0.1.2"),
            connection="BT",
            files="",
            moving="U I",
            resting="u I",
        )
        self.guests.append(face)

    def refresh(self, tick: int) -> None:
        self.tick = tick
        before = self._peers
        self._peers = {face.key: self._state(face) for face in self.guests if self.has(face)}
        self.leechers = len(self._peers)
        self.up_speed = sum(state.up_speed for state in self._peers.values())
        self.uploaded = self.facts.given + sum(self._given.values())
        self.revision += self._peers != before

    def has(self, face: Face) -> bool:
        """Whether the peer is connected."""
        return face.ip is not None and not self._bans.blocks(face.ip)

    def feeds(self, ip: str) -> bool:
        """Whether the peer at `ip` is connected and gets what it asks for."""
        face = next(face for face in self.guests if str(face.ip) == ip)
        return self.has(face) and not self.shadowed.blocks(ip_address(ip))

    def _state(self, face: Face) -> PeerState:
        assert face.ip is not None
        speed = 0 if self.shadowed.blocks(face.ip) else STEP
        given = self._given[face.key] = self._given.get(face.key, 0) + speed
        return face.state(progress=0.25, uploaded=given, downloaded=0, up_speed=speed, dl_speed=0)


class HostedSwarm(Swarm):
    """Just that torrent."""

    def __init__(self) -> None:
        super().__init__(peers=0, torrents=1)
        self.torrent_of_all = HostedTorrent()
        self._torrents = {self.torrent_of_all.facts.hash: self.torrent_of_all}


class EnhancedApi(WebApi):
    """With the members and paths of the Enhanced Edition."""

    post_only = WebApi.post_only | {"transfer/shadowbanPeers"}

    def __init__(self, swarm: HostedSwarm, version: Version, sessions: Sessions) -> None:
        super().__init__(swarm, version, sessions)
        self.hosted = swarm.torrent_of_all
        self.shadow_bans = BanList()
        self.preferences["shadow_ban_enabled"] = True
        own: dict[str, Action] = {
            "app/preferences": self._all_preferences,
            "app/setPreferences": self._set_all_preferences,
            "sync/torrentPeers": self._marked_peers,
            "transfer/shadowbanPeers": self._shadow_ban_peers,
        }
        self.actions = {**self.actions, **own}

    def _all_preferences(self, call: Call) -> Reply:
        found = msgspec.json.decode(WebApi._preferences(self, call).body)  # noqa: SLF001 - its own
        found["shadow_banned_IPs"] = str(self.shadow_bans)
        return Reply(200, encode(found), JSON)

    def _set_all_preferences(self, call: Call) -> Reply:
        wanted = msgspec.json.decode(call.required("json"), type=dict[str, Any])
        if "shadow_banned_IPs" in wanted:
            self._shadow_ban(parse(wanted["shadow_banned_IPs"], takes_ranges=False))
        return WebApi._set_preferences(self, call)  # noqa: SLF001 - its own

    def _shadow_ban_peers(self, call: Call) -> Reply:
        if addresses := parse_peers(call.required("peers")):
            self._shadow_ban(self.shadow_bans.adding(addresses))
        return Reply()

    def _shadow_ban(self, bans: BanList) -> None:
        self.shadow_bans = bans
        # Switching it on or off takes a restart, so this is looked at there alone.
        self.hosted.shadowed = bans if self.preferences["shadow_ban_enabled"] else Nobody()

    def _marked_peers(self, call: Call) -> Reply:
        if self.swarm.torrent(call.required("hash")) is None:
            return NOT_FOUND
        peers = {
            key: msgspec.to_builtins(state)
            | {"shadowbanned": self.hosted.shadowed.blocks(ip_address(str(state.ip)))}
            for key, state in self.hosted.peers.items()
        }
        answer = {"full_update": True, "peers": peers, "rid": 1, "show_flags": True}
        return Reply(200, encode(answer), JSON)


class FamilyMember(DemoQBittorrent):
    """The server of one test."""

    def __init__(self, version: Version, *, enhanced: bool) -> None:
        self.hosts = HostedSwarm()
        super().__init__(self.hosts)
        self.version = version
        self.sessions = Sessions(
            "admin", "adminadmin", "", time.monotonic, counts_on=version.counts_on
        )
        kind: Callable[[HostedSwarm, Version, Sessions], WebApi]
        kind = EnhancedApi if enhanced else WebApi
        self.api = kind(self.hosts, version, self.sessions)


class FamilySubject:
    """The `Subject` of it."""

    wrong: DownloaderSettings | None
    keeps_foreign = True

    def __init__(self, server: FamilyMember, *, shadow: bool) -> None:
        self._server = server
        self._shadow = shadow
        self._hosted = server.hosts.torrent_of_all
        self._port = server.api.port
        self.settings = DownloaderSettings(
            id="qb",
            type=QBITTORRENT_EE if isinstance(server.api, EnhancedApi) else QBITTORRENT,
            endpoint=server.url,
            username="admin",
            password=Secret("adminadmin"),
            use_shadow_ban=shadow,
        )
        self.wrong = replace(self.settings, password=Secret("wrong"))
        self.around: Surroundings = surroundings()
        self.torrent_hash = self._hosted.facts.hash
        self.torrent_size = self._hosted.facts.size

    async def meet(self, *ips: str) -> None:
        for ip in ips:
            self._hosted.invite(ip)

    async def wait_dropped(self, ip: str) -> None:
        """Nothing to wait for; with shadow bans it is there and gets nothing more."""
        assert not self._hosted.feeds(ip)

    async def wait_back(self, ip: str) -> None:
        assert self._hosted.feeds(ip)

    async def add_foreign(self, entry: Prefix) -> None:
        self._list = self._list.adding([entry.network_address])

    async def foreign(self) -> Collection[Prefix]:
        return {ip_network(each.first) for each in self._list.entries if each.first == each.last}

    async def stop(self) -> None:
        await self._server.stop()

    async def kill(self) -> None:
        await self._server.stop()

    async def start(self) -> None:
        self._server.sessions.forget()
        await self._server.start(self._port)

    @property
    def _list(self) -> BanList:
        api = self._server.api
        return api.shadow_bans if self._shadow and isinstance(api, EnhancedApi) else api.bans

    @_list.setter
    def _list(self, bans: BanList) -> None:
        api = self._server.api
        if self._shadow and isinstance(api, EnhancedApi):
            api.shadow_bans = bans
        else:
            api.bans = bans


@asynccontextmanager
async def family(
    version: Version | None = None, *, shadow: bool = False
) -> AsyncIterator[tuple[FamilyMember, FamilySubject]]:
    """A qBittorrent of `version`, or an Enhanced Edition, with `shadow` bans or without."""
    server = FamilyMember(version or ENHANCED, enhanced=version is None)
    await server.start()
    try:
        yield server, FamilySubject(server, shadow=shadow)
    finally:
        await server.stop()
