"""Brings BitComet's IP filter in line with ours; its own entries stay where it tells them."""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from app.adapters.downloaders.ban_entries import Span, find_lacking, make_plan, spans_of
from app.adapters.downloaders.bitcomet.session import Session
from app.adapters.downloaders.bitcomet.wire import Outcome
from app.adapters.downloaders.effort import computed
from app.domain.address import IPAddress, Prefix, is_single, unmapped
from app.domain.prefix_map import PrefixMap
from app.services.ports import Push

log = logging.getLogger(__name__)

_UPLOAD: Final = "api/config/ipfilter/upload"
_UNBAN: Final = "api/task/peers/unban_peers"
_SMALL_BLOCK: Final = 256
"""Addresses of a block that are named one by one when it is lifted."""
_MOST_DROPPED: Final = 20_000
"""Peers that are remembered as dropped by us."""
_LOOK_AFTER: Final = (0.0, 0.1, 0.3, 0.6)
"""Seconds between looks at whether it has taken a list over, which it does in its own time."""
_PATIENCE: Final = 60.0
"""Seconds after which a list that has not been taken over is sent again."""


class BanWriter:
    """Applies pushes to one BitComet. It takes whole lists only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._dropped: dict[IPAddress, None] = {}
        self._awaited: tuple[Mapping[str, Span], float] | None = None

    async def apply(self, push: Push, inside: Collection[IPAddress]) -> None:
        """`inside` are the connected peers that the additions drop."""
        if not (push.everything or push.added or push.removed):
            return
        await self._session.open()
        if push.everything:  # perhaps because banned peers are still there
            await self._session.see_to_filter()
        standing = await self._session.filter_entries() if self._session.tells_filter else None
        size = len(push.wanted) + len(push.owned) + (standing or "").count("\n")
        wanted = await computed(size, spans_of, push.wanted, ranges=True)
        plan = await computed(size, make_plan, standing or "", wanted, push.owned)
        self._note(inside)
        if push.removed:
            await self._unban(push)
        # Where it does not tell, what stands there is never known; and who is still connected may go the second time.
        if plan.changes or standing is None or (push.everything and inside):
            body = await computed(size, _packed, standing or "", plan.entries, wanted)
            await self._session.ask(_UPLOAD, body, Outcome)
            await self._await(wanted)

    async def confirm(self) -> bool:
        """Whether the list that was sent last is in force, as far as it tells, or may still come into force."""
        if self._awaited is None:
            return True
        wanted, sent = self._awaited
        lacking = await self._lacking(wanted)
        if not lacking:
            self._awaited = None
            return True
        if time.monotonic() - sent < _PATIENCE:
            return True
        log.warning(
            "%d entries of the ban list are not in force, such as %s", len(lacking), lacking[0]
        )
        self._awaited = None
        return False

    async def _await(self, wanted: Mapping[str, Span]) -> None:
        """Give it a moment to take the list over; `confirm` looks on in later sweeps."""
        self._awaited = None
        if not self._session.tells_filter:
            return
        sent = time.monotonic()
        for pause in _LOOK_AFTER:
            await asyncio.sleep(pause)
            if not await self._lacking(wanted):
                return
        self._awaited = wanted, sent

    async def _lacking(self, wanted: Mapping[str, Span]) -> list[str]:
        standing = await self._session.filter_entries()
        size = len(wanted) + standing.count("\n")
        return await computed(size, find_lacking, standing, dict(wanted))

    def _note(self, inside: Collection[IPAddress]) -> None:
        self._dropped.update(dict.fromkeys(inside))
        while len(self._dropped) > _MOST_DROPPED:
            del self._dropped[next(iter(self._dropped))]

    async def _unban(self, push: Push) -> None:
        """It keeps dropped peers on lists of its tasks, too, one by one and as plain addresses."""
        found = await computed(
            len(push.removed) + len(self._dropped), _addresses, push.removed, tuple(self._dropped)
        )
        for ip in found:
            self._dropped.pop(ip, None)
        if found:
            body = {"ip_list": list(map(str, found)), "unban_range": "unban_peers_in_all_tasks"}
            await self._session.ask(_UNBAN, body, Outcome)


def _addresses(removed: Collection[Prefix], dropped: Collection[IPAddress]) -> list[IPAddress]:
    """Those to be let in again: of a large block, the peers that we saw."""
    found: dict[IPAddress, None] = {}
    blocks: PrefixMap[bool] = PrefixMap()
    for entry in map(unmapped, removed):
        if is_single(entry) or entry.num_addresses <= _SMALL_BLOCK:
            found.update(dict.fromkeys(entry))
        else:
            blocks[entry] = True
    found.update((ip, None) for ip in dropped if blocks.find(ip))
    return list(found)


def _packed(standing: str, entries: Collection[str], ours: Collection[str]) -> bytes:
    """The upload: lines of its user in their order, remarks among them, and then ours."""
    kept = set(entries).difference(ours)
    lines = [line for raw in standing.splitlines() if (line := raw.strip()) in kept]
    content = "\n".join((*lines, *filter(ours.__contains__, entries)))
    packed = base64.b64encode(content.encode("utf-8", "surrogateescape")).decode()
    return msgspec.json.encode(
        {"import_type": "replace", "data_type": "data_file", "content_base64": packed}
    )
