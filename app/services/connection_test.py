"""Tries a connection once, and tells what to set where it fails, kind by kind, and what lacks where it works."""

from __future__ import annotations

import asyncio
from typing import Final

from app.domain.reason import Text
from app.services.errors import DownloaderError, NoListener, ProtocolMismatch, TooLate
from app.services.ports import Connection, Downloader
from app.services.shortcomings import shortcomings
from app.services.sweep import close_soon
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DownloaderKind

_SECONDS: Final = 20


async def try_once(downloader: Downloader, settings: DownloaderSettings) -> Connection:
    """Connect and close; raises DownloaderError that says what to set."""
    try:
        return await connected_in_time(downloader)
    except DownloaderError as error:
        better = with_advice(error, settings.kind)
        if better is None:
            raise
        raise better from error
    finally:
        await close_soon(downloader, settings.name)


async def connected_in_time(downloader: Downloader) -> Connection:
    """Connect; raises DownloaderError, TooLate when it takes longer than anybody waits for a button."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await downloader.connect()
    except TimeoutError:
        raise TooLate from None


def with_advice(error: DownloaderError, kind: DownloaderKind) -> DownloaderError | None:
    """`error` with what the user can do about it; None where it says so itself."""
    advice = _advice(error, kind)
    if advice is None:
        return None
    return DownloaderError(Text("failed-with-advice", {"what": error.text, "advice": advice}))


def connected(connection: Connection) -> tuple[Text, ...]:
    """What a connection that works is worth telling: what answers, what it lacks, what would help."""
    found = Text(
        "connected-to", {"product": connection.product, "version": connection.version or "?"}
    )
    lacks = shortcomings(connection.capabilities)
    if connection.advice is None:
        return (found, *lacks)
    # That it cannot ban at all is what advice begins with.
    lacks = tuple(each for each in lacks if each.id != "lacks-bans")
    return (found, *lacks, connection.advice)


def _advice(error: DownloaderError, kind: DownloaderKind) -> Text | None:
    match error:
        case NoListener():
            return Text(kind.switch_on)
        case ProtocolMismatch() if _is_foreign(error):
            return Text("other-program", {"kind": kind.name, "example": kind.endpoint})
        case TooLate():
            return Text("no-answer-check")
    return None


def _is_foreign(error: ProtocolMismatch) -> bool:
    """Whether what answered may be another program; one that refuses or fails is the right one."""
    detail = error.text.params["detail"]
    if not isinstance(detail, Text):
        return False
    return detail.id.startswith("answer-") and detail.id != "answer-refused"
