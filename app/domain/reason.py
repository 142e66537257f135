"""Texts before translation: a message id with its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

Param: TypeAlias = "str | int | float | Text"

_NONE: Mapping[str, Param] = MappingProxyType({})


class Text(Struct, frozen=True, gc=False):
    """What to say, in no language yet; front ends look `id` up in `app.locale.texts`.

    Parameters whose unit matters carry it in their name's suffix: `_bytes`, `_rate` (bytes per second), `_ms`,
    `_share` (0 to 1), `_times`.
    """

    id: str
    params: Mapping[str, Param] = _NONE

    def __hash__(self) -> int:
        return hash((self.id, tuple(sorted(self.params.items(), key=lambda item: item[0]))))
