"""Compares large sets of entries without holding up the loop: to hash one takes more than a microsecond."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from itertools import chain
from typing import Final

from app.domain.address import Prefix
from app.services.slices import Slices

_LARGE: Final = 1_000
"""Entries that take some 2 ms to compare."""


async def compared(
    wanted: Collection[Prefix], owned: Collection[Prefix]
) -> tuple[set[Prefix], set[Prefix]]:
    """What is owned and not wanted, and what is wanted and not owned."""

    def work() -> tuple[set[Prefix], set[Prefix]]:
        # One by one: the difference of two large sets holds up all threads for 20 ms.
        return {e for e in owned if e not in wanted}, {e for e in wanted if e not in owned}

    return await asyncio.to_thread(work) if len(wanted) + len(owned) > _LARGE else work()


async def parted(
    changed: Iterable[Prefix], wanted: Collection[Prefix], held: Collection[Prefix]
) -> tuple[set[Prefix], set[Prefix]]:
    """Of those that `changed`, what is wanted and not held, and what is held and not wanted."""
    slices = Slices()
    missing: set[Prefix] = set()
    surplus: set[Prefix] = set()
    for entry in changed:
        if slices.due():
            await slices.rest()
        is_wanted = entry in wanted
        if is_wanted != (entry in held):
            (missing if is_wanted else surplus).add(entry)
    return missing, surplus


def count_of_any(
    some: Collection[Prefix],
    others: Collection[Prefix],
    more: Iterable[Prefix],
    without: Collection[Prefix],
) -> int:
    """How many are in one of the first three and not in `without`; looks only at those of which there are few."""
    few, many = sorted((some, others), key=len)
    beside = {prefix for prefix in chain(few, more) if prefix not in many}
    found = len(many) + len(beside)
    if len(without) < found:
        return found - sum(prefix in many or prefix in beside for prefix in without)
    return sum(prefix not in without for prefix in chain(many, beside))
