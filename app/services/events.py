"""What the core announces: facts in the past tense, and the bus that carries them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
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


class Event(Struct, frozen=True):
    """Base of all events; each is frozen and carries complete values, never live objects."""


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


class Timings(Struct, frozen=True, kw_only=True):
    """Seconds that the parts of one sweep took; `fetch` includes waiting for the downloader."""

    fetch: float = 0.0
    decode: float = 0.0
    judge: float = 0.0
    reconcile: float = 0.0
    total: float = 0.0


class Swept(Event, frozen=True, kw_only=True):
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
    rest: float = 0.0
    """Seconds until the next."""
    slowed: bool = False
    """Whether that is longer than the settings say, as it takes long or costs much."""


class SweepFailed(Event, frozen=True, kw_only=True):
    """A downloader did not answer as it should; the peers last seen are shown as old."""

    downloader: str
    error: AppError
    retry_in: float | None
    """Seconds until the next try; None when it waits for the user."""
    failures: int = 1
    """In a row."""


class BansChanged(Event, frozen=True, kw_only=True):
    """Entries came to or left the ban list, and are stored."""

    added: tuple[Ban, ...] = ()
    removed: tuple[Ban, ...] = ()
    news: bool = True
    """False when those added were known before: taken back, or given another end."""


class EnforcementChanged(Event, frozen=True, kw_only=True):
    """At one downloader, other bans are confirmed, waiting or impossible than before."""

    downloader: str


class DownloadersChanged(Event, frozen=True, kw_only=True):
    """A downloader was added, edited, paused or removed; `gone` names those whose peers vanish from view."""

    gone: tuple[str, ...] = ()


class RulesChanged(Event, frozen=True):
    """Rules have other settings or modes, or the exceptions changed."""


class PlacesChanged(Event, frozen=True):
    """Addresses may be elsewhere than before: a geographic database came, went or was replaced."""


class ScriptsChanged(Event, frozen=True):
    """Other scripts of the user run than before: peers are to be judged anew."""


class SettingsChanged(Event, frozen=True):
    """config.yml or profile.yml has other values."""


class PauseChanged(Event, frozen=True):
    """Watching was paused or resumed for all downloaders."""

    paused: bool


class ListsChanged(Event, frozen=True):
    """Other remote lists are in force than before, or others of their entries."""


class ListChecked(Event, frozen=True, kw_only=True):
    """A look at a remote list began or ended: its state is another."""

    kind: str
    """The key of its rule."""
    id: str


class AlertRaised(Event, frozen=True, kw_only=True):
    """Something that the user should know; the same `kind` replaces an older one."""

    kind: str
    text: Text
    severe: bool = False


class AlertEnded(Event, frozen=True):
    """What an alert told is over."""

    kind: str


class BreakerChanged(Event, frozen=True):
    """The circuit breaker tripped, was answered, or holds back more than before."""


class CommandFailed(Event, frozen=True):
    """A command of the user ended with an error."""

    name: str
    error: AppError | None
    """None for a bug, which the log explains."""


class EventBus:
    """Carries events to those who subscribed to their class, at once and in order."""

    def __init__(self) -> None:
        self._handlers: defaultdict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)

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
