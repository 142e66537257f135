"""Ban lists that downloaders fetch from our REST server; implements `Shelf`."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from typing import Final

from app.services.settings import SettingsBook

PATH: Final = "/blocklist/for"
"""Below it, each list has a name that nobody comes upon by chance; no secret, for other paths give it to everybody."""
_LEVEL: Final = 1
"""Of packing: ten times faster than the usual one, and lists are fetched from nearby."""


@dataclass(slots=True)
class ServedList:
    """One list as it was put."""

    body: bytes
    fetched: bool = False
    """Whether its downloader has all of it."""
    _packed: bytes | None = None

    async def packed(self) -> bytes:
        """The body as gzip, packed once."""
        if self._packed is None:
            # A large one takes tens of milliseconds.
            self._packed = await asyncio.to_thread(gzip.compress, self.body, _LEVEL)
        return self._packed


class Blocklists:
    """One list for each downloader that wants one; kept in memory, as the downloaders keep their copies."""

    def __init__(self) -> None:
        self._settings: SettingsBook | None = None
        self._served_at: str | None = None
        self._lists: dict[str, ServedList] = {}
        """By downloader."""

    def open(self, settings: SettingsBook, url: str) -> None:
        """They are served at `url` from now on."""
        self._settings, self._served_at = settings, url

    def close(self) -> None:
        """They are not served any more."""
        self._served_at = None

    def url(self, downloader: str, *, near: bool) -> str | None:
        """See `Shelf`."""
        if self._served_at is None or self._settings is None:
            return None
        root = self._served_at if near else self._settings.config.server.prefix
        return f"{root.rstrip('/')}{PATH}/{self._name(downloader)}"

    def put(self, downloader: str, body: bytes) -> None:
        """See `Shelf`."""
        self._lists[downloader] = ServedList(body)

    def drop(self, downloader: str) -> None:
        """It is not watched any more; what it fetched it keeps."""
        self._lists.pop(downloader, None)

    def fetched(self, downloader: str) -> bool:
        """See `Shelf`."""
        found = self._lists.get(downloader)
        return found is not None and found.fetched

    def named(self, name: str) -> ServedList | None:
        """The list at `name` below PATH; what is put later is another one."""
        for downloader, found in self._lists.items():
            if self._name(downloader) == name:
                return found
        return None

    def _name(self, downloader: str) -> str:
        """The same in every run, so that what a downloader was told once stays true."""
        own = "" if self._settings is None else self._settings.config.installation_id
        return hashlib.sha256(f"{own}/{downloader}".encode()).hexdigest()[:32]
