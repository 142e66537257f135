"""Numbers as they may come over the wire: no downloader makes us reckon with what is none."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

LARGEST: Final = 2**53
"""Nine million gigabytes. A thousand of them add up to what a database holds, and browsers know them exactly."""
_FARTHEST: Final = 1e18

Whole: TypeAlias = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
"""Such as bytes; what is larger fails to be decoded."""
Fraction: TypeAlias = Annotated[float, Meta(ge=-_FARTHEST, le=_FARTHEST)]
"""Finite, and a number: `nan` is not even equal to itself, so that its peer would change with each sweep."""
