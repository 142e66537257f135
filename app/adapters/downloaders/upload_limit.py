"""The least upload that clients can be limited to."""

from __future__ import annotations

from typing import Final

_LEAST: Final = 1024


def not_unlimited(rate: int) -> int:
    """Bytes per second for clients that keep whole KiB: less than one would become 0, no limit at all."""
    return max(rate, _LEAST) if rate > 0 else 0
