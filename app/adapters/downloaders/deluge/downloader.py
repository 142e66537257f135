"""One Deluge: lists its torrents and peers, keeps its bans in the way that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.adapters.downloaders.deluge import controls
from app.adapters.downloaders.deluge.rpc import Rpc
from app.adapters.downloaders.deluge.session import Session
from app.adapters.downloaders.deluge.way import Seen, Way
from app.adapters.downloaders.deluge.wire import LABEL_KEY, TORRENT_KEYS, TorrentWire
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.listing import Listing
from app.adapters.downloaders.look import Look
from app.adapters.downloaders.surroundings import Surroundings
from app.domain.peer import Peer
from app.domain.snapshot import Snapshot
from app.domain.torrent import Torrent
from app.services.ports import Connection, Push, Tiers, UploadLimits
from app.settings.downloader import DownloaderSettings


class Deluge:
    """A `Downloader` for Deluge 2.0 and later."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._clock = around.clock
        self._ignore_private = settings.ignore_private
        self._session = Session(settings, around)
        self._listing = Listing()

    async def connect(self) -> Connection:
        return (await self._session.open())[0]

    async def snapshot(self) -> Snapshot:
        look = Look(self._session.rpc.exchange)
        wires, seen = await self._session.do(_look)
        if seen.restarted:
            self._session.lost()
            await self._session.open()
        effort = Effort()
        torrents = await self._listing.take(
            _found(wires, seen.peers), effort, ignore_private=self._ignore_private
        )
        return look.end(self._clock(), torrents, worked=effort.seconds)

    async def apply(self, push: Push) -> None:
        if push.everything or push.added or push.removed:
            await self._session.apply(push)

    async def upload_limits(self) -> UploadLimits:
        return await self._session.do(lambda rpc, _: controls.upload_limits(rpc))

    async def limit_upload(self, limits: UploadLimits) -> None:
        await self._session.do(lambda rpc, _: controls.limit_upload(rpc, limits))

    async def trackers(self, torrent_id: str) -> Tiers:
        return await self._session.do(lambda rpc, _: controls.read_trackers(rpc, torrent_id))

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:
        await self._session.do(lambda rpc, _: controls.replace_trackers(rpc, torrent_id, tiers))

    async def listen_port(self) -> int:
        return await self._session.do(lambda rpc, _: controls.listen_port(rpc))

    async def listen_at(self, port: int) -> None:
        await self._session.do(lambda rpc, _: controls.listen_at(rpc, port))

    def forget_refusal(self) -> None:
        self._session.forget_refusal()

    async def close(self) -> None:
        await self._session.close()


async def _look(rpc: Rpc, way: Way) -> tuple[Mapping[str, TorrentWire], Seen]:
    keys = [*TORRENT_KEYS, LABEL_KEY, *way.keys]
    wires = await rpc.call("core.get_torrents_status", {}, keys, kind=dict[str, TorrentWire])
    return wires, await way.look(wires)


def _found(
    wires: Mapping[str, TorrentWire], peers: Mapping[str, Iterable[Peer]]
) -> Iterator[tuple[Torrent, Iterator[Peer]]]:
    for torrent_id, wire in wires.items():
        yield _torrent(torrent_id, wire), iter(peers.get(torrent_id, ()))


def _torrent(torrent_id: str, wire: TorrentWire) -> Torrent:
    return Torrent(
        id=torrent_id,
        hash=torrent_id,
        name=wire.name or "",
        size=wire.total_size,
        completed_size=wire.total_done,
        progress=(wire.progress or 0.0) / 100,
        upload_rate=wire.upload_payload_rate,
        download_rate=wire.download_payload_rate,
        uploaded=wire.total_uploaded,
        private=bool(wire.private),
        category=wire.label or "",
        tracker=wire.tracker_host or "",
    )
