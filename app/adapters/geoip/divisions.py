"""China's administrative divisions: what the codes of GB/T 2260 are called."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import Final

from app.resource import resource

_LENGTHS: Final = (2, 4, 6)
"""Digits that name a province, a city and a district."""


def division_names(code: str) -> tuple[str, ...]:
    """The names of a code and of what it lies in, the largest first: `370102` is 山东省, 济南市, 历下区.

    Levels that are no division, as the `00` of `370100`, are left out; a code of no division has no names.
    """
    names = _names()
    found = (names.get(code[:length]) for length in _LENGTHS if len(code) >= length)
    return tuple(name for name in found if name)


def load_divisions() -> None:
    """Read the names now, so that nobody waits for them later."""
    _names()


@cache
def _names() -> Mapping[str, str]:
    with resource("geo/divisions.csv").open(encoding="utf-8", newline="") as file:
        _header, *rows = csv.reader(file)
    return dict(rows)
