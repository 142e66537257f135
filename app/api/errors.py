"""The one table from what can go wrong to status codes (reference/webapi.md 1.9)."""

from __future__ import annotations

from typing import Final

from app.api.answer import Answer
from app.domain.errors import AppError, NotFound, Refused
from app.domain.reason import Text
from app.domain.string_rule import InvalidRule
from app.locale import _
from app.locale.texts import say
from app.services.errors import DownloaderError, StorageError
from app.settings.errors import InvalidSetting, SettingsError


class TooLarge(AppError):
    """A body of more bytes than we read."""

    def __init__(self, limit: int) -> None:
        super().__init__(Text("body-too-large", {"limit": limit}))


class TooSlow(AppError):
    """A body that does not come to its end."""

    def __init__(self) -> None:
        super().__init__(Text("body-too-slow"))


STATUS: Final[tuple[tuple[type[AppError], int], ...]] = (
    (NotFound, 404),
    (Refused, 400),
    (InvalidSetting, 400),
    (InvalidRule, 400),
    (TooLarge, 413),
    (TooSlow, 408),
    (DownloaderError, 502),
    (StorageError, 500),
    (SettingsError, 500),
    (AppError, 500),
)
"""The first class that fits counts."""


def answer_to(error: AppError) -> Answer:
    """What a client is told; for a bad argument PBH repeats the message as data."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    message = printable(say(error.text))
    data = message if status == 400 else None  # noqa: PLR2004 - HTTP status
    return Answer(status=status, success=False, message=message, data=data)


def refusal(status: int, message: str) -> Answer:
    """A plain failure."""
    return Answer(status=status, success=False, message=printable(message))


def crash() -> Answer:
    """What a client is told of our own bug: nothing but that; the log has the rest."""
    return refusal(500, _("Internal error, see the log."))


def printable(text: str) -> str:
    """`text` without half characters, which JSON cannot carry; clients can send them in addresses and headers."""
    return text.encode(errors="replace").decode()
