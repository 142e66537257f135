"""What a certificate says of itself, read without asking whether it can be trusted."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

_COMMON_NAME: Final = b"\x55\x04\x03"
_ORGANIZATION: Final = b"\x55\x04\x0a"
_UTC_TIME: Final = 0x17
_VERSION: Final = 0xA0
_WIDE_TEXT: Final = 0x1E
_LONG_FORM: Final = 0x80
_LONGEST_NAME: Final = 64
"""Characters, as the standard has it; others could fill the screen."""
_FIRST_YEAR: Final = 50
"""Two digits: from here on the last century is meant."""


class Certificate(Struct, frozen=True, kw_only=True):
    """One that a server showed."""

    fingerprint: str
    """SHA-256, as settings hold it: 64 hex digits in lower case."""
    subject: str
    """Whom it is for, in its own words; empty when it does not say."""
    expires: datetime | None
    """None when it cannot be read."""

    @property
    def shown_fingerprint(self) -> str:
        """As browsers and tools write it."""
        return shown_fingerprint(self.fingerprint)


def shown_fingerprint(digits: str) -> str:
    """64 hex digits as people compare them: in pairs."""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


def read_certificate(der: bytes) -> Certificate:
    """The certificate that `der` holds; of one that is damaged, the fingerprint alone."""
    subject, expires = "", None
    try:
        (_, whole), *_ = _parts(der)
        (_, signed), *_ = _parts(whole)
        fields = _parts(signed)
        if fields[0][0] == _VERSION:
            del fields[0]
        (_, validity), (_, name) = fields[3:5]
        subject = _name(name)
        expires = _time(*_parts(validity)[1])
    except (ValueError, IndexError):
        pass
    return Certificate(
        fingerprint=hashlib.sha256(der).hexdigest(), subject=subject, expires=expires
    )


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of what stands side by side in `data` (DER); raises ValueError, IndexError."""
    found = []
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length >= _LONG_FORM:
            more = length - _LONG_FORM
            length = int.from_bytes(data[at : at + more], "big")
            at += more
        if at + length > len(data):
            raise ValueError("cut off")
        found.append((tag, data[at : at + length]))
        at += length
    return found


def _name(data: bytes) -> str:
    """The common name, else the organization."""
    found: dict[bytes, str] = {}
    for _, group in _parts(data):
        for _, pair in _parts(group):
            (_, kind), (tag, raw), *_ = _parts(pair)
            text = raw.decode("utf-16-be" if tag == _WIDE_TEXT else "utf-8", "replace")
            found.setdefault(kind, "".join(char for char in text if char.isprintable()))
    return (found.get(_COMMON_NAME) or found.get(_ORGANIZATION) or "")[:_LONGEST_NAME]


def _time(tag: int, raw: bytes) -> datetime:
    text = raw.decode("ascii", "replace")
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= _FIRST_YEAR else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
