"""Reads the lists of addresses that users paste."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.address import InvalidAddress, Prefix, parse_block

_BETWEEN: Final = re.compile(r"[\s,;]+")
_BRACKETED: Final = re.compile(r"\[([^\]]+)\](?::\d{1,5})?")
_WITH_PORT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text holds: blocks in their order, each once, and the words that are none."""

    prefixes: tuple[Prefix, ...]
    wrong: tuple[str, ...]


def read_addresses(text: str) -> Pasted:
    """Addresses and networks between blanks, commas or line ends; ports are dropped, `#` begins a remark."""
    prefixes: dict[Prefix, None] = {}
    wrong = []
    for line in text.splitlines():
        for word in _BETWEEN.split(line.partition("#")[0].strip()):
            if not word:
                continue
            try:
                prefixes[parse_block(_bare(word))] = None
            except InvalidAddress:
                wrong.append(word)
    return Pasted(tuple(prefixes), tuple(wrong))


def _bare(word: str) -> str:
    for pattern in (_BRACKETED, _WITH_PORT):
        found = pattern.fullmatch(word)
        if found is not None:
            return found[1]
    return word
