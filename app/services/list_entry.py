"""One remote list as far as this run knows it, and when it is looked at next."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

from app.domain.reason import Text
from app.services.fetching import Stamp
from app.services.list_copies import RemoteList
from app.services.subscription import KeptList, ListKey, ListState
from app.settings.modules import Subscription

_FIRST_RETRY: Final = 300_000
"""Milliseconds after a failure; doubled after each further one, up to the list's own interval."""
_MOST_DOUBLINGS: Final = 16
_JITTER: Final = 0.1
"""Share by which waits are longer at random, so that not everybody asks a server at once."""


class ListEntry:
    """Changed by `Subscriptions` alone; times are epoch milliseconds."""

    def __init__(
        self, key: ListKey, subscription: Subscription, kept: KeptList | None, dice: random.Random
    ) -> None:
        self.key, self.subscription, self.kept = key, subscription, kept
        self.loaded: RemoteList | None = None
        """In force; None when it is not."""
        self.tried_copy = False
        """Whether the copy was read, or could not be."""
        self.problem: Text | None = None
        self.next_try = 0
        self.updating = False
        self._interval = 0
        self._failures = 0
        self._dice = dice

    @property
    def stamp(self) -> Stamp:
        """What the server may answer "not modified" to."""
        kept = self.kept
        if kept is None or self.loaded is None or kept.url != self.subscription.url:
            return Stamp()
        return kept.stamp

    def follow(self, subscription: Subscription, interval: int, now: int) -> None:
        """Take over what the settings say; a new address is due at once."""
        old, self.subscription = self.subscription, subscription
        if old.url != subscription.url:
            self.next_try, self._failures, self.problem = 0, 0, None
        if self.loaded is not None and self.loaded.name != subscription.name:
            self.loaded = replace(self.loaded, name=subscription.name)
        if self._interval != interval:
            self._interval = interval
            self.next_try = self._next_look(now)

    def unload(self) -> None:
        """Out of force, until it is wanted again."""
        self.loaded, self.tried_copy = None, False

    def failed(self, problem: Text, now: int) -> None:
        """What is in force stays so."""
        self.problem = problem
        doublings = min(self._failures, _MOST_DOUBLINGS)
        self._failures += 1
        self.next_try = now + self._stretched(min(self._interval, _FIRST_RETRY << doublings))

    def succeeded(self, now: int) -> None:
        """`kept` says what came."""
        self._failures, self.problem = 0, None
        self.next_try = self._next_look(now)

    def state(self, *, wanted: bool) -> ListState:
        """As front ends show it."""
        kept = self.kept
        return ListState(
            key=self.key,
            name=self.subscription.name,
            url=self.subscription.url,
            enabled=self.subscription.enabled,
            entries=0 if self.loaded is None else len(self.loaded),
            in_force=self.loaded is not None,
            updated_at=None if kept is None else kept.updated_at,
            checked_at=None if kept is None else kept.checked_at,
            problem=self.problem,
            next_try=self.next_try if wanted else None,
            updating=self.updating,
        )

    def _next_look(self, now: int) -> int:
        kept = self.kept
        if kept is None or kept.url != self.subscription.url:
            return 0
        # A copy that seems to come from the future was kept before the clock was set back.
        return min(kept.checked_at, now) + self._stretched(self._interval)

    def _stretched(self, wait: int) -> int:
        return int(wait * (1 + _JITTER * self._dice.random()))
