"""What the core announces: facts in the past tense, and the bus that carries them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct

from app.domain.address import Endpoint
from app.domain.ban import Ban
from app.domain.decision import Decision
from app.domain.errors import AppError
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.snapshot import Snapshot
from app.domain.torrent import Torrent

log = logging.getLogger(__name__)


class Event:
    """Base of all events; each is frozen and carries complete values, never live objects."""

    __slots__ = ()


E = TypeVar("E", bound=Event)


class PeerKey(Struct, frozen=True, cache_hash=True, gc=False):
    """One peer on one torrent at one downloader."""

    downloader: str
    torrent: str
    endpoint: Endpoint
    """As the downloader reports it."""


class JudgedPeer(Struct, frozen=True, gc=False):
    """A live peer with the decision about it."""

    key: PeerKey
    torrent: Torrent
    peer: Peer
    decision: Decision
    first_seen: int
    """Epoch milliseconds."""
    ban: Ban | None = None
    """The entry of the ban list that covers it, while the downloader still shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds that the parts of one sweep took; `fetch` includes waiting for the downloader."""

    fetch: float = 0.0
    decode: float = 0.0
    judge: float = 0.0
    reconcile: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept(Event):
    """A downloader was asked, its peers judged, its ban list brought up to date."""

    downloader: str
    snapshot: Snapshot
    changed: Mapping[PeerKey, JudgedPeer]
    """Peers that are new or differ from the sweep before."""
    gone: frozenset[PeerKey]
    peers: int
    """Live peers in all."""
    to_good: int
    """Bytes per second to peers that may have them."""
    to_banned: int
    """Bytes per second to peers that are banned or about to be."""
    bans: tuple[Ban, ...]
    """New entries that this sweep made."""
    timings: Timings


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFailed(Event):
    """A downloader did not answer as it should; the peers last seen are shown as old."""

    downloader: str
    error: AppError
    retry_in: float | None
    """Seconds until the next try; None when it waits for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BansChanged(Event):
    """Entries came to or left the ban list, and are stored."""

    added: tuple[Ban, ...] = ()
    removed: tuple[Ban, ...] = ()
    news: bool = True
    """False when those added were known before: taken back, or given another end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementChanged(Event):
    """At one downloader, other bans are confirmed, waiting or impossible than before."""

    downloader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadersChanged(Event):
    """A downloader was added, edited, paused or removed; `gone` names those whose peers vanish from view."""

    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RulesChanged(Event):
    """Rules have other settings or modes, or the exceptions changed."""


@dataclass(frozen=True, slots=True)
class PlacesChanged(Event):
    """Addresses may be elsewhere than before: a geographic database came, went or was replaced."""


@dataclass(frozen=True, slots=True)
class ScriptsChanged(Event):
    """Other scripts of the user run than before: peers are to be judged anew."""


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    """config.yml or profile.yml has other values."""


@dataclass(frozen=True, slots=True)
class PauseChanged(Event):
    """Watching was paused or resumed for all downloaders."""

    paused: bool


@dataclass(frozen=True, slots=True)
class ListsChanged(Event):
    """Other remote lists are in force than before, or others of their entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChecked(Event):
    """A look at a remote list began or ended: its state is another."""

    kind: str
    """The key of its rule."""
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Event):
    """Something that the user should know; the same `kind` replaces an older one."""

    kind: str
    text: Text
    severe: bool = False


@dataclass(frozen=True, slots=True)
class AlertEnded(Event):
    """What an alert told is over."""

    kind: str


@dataclass(frozen=True, slots=True)
class BreakerChanged(Event):
    """The circuit breaker tripped, was answered, or holds back more than before."""


@dataclass(frozen=True, slots=True)
class CommandFailed(Event):
    """A command of the user ended with an error."""

    name: str
    error: AppError | None
    """None for a bug, which the log explains."""


@dataclass(slots=True)
class EventBus:
    """Carries events to those who subscribed to their class, at once and in order."""

    _handlers: defaultdict[type[Event], list[Callable[[Any], None]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for every `kind`; the returned function ends it."""
        self._handlers[kind].append(handler)
        return partial(self._remove, kind, handler)

    def publish(self, event: Event) -> None:
        """Tell everybody who listens to this class of event."""
        for handler in tuple(self._handlers[type(event)]):
            try:
                handler(event)
            except Exception:  # a broken listener must not stop a sweep
                log.exception("listener failed on %s", type(event).__name__)

    def _remove(self, kind: type[Event], handler: Callable[[Any], None]) -> None:
        if handler in self._handlers[kind]:
            self._handlers[kind].remove(handler)
