"""One aria2, which is watched only, or one Aria2Next, which bans as well."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Raw

from app.adapters.downloaders.aria2.peers import PeerReader, read_torrent
from app.adapters.downloaders.aria2.rpc import Call, Refusal
from app.adapters.downloaders.aria2.session import BLOCK, Session
from app.adapters.downloaders.aria2.wire import (
    TORRENT_KEYS,
    Blocked,
    Download,
    GlobalOptions,
    PeerWire,
    SessionInfo,
)
from app.adapters.downloaders.effort import Effort, computed
from app.adapters.downloaders.listing import Listing
from app.adapters.downloaders.look import Look
from app.adapters.downloaders.reading import decode, shown
from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix, show
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.snapshot import Snapshot
from app.domain.torrent import Torrent
from app.services.errors import NotSupported, ProtocolMismatch
from app.services.ports import Connection, Push, Tiers, UploadLimits
from app.settings.downloader import DownloaderSettings

_MOST_LISTED: Final = 1_000
"""Of those that wait, and of those that stopped."""
_TORRENTS_AT_ONCE: Final = 100
"""Asked for their peers in one request."""
_LIMIT: Final = "max-overall-upload-limit"
_PORT: Final = "listen-port"
_PORT_SHAPE: Final = re.compile(r"[0-9]{1,5}")


class Aria2:
    """A `Downloader` for aria2 and Aria2Next."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._clock = around.clock
        self._ignore_private = settings.ignore_private
        self._session = Session(settings)
        self._rpc = self._session.rpc
        self._peers = PeerReader(around.translation, told=self._session.wants_next)
        self._listing = Listing()

    async def connect(self) -> Connection:
        return await self._session.open()

    async def snapshot(self) -> Snapshot:
        look = Look(self._rpc.exchange)
        await self._session.open()
        downloads = await self._downloads()
        await self._session.open()
        answers = await self._ask_peers(downloads)
        now = self._clock()
        effort = Effort()
        torrents = await self._listing.take(
            self._read(downloads, answers, now / 1000), effort, ignore_private=self._ignore_private
        )
        self._peers.tidy(now / 1000)
        return look.end(now, torrents, worked=effort.seconds)

    async def apply(self, push: Push) -> None:
        # It replaces all that stands there and drops whoever is in it.
        if not (push.everything or push.added or push.removed):
            return
        await self._session.open()
        rules = await computed(len(push.wanted), _rules, push.wanted)
        done = await self._rpc.call(BLOCK, Blocked, rules)
        if done.rule_count is not None and done.rule_count < len(rules):
            count = len(rules) - done.rule_count
            raise ProtocolMismatch(Text("bans-not-taken", {"count": count, "example": rules[0]}))

    async def upload_limits(self) -> UploadLimits:
        return UploadLimits(rate=(await self._options()).max_overall_upload_limit)

    async def limit_upload(self, limits: UploadLimits) -> None:
        await self._set({_LIMIT: str(max(0, limits.rate))})

    async def trackers(self, torrent_id: str) -> Tiers:  # noqa: ARG002 - of the port
        raise NotSupported

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:  # noqa: ARG002 - as above
        raise NotSupported

    async def listen_port(self) -> int:
        await self._need_listen_port()
        first = (await self._options()).listen_port.replace("-", ",").partition(",")[0].strip()
        return int(first) if _PORT_SHAPE.fullmatch(first) else 0

    async def listen_at(self, port: int) -> None:
        await self._need_listen_port()
        await self._set({_PORT: str(port)})

    def forget_refusal(self) -> None:
        self._rpc.forget_refusal()

    async def close(self) -> None:
        await self._session.close()

    async def _downloads(self) -> list[Download]:
        """All torrents, and a look whether it was restarted."""
        keys = list(TORRENT_KEYS)
        info, *listed = await self._rpc.batch(
            [
                Call("aria2.getSessionInfo"),
                Call("aria2.tellActive", (keys,)),
                Call("aria2.tellWaiting", (0, _MOST_LISTED, keys)),
                Call("aria2.tellStopped", (0, _MOST_LISTED, keys)),
            ]
        )
        self._session.look(await decode(_told(info), SessionInfo))
        found = [each for part in listed for each in await decode(_told(part), list[Download])]
        return [each for each in found if each.bittorrent is not None and not each.followed_by]

    async def _ask_peers(self, downloads: Sequence[Download]) -> Mapping[str, Sequence[PeerWire]]:
        """The peers of those that have any, by gid."""
        due = [each.gid for each in downloads if each.connections > 0]
        answers: dict[str, Sequence[PeerWire]] = {}
        for start in range(0, len(due), _TORRENTS_AT_ONCE):
            part = due[start : start + _TORRENTS_AT_ONCE]
            found = await self._rpc.batch([Call("aria2.getPeers", (gid,)) for gid in part])
            for gid, answer in zip(part, found, strict=True):
                if not isinstance(answer, Refusal):  # else it has stopped meanwhile
                    answers[gid] = await decode(bytes(answer), list[PeerWire])
        return answers

    def _read(
        self,
        downloads: Sequence[Download],
        answers: Mapping[str, Sequence[PeerWire]],
        now: float,
    ) -> Iterator[tuple[Torrent, Iterator[Peer]]]:
        for download in downloads:
            wires = answers.get(download.gid, ())
            yield read_torrent(download), self._peers.read(wires, download, now)

    async def _options(self) -> GlobalOptions:
        await self._session.open()
        return await self._rpc.call("aria2.getGlobalOption", GlobalOptions)

    async def _set(self, options: Mapping[str, str]) -> None:
        await self._session.open()
        await self._rpc.call("aria2.changeGlobalOption", str, options)

    async def _need_listen_port(self) -> None:
        if not (await self._session.open()).capabilities.listen_port:
            raise NotSupported


def _rules(wanted: Collection[Prefix]) -> list[str]:
    return sorted(map(show, wanted))


def _told(answer: Raw | Refusal) -> bytes:
    """Raises ProtocolMismatch when it was refused."""
    if isinstance(answer, Refusal):
        raise ProtocolMismatch(Text("call-refused", {"reason": shown(answer.message)}))
    return bytes(answer)
