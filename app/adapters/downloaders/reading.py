"""Reads answers: whether they are a success, and what their JSON says."""

from __future__ import annotations

import asyncio
import re
from typing import Final, TypeVar

import msgspec

from app.adapters.downloaders.exchange import Answer
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch

T = TypeVar("T")

_LARGE: Final = 500_000
"""Bytes that take about 2 ms to decode."""
_LONGEST: Final = 200
_URL: Final = re.compile(r"\w+://\S+")


def expect(answer: Answer, path: str) -> Answer:
    """`answer` if it is a success; raises ProtocolMismatch."""
    if answer.succeeded:
        return answer
    raise bad_status(answer, path)


def bad_status(answer: Answer, path: str) -> ProtocolMismatch:
    """The error of an answer that is no success, and of which no more is known."""
    return ProtocolMismatch(Text("answer-status", {"status": answer.status, "path": path}))


async def decode(body: bytes, kind: type[T]) -> T:
    """Read JSON as `kind`, in a thread when it is large; raises ProtocolMismatch."""
    if len(body) > _LARGE:
        return await asyncio.to_thread(decode_now, body, kind)
    return decode_now(body, kind)


def decode_now(body: bytes, kind: type[T]) -> T:
    """Read JSON as `kind`; raises ProtocolMismatch."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except msgspec.ValidationError as error:
        # Names the member and the types, never the value.
        raise ProtocolMismatch(Text("answer-unexpected", {"reason": str(error)})) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolMismatch(Text(_nature(body))) from error


def shown(said: str, longest: int = _LONGEST) -> str:
    """The first line of what a client wrote, as users may see it.

    Without addresses: those of our lists and of trackers are secrets.
    """
    line = "".join(char for char in said.strip().partition("\n")[0] if char.isprintable())
    return _URL.sub("…", line)[:longest]


def _nature(body: bytes) -> str:
    start = body[:200].strip()
    if not start:
        return "answer-empty"
    return "answer-html" if start.startswith(b"<") else "answer-not-json"
