"""One qBittorrent: follows its torrents, asks those that move for their peers, keeps its ban list."""

from __future__ import annotations

import asyncio
from typing import Final

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.exchange import AT_A_TIME
from app.adapters.downloaders.look import Look
from app.adapters.downloaders.qbittorrent.bans import BanWriter
from app.adapters.downloaders.qbittorrent.follower import Follower
from app.adapters.downloaders.qbittorrent.session import Session
from app.adapters.downloaders.qbittorrent.torrents import Followed
from app.adapters.downloaders.qbittorrent.trackers import TrackerWriter
from app.adapters.downloaders.qbittorrent.wire import Properties, TorrentPeersAnswer
from app.adapters.downloaders.reading import decode, expect
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.downloaders.upload_limit import not_unlimited
from app.adapters.downloaders.watched import ask_all, look_again
from app.domain.snapshot import Snapshot, TorrentPeers
from app.services.ports import Connection, Push, Tiers, UploadLimits
from app.settings.downloader import DownloaderSettings

_NOT_FOUND: Final = 404


class QBittorrent:
    """A `Downloader` for qBittorrent 4.5.0 and later, and its Enhanced Edition."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._clock = around.clock
        self._ignore_private = settings.ignore_private
        self._session = Session(settings)
        self._bans = BanWriter(self._session, increment=settings.increment_ban)
        self._trackers = TrackerWriter(self._session)
        self._follower = Follower(self._session, around.translation)
        self._torrents = self._follower.torrents
        self._decode_time = 0.0
        self._converting = asyncio.Lock()
        """Else sixteen answers at once would be sixteen slices in one turn of the loop."""

    async def connect(self) -> Connection:
        return await self._session.open()

    async def snapshot(self) -> Snapshot:
        look = Look(self._session.exchange)
        self._decode_time = await self._follower.follow()
        effort = Effort()
        due = await self._torrents.begin_sweep(effort)
        self._decode_time += effort.seconds
        await ask_all(due, self._ask, at_a_time=AT_A_TIME)
        torrents = await self._show()
        server = self._follower.server
        return look.end(
            self._clock(),
            torrents,
            worked=self._decode_time,
            totals=(server.uploaded, server.downloaded),
            external=server.external,
        )

    async def apply(self, push: Push) -> None:
        connection = await self._session.open()
        # Before, not after: also when part of the list fails to stick, peers are dropped.
        await look_again(self._torrents.entries.values(), [*push.added, *push.removed])
        await self._bans.apply(push, ranges=connection.capabilities.prefixes)

    async def upload_limits(self) -> UploadLimits:
        found = await self._session.preferences()
        return UploadLimits(rate=found.up_limit, alternative=found.alt_up_limit)

    async def limit_upload(self, limits: UploadLimits) -> None:
        changes: dict[str, object] = {"up_limit": not_unlimited(limits.rate)}
        if limits.alternative is not None:
            changes["alt_up_limit"] = not_unlimited(limits.alternative)
        await self._session.set_preferences(changes)

    async def trackers(self, torrent_id: str) -> Tiers:
        return await self._trackers.read(torrent_id)

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:
        await self._trackers.replace(torrent_id, tiers)

    async def listen_port(self) -> int:
        return (await self._session.preferences()).listen_port

    async def listen_at(self, port: int) -> None:
        await self._session.set_preferences({"listen_port": port})

    def forget_refusal(self) -> None:
        self._session.forget_refusal()

    async def close(self) -> None:
        await self._session.close()

    async def _ask(self, watched: Followed) -> None:
        """Bring the peers of one torrent up to date."""
        if watched.wants_properties and not self._is_left_alone(watched):
            await self._read_properties(watched)
        if self._is_left_alone(watched):
            watched.turn.done()
            return
        path = "sync/torrentPeers"
        answer = await self._session.get(path, hash=watched.id)
        if answer.status == _NOT_FOUND:
            watched.gone = True
            return
        expect(answer, path)
        async with self._converting:
            effort = Effort()
            found = await decode(answer.body, TorrentPeersAnswer)
            await watched.table.update(found.peers, effort)
            self._decode_time += effort.seconds
        watched.turn.done()

    async def _read_properties(self, watched: Followed) -> None:
        path = "torrents/properties"
        answer = await self._session.get(path, hash=watched.id)
        if answer.status == _NOT_FOUND:
            watched.gone = True
            return
        watched.learn(await decode(expect(answer, path).body, Properties))

    def _is_left_alone(self, watched: Followed) -> bool:
        return self._ignore_private and watched.torrent.private

    async def _show(self) -> tuple[TorrentPeers, ...]:
        effort = Effort()
        listed = []
        for watched in self._torrents.entries.values():
            if effort.due():
                await effort.rest()
            if not watched.gone:
                listed.append(watched.show(ignore_private=self._ignore_private))
        self._decode_time += effort.seconds
        return tuple(listed)
