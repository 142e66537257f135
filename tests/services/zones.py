"""Moves the tests to other time zones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest


@contextmanager
def living_in(zone: str) -> Iterator[None]:
    """This process in another time zone; may be nested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        try:
            yield
        finally:
            patch.undo()
            time.tzset()


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """Epoch milliseconds."""
    return round(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)
