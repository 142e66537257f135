"""Brings qBittorrent's ban list in line with ours and leaves the user's own entries in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from app.adapters.downloaders.ban_entries import find_lacking, make_plan, span_of, spans_of
from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.qbittorrent.session import Session
from app.adapters.downloaders.qbittorrent.wire import Preferences
from app.domain.address import Prefix, is_single
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Push

_MOST_AT_ONCE: Final = 100
"""Entries sent one by one; the server builds its filter anew for each (reference/downloaders.md 3.5)."""


class BanWriter:
    """Applies pushes to one server."""

    def __init__(self, session: Session, *, increment: bool) -> None:
        self._session = session
        self._flavour = session.flavour
        self._increment = increment
        self._tried: tuple[tuple[str, ...], str] | None = None

    async def apply(self, push: Push, *, ranges: bool) -> None:
        """Raises ProtocolMismatch when entries did not stick."""
        if not (push.everything or push.added or push.removed):
            return
        if self._increment and is_incremental(push):
            peers = "|".join(item(prefix) for prefix in sorted_prefixes(push.added))
            await self._session.post(self._flavour.single, urlencode({"peers": peers}).encode())
            return
        await self._replace(push, ranges=ranges)

    async def _replace(self, push: Push, *, ranges: bool) -> None:
        preferences = await self._session.preferences()
        if push.everything:
            await self._clear_abandoned(push, preferences)
        name = self._flavour.entries
        standing: str = getattr(preferences, name)
        size = len(push.wanted) + len(push.owned) + standing.count("\n")
        wanted = await computed(size, spans_of, push.wanted, ranges)
        plan = await computed(size, make_plan, standing, wanted, push.owned)
        if plan.changes and self._tried != (plan.entries, standing):
            await self._session.set_preferences({name: "\n".join(plan.entries)})
            standing = getattr(await self._session.preferences(), name)
            # What the server made of it: the same list is not sent to the same state twice.
            self._tried = (plan.entries, standing)
        lacking = await computed(size, find_lacking, standing, wanted)
        if lacking:
            raise ProtocolMismatch(
                Text("bans-not-taken", {"count": len(lacking), "example": lacking[0]})
            )

    async def _clear_abandoned(self, push: Push, preferences: Preferences) -> None:
        """Take ours out of the list that held them until the user wanted it the other way."""
        name = self._flavour.abandoned
        if name is None or not (standing := getattr(preferences, name)):
            return
        size = len(push.owned) + standing.count("\n")
        plan = await computed(size, make_plan, standing, {}, push.owned)
        if plan.changes:
            await self._session.set_preferences({name: "\n".join(plan.entries)})


def is_incremental(push: Push) -> bool:
    """Whether single additions do."""
    return (
        not push.everything
        and not push.removed
        and 0 < len(push.added) <= _MOST_AT_ONCE
        and all(is_single(prefix) for prefix in push.added)
    )


def item(prefix: Prefix) -> str:
    """A single address as `transfer/banPeers` takes it: without a port it would be ignored in silence."""
    address = prefix.network_address
    return f"[{address}]:1" if prefix.version == 6 else f"{address}:1"  # noqa: PLR2004 - IP version


def sorted_prefixes(prefixes: Iterable[Prefix]) -> list[Prefix]:
    """In a stable order across families."""
    return sorted(prefixes, key=span_of)
