"""Asks DNS servers for the names of addresses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import aiodns
import pycares

from app.domain.address import InvalidAddress, IPAddress, parse_ip
from app.domain.reason import Text
from app.services.reverse_names import ReverseAnswer

log = logging.getLogger(__name__)

_MAX_PORT: Final = 65_535
_MAX_NAMES: Final = 8
_MAX_LENGTH: Final = 253
_NO_NAME: Final = (aiodns.error.ARES_ENOTFOUND, aiodns.error.ARES_ENODATA)
_TRIES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The servers that settings name."""

    usable: tuple[str, ...] = ()
    """As c-ares reads them, with a port where it is not 53."""
    problems: tuple[Text, ...] = ()
    """What is wrong with the others."""


def read_servers(entries: Sequence[str]) -> Servers:
    """Read `config.yml: resolvers.servers`; DNS over HTTPS, which PBH can use, is refused."""
    usable, problems = [], []
    for entry in entries:
        text = entry.strip()
        if "://" in text:
            problems.append(Text("reverse-server-url", {"server": _without_secrets(text)}))
            continue
        try:
            usable.append(_server(text))
        except ValueError:
            problems.append(Text("reverse-server-bad", {"server": text}))
    return Servers(usable=tuple(usable), problems=tuple(problems))


class ReverseDns:
    """Sends PTR queries in turn to the servers given and to those of the system.

    Whoever makes one must see that there is a server: with none given and without the system's there is nothing to
    ask. Nothing is opened before the first query.
    """

    def __init__(self, servers: Sequence[str], *, use_system: bool, limit: float = 3.0) -> None:
        """`servers` as `read_servers` gives them; `limit` in seconds for one address."""
        self._servers, self._use_system, self._limit = tuple(servers), use_system, limit
        self._resolver: aiodns.DNSResolver | None = None
        self._closed = False

    async def resolve(self, ip: IPAddress) -> ReverseAnswer:
        """The names of `ip`; silence, refusal and nonsense are no answer."""
        if self._closed:
            return ReverseAnswer(answered=False)
        try:
            if self._resolver is None:
                self._resolver = self._open()
            async with asyncio.timeout(self._limit):
                result = await self._resolver.query_dns(ip.reverse_pointer, "PTR")
        except aiodns.error.DNSError as error:
            log.debug("no reverse name of %s: %s", ip, error)
            return ReverseAnswer(answered=bool(error.args) and error.args[0] in _NO_NAME)
        except (TimeoutError, pycares.AresError) as error:
            log.debug("no reverse name of %s: %r", ip, error)
            return ReverseAnswer(answered=False)
        return _read(result)

    async def close(self) -> None:
        """End what runs; later queries are not sent."""
        self._closed = True
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    def _open(self) -> aiodns.DNSResolver:
        resolver = aiodns.DNSResolver(timeout=self._limit / _TRIES, tries=_TRIES, rotate=True)
        if self._servers:
            # aiodns gives the system's without their ports; c-ares is asked itself.
            system = resolver._channel.servers if self._use_system else []  # noqa: SLF001
            resolver.nameservers = [*self._servers, *system]
        return resolver


def _read(result: pycares.DNSResult) -> ReverseAnswer:
    found: dict[str, None] = {}
    lifespans = []
    for record in result.answer:
        if isinstance(record.data, pycares.PTRRecordData):
            name = record.data.dname.rstrip(".").lower()
            if name and len(name) <= _MAX_LENGTH:
                found[name] = None
                lifespans.append(record.ttl * 1_000)
    # Servers turn the order about from answer to answer.
    names = tuple(sorted(found)[:_MAX_NAMES])
    return ReverseAnswer(names=names, lifespan=min(lifespans) if lifespans else None)


def _server(text: str) -> str:
    """One entry as c-ares reads it; raises ValueError."""
    host, port = text, ""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise InvalidAddress(text)
        port = rest[1:]
        if rest and not port:
            raise InvalidAddress(text)
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
        if not port:
            raise InvalidAddress(text)
    ip = parse_ip(host)
    shown = f"[{ip}]" if ip.version == 6 else str(ip)  # noqa: PLR2004 - IP version
    if not port:
        return shown
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= _MAX_PORT):
        raise InvalidAddress(text)
    return f"{shown}:{int(port)}"


def _without_secrets(url: str) -> str:
    """Scheme and host: the path of a DNS-over-HTTPS address may be the user's own key."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"
