"""Ban lists that downloaders fetch from our REST server; implements `Shelf`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from app.services.settings import SettingsBook

PATH: Final = "/blocklist/for"
"""Below it, each list has a name that nobody guesses."""


@dataclass(slots=True)
class _List:
    body: bytes
    fetched: bool = False


class Blocklists:
    """One list for each downloader that wants one; kept in memory, as the downloaders keep their copies."""

    def __init__(self) -> None:
        self._settings: SettingsBook | None = None
        self._served_at: str | None = None
        self._lists: dict[str, _List] = {}

    def open(self, settings: SettingsBook, url: str) -> None:
        """They are served at `url` from now on."""
        self._settings, self._served_at = settings, url

    def url(self, downloader: str, *, near: bool) -> str | None:
        """See `Shelf`."""
        if self._served_at is None or self._settings is None:
            return None
        root = self._served_at if near else self._settings.config.server.prefix
        return f"{root}{PATH}/{self._name(downloader)}"

    def put(self, downloader: str, body: bytes) -> None:
        """See `Shelf`."""
        self._lists[self._name(downloader)] = _List(body)

    def fetched(self, downloader: str) -> bool:
        """See `Shelf`."""
        found = self._lists.get(self._name(downloader))
        return found is not None and found.fetched

    def body(self, name: str) -> bytes | None:
        """What is served under `name`."""
        found = self._lists.get(name)
        return None if found is None else found.body

    def sent(self, name: str, body: bytes) -> None:
        """Somebody fetched the whole of `body` under `name`."""
        found = self._lists.get(name)
        if found is not None and found.body is body:
            found.fetched = True

    def _name(self, downloader: str) -> str:
        """The same in every run, so that what a downloader was told once stays true."""
        own = "" if self._settings is None else self._settings.config.installation_id
        return hashlib.sha256(f"{own}/{downloader}".encode()).hexdigest()[:32]
