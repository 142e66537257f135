"""Asks DNS servers for the names of addresses, from when the first is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.address import InvalidAddress, IPAddress, parse_ip
from app.domain.reason import Text
from app.services.reverse_names import ReverseAnswer

if TYPE_CHECKING:
    from app.adapters.dns_queries import DnsQueries

_MAX_PORT: Final = 65_535


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
        self._queries: DnsQueries | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    async def resolve(self, ip: IPAddress) -> ReverseAnswer:
        """The names of `ip`; silence, refusal and nonsense are no answer."""
        queries = await self._open()
        return ReverseAnswer(answered=False) if queries is None else await queries.ask(ip)

    async def close(self) -> None:
        """End what runs; later queries are not sent."""
        async with self._opening:
            self._closed = True
            queries, self._queries = self._queries, None
        if queries is not None:
            await queries.close()

    async def _open(self) -> DnsQueries | None:
        """None when all is over."""
        async with self._opening:
            if self._queries is None and not self._closed:
                make = await asyncio.to_thread(_library)
                self._queries = make(self._servers, use_system=self._use_system, limit=self._limit)
            return self._queries


def _library() -> type[DnsQueries]:
    """Its import takes 50 ms and 3 MB, and few want reverse names."""
    from app.adapters.dns_queries import DnsQueries  # noqa: PLC0415 - see above

    return DnsQueries


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
