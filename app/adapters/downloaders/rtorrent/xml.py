"""XML-RPC as rTorrent speaks it: calls to bytes, and whatever bytes come back to values."""

from __future__ import annotations

import asyncio
import re
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.parsers.expat import ExpatError

from app.domain.reason import Text
from app.services.errors import ProtocolMismatch

Argument: TypeAlias = str | int

_LARGE: Final = 20_000
"""Bytes that take about 2 ms to read."""
# Names of torrents go out as they are, and one control character makes XML of which nothing can be read.
_UNFIT: Final = {code: 0xFFFD for code in (*range(0x20), 0xFFFE, 0xFFFF) if code not in (9, 10, 13)}
_REFERENCE: Final = re.compile(r"&#(x[0-9a-fA-F]{1,6}|[0-9]{1,7});")
_DOCTYPE: Final = "<!DOCTYPE"


@dataclass(frozen=True, slots=True)
class Call:
    """One method with its arguments."""

    method: str
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """It refuses a call."""

    code: int
    message: str


def encode(call: Call) -> bytes:
    """The body of a request."""
    return xmlrpc.client.dumps(call.arguments, call.method).encode()


def encode_batch(calls: Sequence[Call]) -> bytes:
    """The body of one request that makes all `calls`, in order."""
    each = [{"methodName": call.method, "params": call.arguments} for call in calls]
    return xmlrpc.client.dumps((each,), "system.multicall").encode()


async def decode(body: bytes) -> object:
    """The value of an answer, or a Fault; read in a thread when it is large. Raises ProtocolMismatch."""
    if len(body) > _LARGE:
        return await asyncio.to_thread(decode_now, body)
    return decode_now(body)


def decode_now(body: bytes) -> object:
    """The value of an answer, or a Fault; raises ProtocolMismatch."""
    text = _clean(body.decode("utf-8", "replace"))
    if _DOCTYPE in text:  # nobody needs one, and it is how a small answer grows without end
        raise ProtocolMismatch(Text("answer-not-xml-rpc"))
    try:
        (value,), _ = xmlrpc.client.loads(text)
    except xmlrpc.client.Fault as fault:
        return _fault(fault.faultCode, fault.faultString)
    except (ExpatError, xmlrpc.client.ResponseError, ValueError, TypeError, LookupError) as error:
        raise ProtocolMismatch(Text("answer-not-xml-rpc")) from error
    return value


def read_batch(value: object, count: int) -> list[object]:
    """The values of `count` calls made together, each perhaps a Fault; raises ProtocolMismatch."""
    if not isinstance(value, list) or len(value) != count:
        raise ProtocolMismatch(Text("answer-not-xml-rpc"))
    return [_result(each) for each in value]


def _result(each: object) -> object:
    match each:
        case [value]:
            return value
        case {"faultCode": int(code), "faultString": str(message)}:
            return Fault(code, message)
    raise ProtocolMismatch(Text("answer-not-xml-rpc"))


def _fault(code: object, message: object) -> Fault:
    """Of what stands where both should be."""
    if isinstance(code, int) and isinstance(message, str):
        return Fault(code, message)
    raise ProtocolMismatch(Text("answer-not-xml-rpc"))


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    clean = text.translate(_UNFIT)
    return _REFERENCE.sub(_fit, clean) if "&#" in clean else clean


def _fit(reference: re.Match[str]) -> str:
    digits = reference[1]
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    fits = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE  # noqa: PLR2004 - XML 1.0, 2.2
    return reference[0] if fits or 0x10000 <= code < 0x110000 else "\ufffd"  # noqa: PLR2004 - as above
