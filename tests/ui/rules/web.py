"""A web for tests that subscribe to lists: files by address."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from app.domain.reason import Text
from app.services.fetching import Credentials, Fetched, FetchFailed, Stamp

URL = "https://lists.example/addresses.txt"
GOOD = "192.0.2.0/24\n203.0.113.7\n"


class Web:
    """Answers with the file at an address; others are nowhere."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = {URL: GOOD}
        monkeypatch.setattr("tests.services.fakes.fetch_nothing", self.fetch)

    async def fetch(
        self,
        url: str,
        target: Path,
        *,
        limit: int,
        stamp: Stamp = Stamp(),  # noqa: B008 - frozen
        credentials: Credentials | None = None,
        seconds: float = 0,
    ) -> Fetched:
        if url not in self.files:
            raise FetchFailed(url, Text("no-answer-in-time"))
        content = self.files[url].encode()
        await asyncio.to_thread(target.write_bytes, content)
        digest = hashlib.sha256(content).hexdigest()
        return Fetched(path=target, size=len(content), sha256=digest, stamp=stamp)
