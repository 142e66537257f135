"""Keeps the list of torrents up to date, by what each version has for it that costs the server least."""

from __future__ import annotations

from typing import Final

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.qbittorrent.server import Server
from app.adapters.downloaders.qbittorrent.session import Session
from app.adapters.downloaders.qbittorrent.torrents import TorrentTable
from app.adapters.downloaders.qbittorrent.wire import ActiveTorrent, MainData, TorrentChange
from app.adapters.downloaders.reading import decode, expect
from app.domain.address import Translation

WHOLE_EVERY: Final = 6
"""Sweeps between two looks at all torrents where these are slow; the others ask for those that move."""
MANY: Final = 100
"""Torrents below which a look at all of them is cheap everywhere."""


class Follower:
    """The list of one server's torrents, and what the server says of itself beside it."""

    def __init__(self, session: Session, translation: Translation) -> None:
        self.server = Server()
        self.torrents = TorrentTable(translation)
        self._session = session
        self._torrents_of = 0
        self._until_whole = 0

    async def follow(self) -> float:
        """Bring both up to date; returns the seconds of work that took."""
        await self._session.open()
        table = self.torrents
        if self._torrents_of != self._session.number:
            table.rid = 0
        slow = not self._session.version.lists_cheaply and len(table.entries) > MANY
        if slow and table.rid > 0 and self._until_whole > 0:
            self._until_whole -= 1
            return await self._follow_active()
        seconds = await self._follow_all()
        self._until_whole = WHOLE_EVERY - 1
        return seconds

    async def _follow_all(self) -> float:
        session, table, path = self._session, self.torrents, "sync/maindata"
        number = session.number
        answer = expect(await session.get(path, rid=table.rid), path)
        effort = Effort()
        changes = await decode(answer.body, MainData)
        fell = table.restarted(changes)
        self.server.merge(changes.server_state, full=changes.full_update)
        forgotten = changes.full_update and table.rid > 0 and session.number == number
        # An API key has one session for all programs that use it, so another's request makes ours
        # forgotten, too; only a log-in of our own tells by that alone.
        if forgotten and (fell or not session.keyed):
            session.lost()
        await table.merge(changes, effort)
        seconds = effort.seconds
        await session.open()
        self._torrents_of = session.number
        return seconds

    async def _follow_active(self) -> float:
        """Those that move; whatever moved and is not among them has come to rest."""
        path = "torrents/info"
        answer = expect(await self._session.get(path, filter="active"), path)
        effort = Effort()
        listed = await decode(answer.body, list[ActiveTorrent])
        changes: dict[str, TorrentChange] = {each.hash: each for each in listed}
        for watched in self.torrents.entries.values():
            if effort.due():
                await effort.rest()
            if watched.moves and not watched.gone and watched.id not in changes:
                changes[watched.id] = TorrentChange(upspeed=0, dlspeed=0)
        await self.torrents.merge(MainData(rid=self.torrents.rid, torrents=changes), effort)
        return effort.seconds
