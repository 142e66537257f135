"""Keeps our bans in rTorrent's IPv4 filter and leaves the user's own ranges in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.rtorrent.filter import (
    Entry,
    Plan,
    Table,
    change_plan,
    find_lacking,
    make_plan,
    nests,
    read_table,
)
from app.adapters.downloaders.rtorrent.parts import Parts, Spans
from app.adapters.downloaders.rtorrent.session import Session, refused_not
from app.adapters.downloaders.rtorrent.xml import Call, Fault
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Push

_BYTES_EACH: Final = 12
"""What one range counts in `ipv4_filter.size_data`."""
_AT_ONCE: Final = 400
"""Calls in one request: 130 KB, of 512 KB that it takes, and 20 ms in which rTorrent does nothing else."""
_MOST_READ_BACK: Final = 400
"""Ranges that are read back one by one."""
_BITS: Final = {True: 32, False: 64}
"""What `ipv4_filter.get` says of an address that is unwanted, or preferred."""


class BanWriter:
    """Applies pushes to one rTorrent."""

    def __init__(self, session: Session, parts: Parts) -> None:
        self._session, self._kept = session, parts
        self._table: Table | None = None
        """What stands there by our reckoning."""
        self._parts: Spans = frozenset()
        """Ranges of ours there, or perhaps there, that are no whole entry."""
        self._apart = False
        """Whether nothing in it overlaps."""
        self._number = 0

    async def apply(self, push: Push) -> None:
        """Change the filter; it drops nobody.

        Raises ProtocolMismatch when entries did not stick, and StorageError.
        """
        if not (push.everything or push.added or push.removed):
            return
        await self._session.open()
        if self._number != self._session.number:
            self._parts = await self._kept.of(self._session.run)
            self._table, self._number = None, self._session.number
        table = await self._standing(anew=push.everything)
        plan = await self._plan(table, push)
        self._table = None  # not known while it changes
        self._parts |= plan.parts
        # Before, not after: from here on a crash must not lose them.
        await self._kept.keep(self._session.run, self._parts)
        await self._carry_out(plan)
        await self._confirm(plan, push)
        await self._kept.keep(self._session.run, self._parts)

    async def _plan(self, table: Table, push: Push) -> Plan:
        if table is self._table and self._apart and not self._parts:
            few = len(push.added) + len(push.removed)
            plan = await computed(few, change_plan, table, push.added, push.removed)
            if plan is not None:
                return plan
        size = len(table) + len(push.owned)
        return await computed(size, make_plan, table, push.wanted, push.owned, self._parts)

    async def _standing(self, *, anew: bool) -> Table:
        if self._table is not None and not anew and await self._size() == _size_of(self._table):
            return self._table
        return await self._read()

    async def _read(self) -> Table:
        lines = await self._session.call("ipv4_filter.dump")
        if not isinstance(lines, list):
            raise ProtocolMismatch(Text("answer-not-xml-rpc"))
        return await computed(len(lines), read_table, lines)

    async def _size(self) -> object:
        return await self._session.call("ipv4_filter.size_data")

    async def _carry_out(self, plan: Plan) -> None:
        calls: list[Call] = []
        for step in plan.steps:
            if len(calls) + len(step) > _AT_ONCE:
                await self._all(calls)
                calls = []
            calls += map(_addition, step)
        await self._all(calls)

    async def _all(self, calls: Sequence[Call]) -> None:
        for value in await self._session.batch(calls) if calls else ():
            refused_not(value)

    async def _confirm(self, plan: Plan, push: Push) -> None:
        """Read back: all of it after a full push, else how many ranges there are and those that were put."""
        table, lacking = plan.table, plan.lacking
        if push.everything or not await self._has(plan):
            table = await self._read()
            self._apart = not await computed(len(table), nests, table)
            lacking = await computed(len(table), find_lacking, table, push.wanted)
        self._table, self._parts = None if lacking else table, plan.parts
        self._session.filter_size = _size_of(table)
        if lacking:
            example = Entry(*lacking[0]).address
            raise ProtocolMismatch(
                Text("bans-not-taken", {"count": len(lacking), "example": example})
            )

    async def _has(self, plan: Plan) -> bool:
        put = [entry for step in plan.steps for entry in step][-_MOST_READ_BACK:]
        size, *found = await self._session.batch(
            [Call("ipv4_filter.size_data"), *(Call("ipv4_filter.get", ("", e.host)) for e in put)]
        )
        expected = [plan.table.find(entry.first) for entry in put]
        return size == _size_of(plan.table) and all(
            isinstance(value, Fault) if entry is None else value == _BITS[entry.unwanted]
            for value, entry in zip(found, expected, strict=True)
        )


def _size_of(table: Table) -> int:
    return len(table) * _BYTES_EACH


def _addition(entry: Entry) -> Call:
    return Call("ipv4_filter.add_address", ("", entry.address, entry.value))
