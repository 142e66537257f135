"""What is fetched from the web, lists and databases: the port, its values, and how it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct

from app.domain.errors import AppError
from app.domain.reason import Text
from app.settings.secret import Secret

PATIENCE: Final = 180.0
"""Seconds for a whole download, unless the caller says otherwise."""


class Stamp(Struct, frozen=True, kw_only=True):
    """How a server recognises what we have; both empty for nothing."""

    etag: str = ""
    modified: str = ""
    """As the server wrote it."""


class Credentials(Struct, frozen=True, kw_only=True):
    """Sent to the origin of the first URL and to nobody else."""

    username: str
    password: Secret


class Fetched(Struct, frozen=True, kw_only=True):
    """What came."""

    path: Path | None
    """The file, complete and on disk; None when the server says that `stamp` is still right."""
    stamp: Stamp
    size: int = 0
    """Bytes, unpacked."""
    sha256: str = ""
    """Of the file, in hexadecimal."""


class FetchFailed(AppError):
    """Nothing usable came; `why` says what happened, without the address."""

    def __init__(self, address: str, why: Text) -> None:
        """`address` is shown as it is and must hold no secret."""
        self.why = why
        super().__init__(Text("fetch-failed", {"address": address, "why": why}))


class Fetch(Protocol):
    """Downloads one file; may be called again at any time, by several at once for different targets."""

    async def __call__(
        self,
        url: str,
        target: Path,
        *,
        limit: int,
        stamp: Stamp = Stamp(),  # noqa: B008 - frozen
        credentials: Credentials | None = None,
        seconds: float = PATIENCE,
    ) -> Fetched:
        """Put what `url` answers at `target`, whose folder exists; gzip and xz are unpacked.

        `limit` is in bytes and holds for what comes and for what is unpacked, `seconds` for everything.
        Raises FetchFailed only; `target` is then as it was, and nothing else is left behind.
        """
        ...
