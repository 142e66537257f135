"""One BiglyBT or Vuze: follows its downloads, asks those that move for their peers, keeps the plugin's ban list."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote

from app.adapters.downloaders.biglybt.bans import BanWriter
from app.adapters.downloaders.biglybt.peers import host_of, key_of
from app.adapters.downloaders.biglybt.session import Session
from app.adapters.downloaders.biglybt.torrents import ACTIVE, TorrentTable
from app.adapters.downloaders.biglybt.wire import (
    DownloadWire,
    ListenPort,
    PeersAnswer,
    PeerWire,
    SpeedLimits,
)
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.exchange import AT_A_TIME
from app.adapters.downloaders.look import Look
from app.adapters.downloaders.reading import decode, decode_now, expect
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.downloaders.turn import LONELY
from app.adapters.downloaders.watched import Watched, ask_all, look_again, showing
from app.domain.snapshot import Snapshot, TorrentPeers
from app.services.ports import Connection, Push, Tiers, UploadLimits
from app.settings.downloader import DownloaderSettings

_NOT_FOUND: Final = 404
_STEP: Final = 1024
"""Bytes per second; it keeps whole KiB."""
_ACTIVE: Final = "downloads?" + "&".join(f"filter={state}" for state in ACTIVE)


class BiglyBT:
    """A `Downloader` for BiglyBT and Vuze with the adapter plugin of PeerBanHelper, 1.3.0 or later."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._clock = around.clock
        self._ignore_private = settings.ignore_private
        self._session = Session(settings)
        self._bans = BanWriter(self._session, increment=settings.increment_ban)
        self._torrents = TorrentTable(around.translation)
        self._until_look = LONELY
        self._decode_time = 0.0
        self._converting = asyncio.Lock()
        """Else eight answers at once would be eight slices in one turn of the loop."""

    async def connect(self) -> Connection:
        return await self._session.open()

    async def snapshot(self) -> Snapshot:
        look = Look(self._session.exchange)
        self._decode_time = 0.0
        statistics = await self._session.statistics()
        await self._look_after_bans()
        await self._follow()
        await ask_all(self._torrents.begin_sweep(), self._ask, at_a_time=AT_A_TIME)
        torrents = await self._show()
        totals = statistics.overall_data_bytes_sent, statistics.overall_data_bytes_received
        return look.end(self._clock(), torrents, worked=self._decode_time, totals=totals)

    async def apply(self, push: Push) -> None:
        torrents = self._torrents.entries.values()
        await look_again(torrents, [*push.added, *push.removed])
        inside = await showing(torrents, push.added)
        await self._bans.apply(push, sorted({host_of(wire) for _, wire, _ in inside}))

    async def upload_limits(self) -> UploadLimits:
        return UploadLimits(rate=max(0, (await self._limits()).upload))

    async def limit_upload(self, limits: UploadLimits) -> None:
        body = {"upload": _whole(limits.rate), "download": (await self._limits()).download}
        await self._change("POST", "speedlimiter", body)

    async def trackers(self, torrent_id: str) -> Tiers:
        path = f"download/{quote(torrent_id, safe='')}"
        answer = expect(await self._session.send("GET", path), path)
        tiers = decode_now(answer.body, DownloadWire).trackers or ()
        return tuple(tuple(tier) for tier in tiers if tier)

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:
        path = f"download/{quote(torrent_id, safe='')}/trackers"
        text = "\n\n".join("\n".join(tier) for tier in tiers)
        expect(await self._session.send("PATCH", path, text=text), path)

    async def listen_port(self) -> int:
        path = "listenport"
        answer = expect(await self._session.send("GET", path), path)
        return max(0, decode_now(answer.body, ListenPort).port)

    async def listen_at(self, port: int) -> None:
        await self._change("POST", "listenport", {"port": port})

    def forget_refusal(self) -> None:
        self._session.forget_refusal()

    async def close(self) -> None:
        await self._session.close()

    async def _limits(self) -> SpeedLimits:
        path = "speedlimiter"
        answer = expect(await self._session.send("GET", path), path)
        return decode_now(answer.body, SpeedLimits)

    async def _change(self, method: str, path: str, body: object) -> None:
        expect(await self._session.send(method, path, json=body), path)

    async def _look_after_bans(self) -> None:
        """Now and then: a plugin that was started anew in a client that was not has lost them, too."""
        self._until_look -= 1
        if self._until_look <= 0:
            self._until_look = LONELY
            if await self._bans.has_been_emptied():
                self._session.lost()
                await self._session.open()

    async def _follow(self) -> None:
        """Bring the list of torrents up to date."""
        everything = self._torrents.wants_everything
        path = "downloads" if everything else _ACTIVE
        answer = expect(await self._session.send("GET", path), path)
        effort = Effort()
        downloads = await decode(answer.body, list[DownloadWire])
        await self._torrents.take(downloads, effort, everything=everything)
        self._decode_time += effort.seconds

    async def _ask(self, watched: Watched[PeerWire]) -> None:
        """Bring the peers of one torrent up to date."""
        if self._ignore_private and watched.torrent.private:
            watched.turn.done()
            return
        path = f"download/{quote(watched.torrent.id, safe='')}/peers"
        answer = await self._session.send("GET", path)
        if answer.status == _NOT_FOUND:  # stopped or removed meanwhile
            watched.table.clear()
            watched.turn.done()
            return
        expect(answer, path)
        async with self._converting:
            effort = Effort()
            found = await decode(answer.body, PeersAnswer)
            wires = {key_of(wire): wire for wire in found.peers or ()}
            await watched.table.update(wires, effort)
            self._decode_time += effort.seconds
        watched.turn.done()

    async def _show(self) -> tuple[TorrentPeers, ...]:
        effort = Effort()
        listed = []
        for watched in self._torrents.entries.values():
            if effort.due():
                await effort.rest()
            listed.append(watched.show(ignore_private=self._ignore_private))
        self._decode_time += effort.seconds
        return tuple(listed)


def _whole(limit: int) -> int:
    """Whole KiB, and never 0 for a limit: that would be none at all."""
    return max(_STEP, limit // _STEP * _STEP) if limit > 0 else 0
