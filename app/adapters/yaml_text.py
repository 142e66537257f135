"""Writes values as YAML that both old (1.1, as PBH reads it) and new YAML understand the same way."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from app.settings.kind import Plain

_BARE: Final = re.compile(
    r"[A-Za-z/]([A-Za-z0-9_./:@+-]*[A-Za-z0-9_/])?"
    r"|\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
"""Words, URLs, addresses and UUIDs: what no YAML takes for a number or a date."""
_AS_IT_STOOD: Final = re.compile(r"[A-Za-z0-9_.+-]+")
_MEANS_MORE: Final = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
_INDENT: Final = 2


def block(key: str, value: object, indent: int) -> list[str]:
    """The lines for `key` with `value`, `indent` blanks from the left."""
    margin = " " * indent
    head = f"{margin}{text(key)}:"
    if isinstance(value, Mapping) and value:
        return [
            head,
            *(line for k, v in value.items() for line in block(str(k), v, indent + _INDENT)),
        ]
    if isinstance(value, list) and value:
        return [head, *(f"{margin}{' ' * _INDENT}- {inline(entry)}" for entry in value)]
    return [f"{head} {inline(value)}"]


def inline(value: object) -> str:
    """`value` in one line; lists and mappings in brackets."""
    if isinstance(value, Mapping):
        pairs = (f"{text(str(key), bare=False)}: {_inner(part)}" for key, part in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inner(part) for part in value) + "]"
    return _inner(value, bare=True)


def text(value: str, *, bare: bool = True) -> str:
    """A text, in quotes where it could mean something else, or anywhere when not `bare`."""
    if bare and value.lower() not in _MEANS_MORE and _BARE.fullmatch(value):
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _inner(value: object, *, bare: bool = False) -> str:
    if isinstance(value, Mapping | list):
        return inline(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Plain) and _AS_IT_STOOD.fullmatch(value):
        return value
    if isinstance(value, str):
        return text(value, bare=bare)
    return json.dumps(value)


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08X}"
