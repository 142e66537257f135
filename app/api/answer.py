"""What a route answers, and the one place that puts it into PBH's envelope (reference/webapi.md 1.2, 1.10)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

import msgspec

from app.services.slices import Slices

T = TypeVar("T")

MAX_PAGE_SIZE: Final = 1000
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything about an answer but its encoding."""

    data: object = None
    message: str | None = None
    """In the language of the request; for people only."""
    success: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    session: str | None = None
    """Id of a session that begins with this answer."""


class Envelope(msgspec.Struct, frozen=True):
    """Every JSON answer: exactly these members, in this order."""

    success: bool
    message: str | None
    data: Any


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list; `total` counts all of it."""

    page: int
    size: int
    total: int
    results: list[T] | msgspec.Raw


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is wanted."""

    page: int
    """From 1."""
    size: int

    @classmethod
    def within_limits(cls, page: int, size: int) -> Paging:
        """One rule for all lists: a page below 1 becomes 1, the size 1 to 1000."""
        return cls(min(max(page, 1), 2**31), min(max(size, 1), MAX_PAGE_SIZE))

    @property
    def offset(self) -> int:
        """Entries before the page."""
        return (self.page - 1) * self.size

    def of(self, total: int, results: msgspec.Raw) -> Page[Any]:
        """The page with its contents."""
        return Page(page=self.page, size=self.size, total=total, results=results)


# A fact of a verdict that JSON has no form for, such as an address, goes out as its text.
_encoder: Final = msgspec.json.Encoder(enc_hook=str)


def server_name(version: str) -> str:
    """The `Server` header."""
    return f"PeerWarden/{version}"


def encode(answer: Answer) -> bytes:
    """The answer in its envelope."""
    return _encoder.encode(Envelope(answer.success, answer.message, answer.data))


async def encode_list(items: Collection[T], shape: Callable[[T], object]) -> msgspec.Raw:
    """A JSON array of any length, made in slices so that sweep and screen go on."""
    slices = Slices()
    text = bytearray(b"[")
    for item in items:
        if slices.due():
            await slices.rest()
        if len(text) > 1:
            text += b","
        text += _encoder.encode(shape(item))
    text += b"]"
    return msgspec.Raw(bytes(text))
