"""Calls to one rTorrent: learns its version once, notices when it was restarted, never insists after a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.reading import shown
from app.adapters.downloaders.rtorrent.channel import open_channel
from app.adapters.downloaders.rtorrent.xml import (
    Argument,
    Call,
    Fault,
    decode,
    encode,
    encode_batch,
    read_batch,
)
from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.errors import (
    AccessDenied,
    NeedsAction,
    ProtocolMismatch,
    Unreachable,
)
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings

_NEEDED: Final = frozenset(
    {
        "cat",
        "d.multicall2",
        "ipv4_filter.add_address",
        "ipv4_filter.dump",
        "ipv4_filter.get",
        "ipv4_filter.size_data",
        "p.disconnect",
        "p.multicall",
        "system.pid",
    }
)
_ABILITIES: Final = Capabilities(
    ipv6=False,  # its filter takes IPv6 without a word and does nothing
    mapped=False,
    lasting=False,
    flags=False,  # who is interested and who is choked, which rules look at, it does not tell
    totals=False,
    # They can be added and switched off. Those added are gone after the second restart and those switched off stay
    # off, so that the torrent would be left without any (tried with 0.9.8 and 0.16.17).
    trackers=False,
    listen_port=False,  # another one is stored, and the old one listened at until it is restarted
)
_WEIGHT: Final = 10
"""What one call costs to write, in entries of a ban list."""
STATE: Final = (Call("system.pid"), Call("ipv4_filter.size_data"))
"""What tells of a restart; see `Session.look`."""


class Session:
    """Raises only DownloaderError."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self.channel = open_channel(settings)
        self.number = 0
        """Grows with each restart noticed."""
        self.filter_size = 0
        """Of the filter as we left it, as it counts itself: less means that it was lost."""
        self._pid: object = None
        self._open: Connection | None = None
        self._refusal: Text | None = None
        self._turn = asyncio.Lock()

    @property
    def run(self) -> str:
        """Another one after most restarts; in a container it may be the same again."""
        return str(self._pid)

    async def open(self) -> Connection:
        """Make sure of a session; asks nothing while one lives."""
        return self._open or await self._enter()

    def forget_refusal(self) -> None:
        """Allow one more try."""
        self._refusal = None

    async def call(self, method: str, *arguments: Argument) -> object:
        """One call; raises ProtocolMismatch when it is refused."""
        await self.open()
        return refused_not(await self._ask(encode(Call(method, arguments))))

    async def batch(self, calls: Sequence[Call]) -> list[object]:
        """Many calls in one request; a refused one is a Fault in its place."""
        await self.open()
        return await self._batch(calls)

    def look(self, state: Sequence[object]) -> None:
        """Compare the answers to STATE with those before; a restart is a new session with nothing in its filter."""
        pid, size = map(refused_not, state)
        if not isinstance(size, int):
            raise ProtocolMismatch(Text("answer-not-xml-rpc"))
        # In a container it may have the same number again.
        if pid != self._pid or size < self.filter_size:
            self.number += 1
            self._pid, self.filter_size, self._open = pid, 0, None

    async def close(self) -> None:
        """Give the connections back; never raises."""
        self._open = None
        await self.channel.close()

    async def _enter(self) -> Connection:
        async with self._turn:
            if self._open is not None:
                return self._open
            methods, version, *state = await self._batch(
                [Call("system.listMethods"), Call("system.client_version"), *STATE]
            )
            if not isinstance(version, str) or not isinstance(methods, list):
                raise ProtocolMismatch(Text("answer-not-rtorrent"))
            if not _NEEDED.issubset(each for each in methods if isinstance(each, str)):
                raise NeedsAction(
                    Text("downloader-too-old", {"version": version, "minimum": "0.9.8"})
                )
            self.look(state)
            self._open = Connection(
                product="rTorrent",
                version=version,
                capabilities=_ABILITIES,
                session=self.number,
            )
            return self._open

    async def _batch(self, calls: Sequence[Call]) -> list[object]:
        body = await computed(_WEIGHT * len(calls), encode_batch, calls)
        value = refused_not(await self._ask(body))
        return read_batch(value, len(calls))

    async def _ask(self, body: bytes) -> object:
        if self._refusal is not None:
            raise AccessDenied(self._refusal)
        try:
            return await decode(await self.channel.send(body))
        except AccessDenied as error:
            self._refusal, self._open = error.text, None
            raise
        except Unreachable:
            self._open = None  # who comes back may be another one
            raise


def refused_not(value: object) -> object:
    """`value` unless it is a Fault; raises ProtocolMismatch."""
    if isinstance(value, Fault):
        raise ProtocolMismatch(Text("call-refused", {"reason": shown(value.message)}))
    return value
