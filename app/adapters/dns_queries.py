"""PTR queries through c-ares, which is loaded with this module."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import aiodns
import pycares

from app.domain.address import IPAddress
from app.services.reverse_names import ReverseAnswer

log = logging.getLogger(__name__)

_MAX_NAMES: Final = 8
_MAX_LENGTH: Final = 253
_NO_NAME: Final = (aiodns.error.ARES_ENOTFOUND, aiodns.error.ARES_ENODATA)
_TRIES: Final = 2


class DnsQueries:
    """Opened with the first query."""

    def __init__(self, servers: Sequence[str], *, use_system: bool, limit: float) -> None:
        """`servers` as c-ares reads them; `limit` in seconds for one address."""
        self._servers, self._use_system, self._limit = tuple(servers), use_system, limit
        self._resolver: aiodns.DNSResolver | None = None

    async def ask(self, ip: IPAddress) -> ReverseAnswer:
        """The names of `ip`; silence, refusal and nonsense are no answer."""
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
        """End what runs."""
        if self._resolver is not None:
            await self._resolver.close()

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
