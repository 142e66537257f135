"""Numbers as they may come over the wire: no downloader makes us reckon with what is none."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

LARGEST: Final = 2**63 - 1
_FARTHEST: Final = 1e18

Whole: TypeAlias = Annotated[int, Meta(ge=-LARGEST - 1, le=LARGEST)]
"""Of 64 bits, as databases hold it and as it can be divided; what is larger fails to be decoded."""
Fraction: TypeAlias = Annotated[float, Meta(ge=-_FARTHEST, le=_FARTHEST)]
"""Finite, and a number: `nan` is not even equal to itself, so that its peer would change with each sweep."""
