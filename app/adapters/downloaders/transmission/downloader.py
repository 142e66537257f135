"""One Transmission: reads its torrents and peers in one request, keeps its blocklist."""

from __future__ import annotations

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.look import Look
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.downloaders.transmission import preferences, trackers
from app.adapters.downloaders.transmission.bans import BanList
from app.adapters.downloaders.transmission.rpc import Rpc
from app.adapters.downloaders.transmission.session import Session
from app.adapters.downloaders.transmission.squeeze import Squeeze
from app.adapters.downloaders.transmission.torrents import Torrents
from app.adapters.downloaders.transmission.wire import (
    DETAIL_FIELDS,
    ROW_FIELDS,
    DetailsAnswer,
    Row,
    Rows,
    SessionWire,
)
from app.domain.snapshot import Snapshot
from app.services.ports import Connection, Push, Tiers, UploadLimits
from app.settings.downloader import DownloaderSettings


class Transmission:
    """A `Downloader` for Transmission 3.00 and later."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._clock = around.clock
        self._rpc = Rpc(settings)
        self._session = Session(self._rpc, self._prepare)
        self._bans = BanList(self._rpc, settings, around)
        self._squeeze = Squeeze(self._rpc, around.facts, f"transmission/{settings.id}/peer-limits")
        self._torrents = Torrents(around.translation, ignore_private=settings.ignore_private)
        self._torrents_of = 0

    async def connect(self) -> Connection:
        return await self._session.open()

    async def snapshot(self) -> Snapshot:
        await self._squeeze.settled()  # else they would seem to be there still
        look = Look(self._rpc.exchange)
        rows, decoding = await self._rows()
        await self._learn(rows)
        effort = Effort()
        counted = self._session.version.capabilities.counters
        torrents = await self._torrents.take(rows, effort, counted=counted)
        decoding += effort.seconds
        await self._session.count()
        await self._squeeze.tidy()
        totals = self._session.stats.cumulative_stats
        return look.end(
            self._clock(),
            torrents,
            worked=decoding,
            totals=(totals.uploaded_bytes, totals.downloaded_bytes),
        )

    async def apply(self, push: Push) -> None:
        await self._session.open()
        text = await self._bans.apply(push)
        if not self._session.version.drops_banned:
            await self._squeeze.drop(self._torrents.connected, text.holds)

    async def upload_limits(self) -> UploadLimits:
        await self._session.open()
        return await preferences.upload_limits(self._rpc)

    async def limit_upload(self, limits: UploadLimits) -> None:
        await self._session.open()
        await preferences.limit_upload(self._rpc, limits)

    async def trackers(self, torrent_id: str) -> Tiers:
        await self._session.open()
        return await trackers.read(self._rpc, torrent_id)

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:
        await self._session.open()
        if self._session.version.has_tracker_list:
            await trackers.replace_all(self._rpc, torrent_id, tiers)
        else:
            await trackers.replace_each(self._rpc, torrent_id, tiers)

    async def listen_port(self) -> int:
        await self._session.open()
        return await preferences.listen_port(self._rpc)

    async def listen_at(self, port: int) -> None:
        await self._session.open()
        await preferences.listen_at(self._rpc, port)

    def forget_refusal(self) -> None:
        self._rpc.forget_refusal()

    async def close(self) -> None:
        try:
            await self._squeeze.close()
        finally:  # who is in a hurry cuts the wait short
            self._session.close()
            await self._rpc.exchange.close()

    async def _prepare(self, session: SessionWire) -> None:
        await self._squeeze.mend()
        self._bans.check(session)

    async def _rows(self) -> tuple[list[Row], float]:
        """All torrents in short, and the seconds that reading them took."""
        await self._session.open()
        answer = await self._rpc.call("torrent-get", Rows, format="table", fields=ROW_FIELDS)
        await self._session.open()  # it may have been restarted just before it answered
        if self._torrents_of != self._session.number:
            self._torrents.forget()
            self._torrents_of = self._session.number
        effort = Effort()
        return await self._torrents.read(answer.torrents, effort), effort.seconds

    async def _learn(self, rows: list[Row]) -> None:
        """Ask for what is not known yet of some of them."""
        wanted = self._torrents.unknown(rows)
        if wanted is not None and not wanted:
            return
        only = {} if wanted is None else {"ids": wanted}
        found = await self._rpc.call("torrent-get", DetailsAnswer, fields=DETAIL_FIELDS, **only)
        self._torrents.learn(found.torrents, everything=wanted is None)
