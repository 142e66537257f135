"""Slows down who guesses the token (reference/webapi.md 1.6)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from app.domain.address import IPAddress, block_of
from app.services.ports import Clock

_LIFE: Final = 900_000
_LIMIT: Final = 10
_SENDER_LIMIT: Final = 100
_MOST: Final = 10_000


@dataclass(slots=True)
class _Failures:
    since: int
    count: int = 0


class Gate:
    """Counts wrong tokens by the client's network block; an entry lives 15 minutes from its making."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[Hashable, _Failures] = {}

    def is_open(self, client: IPAddress, sender: IPAddress) -> bool:
        """Whether `client` may try; `sender` is the other end of the connection, a proxy perhaps."""
        return self._of(_block(client)).count <= _LIMIT and (
            client == sender or self._of(_proxied(sender)).count <= _SENDER_LIMIT
        )

    def failed(self, client: IPAddress, sender: IPAddress) -> None:
        """A wrong token came."""
        self._of(_block(client)).count += 1
        if client != sender:
            # Headers name the client, and whoever reaches us from a local address can forge them.
            self._of(_proxied(sender)).count += 1

    def passed(self, client: IPAddress) -> None:
        """The right one came."""
        self._of(_block(client)).count = 0

    def _of(self, key: Hashable) -> _Failures:
        now = self._clock()
        found = self._failures.get(key)
        if found is None or not 0 <= now - found.since < _LIFE:
            if len(self._failures) >= _MOST:
                self._forget(now)
            found = self._failures[key] = _Failures(now)
        return found

    def _forget(self, now: int) -> None:
        living = {k: f for k, f in self._failures.items() if 0 <= now - f.since < _LIFE}
        # Too many blocks at once: those that failed most are the ones to remember.
        worst = sorted(living.items(), key=lambda item: item[1].count, reverse=True)
        self._failures = dict(worst[: _MOST // 2])


def _block(address: IPAddress) -> Hashable:
    return block_of(address, 24 if address.version == 4 else 50)  # noqa: PLR2004 - IP version


def _proxied(sender: IPAddress) -> Hashable:
    return "sender", sender
