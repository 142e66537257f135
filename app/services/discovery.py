"""Finds the downloaders of this machine, and says which of them are watched already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from app.domain.address import InvalidAddress, parse_ip
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DOWNLOADER_KINDS, DownloaderKind

_PORTS: Final = {"http": 80, "https": 443}


class Found(Struct, frozen=True, kw_only=True):
    """A program of this machine that answers as a downloader does."""

    host: str
    """Address as URLs have it: IPv6 in brackets."""
    port: int
    type: str
    """Key of its kind."""
    pid: int = 0
    """Of its process; 0 when that is not ours to know."""

    @property
    def kind(self) -> DownloaderKind:
        """What `type` means."""
        return DOWNLOADER_KINDS[self.type]

    @property
    def endpoint(self) -> str:
        """What its settings shall have."""
        return f"http://{self.host}:{self.port}{urlsplit(self.kind.endpoint).path}"


class Discovered(Struct, frozen=True, kw_only=True):
    """What was found, for front ends."""

    found: Found
    added: bool
    """Whether it is watched already."""


class Scan(Protocol):
    """Looks at what listens on this machine; tries no password and never asks other machines."""

    async def __call__(self) -> Sequence[Found]:
        """All that was recognised within half a minute, by port; what refuses to tell is left out."""


class Discovery:
    """One scan at a time, however many front ends ask."""

    def __init__(self, scan: Scan, watched: Callable[[], Iterable[DownloaderSettings]]) -> None:
        self._scan, self._watched = scan, watched
        self._turn = asyncio.Lock()

    async def find(self) -> tuple[Discovered, ...]:
        """The downloaders that run here now."""
        async with self._turn:
            found = await self._scan()
        taken = {port for settings in self._watched() if (port := _near_port(settings.endpoint))}
        return tuple(Discovered(found=each, added=each.port in taken) for each in found)


def _near_port(endpoint: str) -> int | None:
    """The port of an address that may be this machine's; None for others and for sockets without one."""
    parts = urlsplit(endpoint)
    host = (parts.hostname or "").lower()
    try:
        ip = parse_ip(host)
    except InvalidAddress:
        near = host == "localhost"
    else:
        near = ip.is_loopback or ip.is_private or ip.is_unspecified
    return parts.port or _PORTS.get(parts.scheme) if near else None
