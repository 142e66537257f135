"""Changes of a settings file: what to write at which key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import Final, TypeAlias

from app.domain.address import show
from app.settings.secret import Secret


class _Remove(Enum):
    REMOVE = "remove"


REMOVE: Final = _Remove.REMOVE
"""As a value: take the key and everything below it out of the file."""

Changes: TypeAlias = "Mapping[tuple[str, ...], object]"
"""Values by keys from the outside in; what is not there yet is made, in this order."""


def plain(value: object) -> object:
    """`value` as a file holds it: text, numbers, lists, and keys with values."""
    match value:
        case Secret():
            return value.reveal()
        case Enum():
            return value.value
        case IPv4Network() | IPv6Network():
            return show(value)
        case Mapping():
            return {str(key): plain(part) for key, part in value.items()}
        case str() | int() | float() | None:
            return value
        case Sequence() | frozenset() | set():
            return [plain(part) for part in value]
    raise TypeError(f"cannot be written to a settings file: {type(value).__name__}")


def changed(values: object, changes: Changes) -> object:
    """What a file's `values` are after `changes`."""
    for path, value in changes.items():
        values = _changed(values, path, value)
    return values


def as_read(value: object) -> object:
    """What a plain value is when it comes back from a file: numbers are text there."""
    match value:
        case Mapping():
            return {key: as_read(part) for key, part in value.items()}
        case list():
            return [as_read(part) for part in value]
        case bool() | int() | float():
            return json.dumps(value)
    return value


def _changed(values: object, path: tuple[str, ...], value: object) -> object:
    if not path:
        return value
    key, below = path[0], path[1:]
    inside = values if isinstance(values, Mapping) else {}
    if value is REMOVE and (key not in inside or not below):
        return {k: v for k, v in inside.items() if k != key} if key in inside else values
    return {**inside, key: _changed(inside.get(key), below, value)}
