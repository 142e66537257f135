"""What the service of remote lists works with: their kinds, states, log, and the ports it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from app.domain.address import IPAddress, Prefix
from app.domain.errors import AppError
from app.domain.reason import Text
from app.services.fetching import Stamp


class ListKind(StrEnum):
    """What a list holds, named by the rule that uses it."""

    ADDRESSES = "ip-address-blocker-rules"
    NAMES = "peer-name-blocker-rules"


class ListKey(Struct, frozen=True):
    """One remote list."""

    kind: ListKind
    id: str
    """Unique within its kind only."""


class ListState(Struct, frozen=True, kw_only=True):
    """One remote list as front ends show it; times are epoch milliseconds."""

    key: ListKey
    name: str
    url: str
    enabled: bool
    entries: int
    """In force; 0 when it is not."""
    in_force: bool
    """Whether peers are judged by it: it is switched on, its rule too, and there was a good copy."""
    updated_at: int | None
    """When what is in force came."""
    checked_at: int | None
    """When the server last answered as it should."""
    problem: Text | None
    """What went wrong the last time; None when nothing did."""
    next_try: int | None
    """None when it or its rule is switched off; a time in the past means at once."""
    updating: bool


class KeptList(Struct, frozen=True, kw_only=True):
    """What is remembered of a list's last good copy, which itself is a file."""

    key: ListKey
    url: str
    """Where it came from; the stamp means nothing for another."""
    stamp: Stamp
    sha256: str
    """Of the file, unpacked."""
    entries: int
    updated_at: int
    checked_at: int


class ListLogRow(Struct, frozen=True, kw_only=True):
    """One try that changed something, or failed."""

    key: ListKey
    at: int
    entries: int
    """In force afterwards."""
    manual: bool
    """Whether the user asked for it."""
    result: Text


class SubscriptionStore(Protocol):
    """Remembers lists; raises StorageError only."""

    async def load(self) -> Sequence[KeptList]:
        """All of them."""
        ...

    async def save(self, kept: KeptList | None, row: ListLogRow | None) -> None:
        """Replace what is remembered of one list, and add to the log."""
        ...

    async def forget(self, key: ListKey) -> None:
        """Forget a list; its log stays."""
        ...

    async def log(
        self, key: ListKey | None, *, offset: int, limit: int
    ) -> tuple[int, Sequence[ListLogRow]]:
        """Number of all rows, of one list or of all, and a page of them, newest first."""
        ...

    async def forget_log(self, *, before: int) -> None:
        """Delete rows older than `before` (epoch ms)."""
        ...


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a new list is held against before it is applied; asked each time."""

    own: Callable[[], Collection[Prefix]]
    """The user's own addresses."""
    addresses: Callable[[], Sequence[IPAddress]]
    """Of the live peers."""
    client_names: Callable[[], Sequence[str]]
    """Of the live peers; those that are not known are left out."""


class ListRefused(AppError):
    """A list came but is not applied; `why` says what is wrong with it."""

    def __init__(self, name: str, why: Text) -> None:
        self.why = why
        super().__init__(Text("list-refused", {"name": name, "why": why}))
