"""Addresses, ports, networks and places as people type and paste them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain.address import InvalidAddress, parse_prefix, show
from app.locale import _
from app.settings.kind import MAX_PORT, MAX_SYSTEM_NUMBER
from app.ui.rules.patterns import NotAnEntry

_BETWEEN: Final = re.compile(r"[\s,;]+")
_BETWEEN_NAMES: Final = re.compile("[\n,;\uff0c\uff1b\u3001]+")
"""Also as Chinese writes them."""
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")


def read_addresses(text: str) -> Sequence[str]:
    """The addresses and networks in `text`, separated by blanks, commas or lines; raises NotAnEntry."""
    return [_address(part) for part in _parts(text)]


def read_ports(text: str) -> Sequence[str]:
    """The port numbers in `text`; raises NotAnEntry."""
    return [_port(part) for part in _parts(text)]


def read_systems(text: str) -> Sequence[str]:
    """The numbers of autonomous systems in `text`, with or without `AS`; raises NotAnEntry."""
    return [_system(part) for part in _parts(text)]


def read_countries(text: str) -> Sequence[str]:
    """The country codes in `text`, upper case; raises NotAnEntry."""
    return [_country(part) for part in _parts(text)]


def read_names(text: str) -> Sequence[str]:
    """The names in `text`, separated by commas or lines; raises NotAnEntry."""
    found = [part.strip() for part in _BETWEEN_NAMES.split(text) if part.strip()]
    if not found:
        raise NotAnEntry(_("Type or paste at least one."))
    return found


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


def _system(text: str) -> str:
    number = text[2:] if text[:2].upper() == "AS" else text
    if not (number.isascii() and number.isdigit() and 0 < int(number[:11]) <= MAX_SYSTEM_NUMBER):
        words = _("“{text}” is no number of a network such as AS4134.")
        raise NotAnEntry(words.format(text=text))
    return str(int(number))


def _country(text: str) -> str:
    if not _COUNTRY.fullmatch(text):
        words = _("“{text}” is no country code of two letters such as US.")
        raise NotAnEntry(words.format(text=text))
    return text.upper()
