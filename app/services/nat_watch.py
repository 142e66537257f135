"""Notices when many peers come from one address of the user's own: a router or Docker hides where they are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from app.domain.address import IPAddress
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from app.domain.protection import Kind
from app.domain.reason import Text
from app.domain.verdict import Action
from app.locale.texts import say
from app.services.events import (
    AlertEnded,
    AlertRaised,
    DownloadersChanged,
    EventBus,
    JudgedPeer,
    PeerKey,
    Swept,
)
from app.services.ports import Clock
from app.services.protection import PROTECTION

log = logging.getLogger(__name__)

_MANY: Final = 5
_MANY_BEHIND_A_GATEWAY: Final = 2
_GATEWAY_KINDS: Final = (str(Kind.LAN), str(Kind.LINK_LOCAL), str(Kind.UNSPECIFIED))
_FOUND_BY_US: Final = PeerFlags.FROM_TRACKER | PeerFlags.FROM_DHT | PeerFlags.FROM_PEX


@dataclass(frozen=True, slots=True, kw_only=True)
class NatAlarm:
    """Peers that the downloader sees at one address of the user's own."""

    downloader: str
    address: IPAddress
    peers: int
    since: int
    """Epoch milliseconds."""


@dataclass(slots=True)
class _Crowd:
    """The peers at one protected address that have moved data, and whether each looks rewritten by a gateway."""

    peers: dict[PeerKey, bool] = field(default_factory=dict)
    since: int | None = None
    """When the alarm began."""

    @property
    def size(self) -> int:
        return len({key.endpoint for key in self.peers})

    @property
    def alarming(self) -> bool:
        suspects = {key.endpoint for key, suspect in self.peers.items() if suspect}
        return len(suspects) >= _MANY_BEHIND_A_GATEWAY or self.size >= _MANY


class NatWatch:
    """Raises one alert per downloader, until no peer is left at the address; see reference/rules.md 1.8."""

    def __init__(self, bus: EventBus, clock: Clock, name_of: Callable[[str], str]) -> None:
        self._bus, self._clock, self._name_of = bus, clock, name_of
        self._crowds: dict[tuple[str, IPAddress], _Crowd] = {}
        self._where: dict[PeerKey, IPAddress] = {}
        bus.subscribe(Swept, self._follow)
        bus.subscribe(DownloadersChanged, self._forget)

    def alarms(self) -> tuple[NatAlarm, ...]:
        """Those that go on, oldest first."""
        found = [
            NatAlarm(downloader=downloader, address=ip, peers=crowd.size, since=crowd.since)
            for (downloader, ip), crowd in self._crowds.items()
            if crowd.since is not None
        ]
        return tuple(sorted(found, key=lambda alarm: alarm.since))

    def _follow(self, event: Swept) -> None:
        touched = {ip for key in event.gone if (ip := self._leave(key)) is not None}
        for key, judged in event.changed.items():
            # Most peers are not skipped, and this is asked about each that changed.
            if judged.decision.action is not Action.SKIP and key not in self._where:
                continue
            touched |= self._place(key, judged)
        for ip in touched:
            self._weigh(event.downloader, ip)

    def _place(self, key: PeerKey, judged: JudgedPeer) -> set[IPAddress]:
        first = next(iter(judged.decision.trace), None)
        if first is None or first.rule != PROTECTION or first.action is not Action.SKIP:
            left = self._leave(key)
            return set() if left is None else {left}
        if judged.peer.handshaking:
            return set()  # who moved data once has shaken hands, though it rests now
        ip = judged.peer.address.ip
        self._where[key] = ip
        crowd = self._crowds.setdefault((key.downloader, ip), _Crowd())
        crowd.peers[key] = first.data["kind"] in _GATEWAY_KINDS and looks_rewritten(judged.peer)
        return {ip}

    def _leave(self, key: PeerKey) -> IPAddress | None:
        ip = self._where.pop(key, None)
        if ip is not None:
            self._crowds[key.downloader, ip].peers.pop(key, None)
        return ip

    def _weigh(self, downloader: str, ip: IPAddress) -> None:
        crowd = self._crowds[downloader, ip]
        if not crowd.peers:
            self._end(downloader, ip)
        elif crowd.since is None and crowd.alarming:
            first = not self._alarmed(downloader)
            crowd.since = self._clock()
            if first:
                self._raise(downloader, ip, crowd.size)

    def _raise(self, downloader: str, ip: IPAddress, peers: int) -> None:
        text = Text(
            "nat-misconfigured",
            {"peers": peers, "downloader": self._name_of(downloader), "address": str(ip)},
        )
        log.warning("%s", say(text))
        self._bus.publish(AlertRaised(kind=_kind(downloader), text=text, severe=True))

    def _end(self, downloader: str, ip: IPAddress) -> None:
        crowd = self._crowds.pop((downloader, ip))
        if crowd.since is not None and not self._alarmed(downloader):
            self._bus.publish(AlertEnded(_kind(downloader)))

    def _alarmed(self, downloader: str) -> bool:
        return any(
            name == downloader and crowd.since is not None
            for (name, _ip), crowd in self._crowds.items()
        )

    def _forget(self, event: DownloadersChanged) -> None:
        gone = set(event.gone)
        for key in [key for key in self._where if key.downloader in gone]:
            del self._where[key]
        for downloader, ip in [place for place in self._crowds if place[0] in gone]:
            self._end(downloader, ip)


def looks_rewritten(peer: Peer) -> bool:
    """Whether it may be a stranger whose address a gateway replaced by its own, which ends in .0 or .1."""
    if not str(peer.address.ip).endswith((".0", ".1")):
        return False
    flags = peer.flags
    return (
        flags is None
        or bool(flags & (PeerFlags.FROM_INCOMING | _FOUND_BY_US))
        or PeerFlags.OUTGOING_CONNECTION not in flags
    )


def _kind(downloader: str) -> str:
    return f"downloader-nat-setup-error@{downloader}"
