"""How far a ban has come at one downloader, and what was tried about one that is not obeyed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from ipaddress import IPv4Network
from typing import Final

from msgspec import Struct

from app.domain.address import IPAddress, Prefix, embedded_ipv4, mapped, single
from app.domain.capabilities import Capabilities

_PEACE: Final = 60_000
"""Milliseconds after which a peer that comes back is a new case: the downloader may have lost its list."""
_MOST_EXTRA: Final = 64
"""Addresses that are listed one by one for the sake of one ban."""


class Enforcement(StrEnum):
    """How far a ban has come at one downloader."""

    WAITING = "waiting"
    """Not sent yet, or sent and not looked at since."""
    ENFORCED = "enforced"
    """Sent, and no peer of it was there at the sweep after."""
    STILL_THERE = "still-there"
    """Sent, and a peer of it is connected all the same."""
    NOT_ENFORCEABLE = "not-enforceable"
    """The downloader has no form for it, such as a block where it knows single addresses only, or cannot ban."""


class Standing(Struct, frozen=True, kw_only=True):
    """The same with what is known about it."""

    state: Enforcement
    since: int | None = None
    """When it was sent there, epoch ms; None while it was not, and for bans of an earlier run."""
    after: float | None = None
    """Seconds from then to the sweep that found nobody of it; None before, and for bans of an earlier run."""
    attempts: int = 0
    """What was tried since a peer of it stayed: to send the whole list anew, then other forms of its address."""


class Step(Enum):
    """What to try next about a peer that stays."""

    RESEND = auto()
    """Read back what is listed there and send all of it anew."""
    OTHER_FORM = auto()
    """List its address in the forms that are not listed yet."""


@dataclass(slots=True)
class Case:
    """A ban that was sent and that a peer outlived."""

    sent_at: int | None
    """Epoch milliseconds; None for a ban of an earlier run."""
    present: bool = True
    reported: bool = False
    """Whether nothing is left to try; once for each ban."""
    attempts: int = 0
    host: IPAddress | None = None
    """A peer of it, as the downloader sees it."""
    _tried_at: int = field(default=0, repr=False)

    def seen(self, host: IPAddress, at: int) -> None:
        """A peer of it is there."""
        if not self.present and at - self._tried_at > _PEACE:
            self.attempts = 0
        self.present, self.host = True, host

    @property
    def next_step(self) -> Step:
        """First the one that helps most often."""
        return Step.OTHER_FORM if self.attempts else Step.RESEND

    def tried(self, at: int) -> None:
        """The next step was taken."""
        self.attempts += 1
        self._tried_at = at


def forms(host: IPAddress) -> Iterator[Prefix]:
    """Each entry that may stand for one address as a downloader sees it, its own first."""
    own = single(host)
    yield own
    if isinstance(own, IPv4Network):
        yield mapped(own)
        return
    inner = embedded_ipv4(own.network_address)
    if inner is not None:
        plain = IPv4Network(int(inner))
        yield plain
        yield mapped(plain)


def other_forms(
    hosts: Collection[IPAddress], able: Capabilities, listed: Collection[Prefix], extra: int
) -> set[Prefix]:
    """The forms of `hosts` that a downloader takes and that are not listed there; `extra` of them were before."""
    found: set[Prefix] = set()
    for host in hosts:
        for form in forms(host):
            if len(found) + extra >= _MOST_EXTRA:
                return found
            if able.takes(form) and form not in listed:
                found.add(form)
    return found
