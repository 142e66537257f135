"""A name server on a free loopback port that answers PTR queries as it is told to."""

from __future__ import annotations

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import cast

from typing_extensions import override

_HEADER = 12
_PTR, _IN = 12, 1


class Odd(Enum):
    """Answers other than names."""

    MISSING = auto()
    """NXDOMAIN."""
    REFUSED = auto()
    SILENCE = auto()
    GARBAGE = auto()
    """Bytes that are no message."""
    TORN = auto()
    """A message that ends in the middle of its answer."""


@dataclass
class DnsServer:
    """By reverse name in lower case, such as `9.113.0.203.in-addr.arpa`; what is missing gets NXDOMAIN."""

    address: str = ""
    """Host and port, as settings name servers."""
    answers: dict[str, tuple[str, ...] | Odd] = field(default_factory=dict)
    ttl: int = 3_600
    calls: Counter[str] = field(default_factory=Counter)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first query."""

    def reply(self, query: bytes) -> bytes | None:
        """The message to send back, None for silence."""
        name, end = _read_name(query)
        self.calls[name] += 1
        self.asked.set()
        answer = self.answers.get(name, Odd.MISSING)
        question = query[_HEADER:end]
        match answer:
            case Odd.SILENCE:
                return None
            case Odd.GARBAGE:
                return b"\xff" * 7
            case Odd.MISSING:
                return _header(query, 3, 0) + question
            case Odd.REFUSED:
                return _header(query, 5, 0) + question
            case Odd.TORN:
                return _header(query, 0, 1) + question + b"\xc0\x0c\x00\x0c\x00"
            case _:
                records = b"".join(self._record(each) for each in answer)
                return _header(query, 0, len(answer)) + question + records

    def _record(self, name: str) -> bytes:
        content = _write_name(name)
        return b"\xc0\x0c" + struct.pack("!HHIH", _PTR, _IN, self.ttl, len(content)) + content


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Python's own transport does not inherit from the class that it fits.
        self._transport = cast("asyncio.DatagramTransport", transport)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._server.reply(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


@asynccontextmanager
async def dns_server() -> AsyncIterator[DnsServer]:
    """One that runs inside the test."""
    server = DnsServer()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Protocol(server), local_addr=("127.0.0.1", 0)
    )
    host, port = transport.get_extra_info("sockname")
    server.address = f"{host}:{port}"
    try:
        yield server
    finally:
        transport.close()


def _header(query: bytes, code: int, answers: int) -> bytes:
    return query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, answers, 0, 0)


def _read_name(query: bytes) -> tuple[str, int]:
    """The name asked for, and where the question ends."""
    labels, at = [], _HEADER
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    return ".".join(labels).lower(), at + 5


def _write_name(name: str) -> bytes:
    labels = [label.encode("latin-1") for label in name.rstrip(".").split(".")]
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
