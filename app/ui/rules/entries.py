"""Addresses and ports as people type and paste them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain.address import InvalidAddress, parse_prefix, show
from app.locale import _
from app.settings.kind import MAX_PORT
from app.ui.rules.patterns import NotAnEntry

_BETWEEN: Final = re.compile(r"[\s,;]+")


def read_addresses(text: str) -> Sequence[str]:
    """The addresses and networks in `text`, separated by blanks, commas or lines; raises NotAnEntry."""
    return [_address(part) for part in _parts(text)]


def read_ports(text: str) -> Sequence[str]:
    """The port numbers in `text`; raises NotAnEntry."""
    return [_port(part) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    parts = [part for part in _BETWEEN.split(text) if part]
    if not parts:
        raise NotAnEntry(_("Type or paste at least one."))
    return parts


def _address(text: str) -> str:
    try:
        return show(parse_prefix(text))
    except InvalidAddress:
        words = _("“{text}” is no IP address and no network like 10.0.0.0/8.")
        raise NotAnEntry(words.format(text=text)) from None


def _port(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MAX_PORT):
        words = _("“{text}” is no port from 1 to {highest}.")
        raise NotAnEntry(words.format(text=text, highest=MAX_PORT))
    return str(int(text))
