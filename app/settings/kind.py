"""Kinds of settings: what each takes from a file or from JSON, and how it says what it allows.

`read` also takes what it gave before, so that a value built in code is checked the same way. It
raises InvalidSetting with a path relative to the setting: a position for an entry of a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from math import isfinite
from typing import Final, Generic, Protocol, TypeVar, runtime_checkable
from urllib.parse import SplitResult, urlsplit

from app.domain.address import InvalidAddress, parse_ip
from app.domain.reason import Text
from app.locale import match_language
from app.settings.errors import HIDDEN, refuse
from app.settings.secret import Secret

T_co = TypeVar("T_co", covariant=True)
C = TypeVar("C", bound=Enum)

FOR_EVER: Final = 100 * 365 * 86_400_000
"""Milliseconds; what is longer is cut to this, so that sums with it stay small numbers."""

MAX_PORT: Final = 65535
MAX_SYSTEM_NUMBER: Final = 2**32 - 1

_WHOLE: Final = re.compile(r"[+-]?\d[\d_]{0,30}(\.0*)?")
_FLAGS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_HOST: Final = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?)+")
_DIGEST_NAME: Final = re.compile(r"\s*sha-?256(\s*fingerprint)?\s*[=:]", re.IGNORECASE)
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Plain(str):
    """Text that stood in a file without quotes, where it may have meant a number or true."""

    __slots__ = ()


@runtime_checkable
class Kind(Protocol[T_co]):
    """What a setting may be."""

    @property
    def allowed(self) -> Text: ...

    def read(self, raw: object) -> T_co: ...


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false, also in the words of older YAML."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-flag")

    def read(self, raw: object) -> bool:
        found = _FLAGS.get(raw.lower()) if isinstance(raw, str) else raw
        if isinstance(found, bool):
            return found
        raise refuse(raw, self.allowed)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within limits, both included."""

    low: int
    high: int

    @property
    def allowed(self) -> Text:
        return Text("allowed-whole", {"low": self.low, "high": self.high})

    def read(self, raw: object) -> int:
        number = whole(raw)
        if number is None or not self.low <= number <= self.high:
            raise refuse(raw, self.allowed)
        return number


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number within limits, both included."""

    low: float
    high: float

    @property
    def allowed(self) -> Text:
        return Text("allowed-number", {"low": self.low, "high": self.high})

    def read(self, raw: object) -> float:
        number = _number(raw)
        if number is None or not self.low <= number <= self.high:
            raise refuse(raw, self.allowed)
        return number


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """A duration; beyond FOR_EVER it is FOR_EVER."""

    low: int

    @property
    def allowed(self) -> Text:
        return Text("allowed-milliseconds", {"low": self.low})

    def read(self, raw: object) -> int:
        number = whole(raw)
        if number is None or number < self.low:
            raise refuse(raw, self.allowed)
        return min(number, FOR_EVER)


@dataclass(frozen=True, slots=True)
class RuleDuration:
    """How long a rule bans, in milliseconds; None (`default`, zero, less) is the global length."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-ban-duration")

    def read(self, raw: object) -> int | None:
        if raw is None or (isinstance(raw, str) and raw.strip().lower() == "default"):
            return None
        number = whole(raw)
        if number is None:
            raise refuse(raw, self.allowed)
        return min(number, FOR_EVER) if number > 0 else None


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days; zero or less is 0 and means for ever."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-whole", {"low": 0, "high": 36500})

    def read(self, raw: object) -> int:
        number = whole(raw)
        if number is None:
            raise refuse(raw, self.allowed)
        return min(max(number, 0), 36500)


@dataclass(frozen=True, slots=True)
class Choice(Generic[C]):
    """One word of an enumeration, in any case."""

    words: type[C]

    @property
    def allowed(self) -> Text:
        return Text(
            "allowed-choice", {"choices": ", ".join(str(word.value) for word in self.words)}
        )

    def read(self, raw: object) -> C:
        if isinstance(raw, self.words):
            return raw
        for word in self.words:
            if isinstance(raw, str) and raw.strip().lower() == word.value:
                return word
        raise refuse(raw, self.allowed)


@dataclass(frozen=True, slots=True)
class Line:
    """A text without line breaks and control characters."""

    empty: bool = True

    @property
    def allowed(self) -> Text:
        return Text("allowed-line" if self.empty else "allowed-full-line")

    def read(self, raw: object) -> str:
        text = _text(raw)
        if text is None or _BREAKS.search(text) or not (self.empty or text.strip()):
            raise refuse(raw, self.allowed)
        return text


@dataclass(frozen=True, slots=True)
class SecretLine:
    """As Line, and no error shows it."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-line")

    def read(self, raw: object) -> Secret:
        if isinstance(raw, Secret):
            raw = raw.reveal()
        text = _text(raw)
        if text is None or _BREAKS.search(text):
            raise refuse(HIDDEN, self.allowed)
        return Secret(text)


@dataclass(frozen=True, slots=True)
class Language:
    """`default` for the system's, or the tag of a language we speak."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-choice", {"choices": "default, en_us, zh_cn, zh_tw"})

    def read(self, raw: object) -> str:
        text = (_text(raw) or "").strip().lower()
        if text != "default" and match_language(text) is None:
            raise refuse(raw, self.allowed)
        return text


@dataclass(frozen=True, slots=True)
class Url:
    """`http://` or `https://` with a host, or one of other `schemes`; slashes at its end are cut off.

    With the scheme `scgi` a path without a host is a Unix socket, and a host needs a port.
    """

    example: str
    schemes: tuple[str, ...] = ("http", "https")

    @property
    def allowed(self) -> Text:
        return Text("allowed-url", {"example": self.example})

    def read(self, raw: object) -> str:
        text = (_text(raw) or "").strip().rstrip("/")
        try:
            parts = urlsplit(text)
            fits = parts.scheme in self.schemes and _leads_somewhere(parts)
        except ValueError:
            raise refuse(_without_login(raw), self.allowed) from None
        if not fits or "@" in parts.netloc or not _is_visible(text):
            raise refuse(_without_login(raw), self.allowed)
        return text


@dataclass(frozen=True, slots=True)
class UrlPath:
    """A path that is put behind a URL; begins with a slash, or is empty."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-url-path")

    def read(self, raw: object) -> str:
        text = _optional(raw, self.allowed).strip()
        if text and not (text.startswith("/") and _is_visible(text)):
            raise refuse(raw, self.allowed)
        return text


@dataclass(frozen=True, slots=True)
class ProxyUrl:
    """`http://host:port` or `socks5://host:port`, or empty."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-proxy")

    def read(self, raw: object) -> str:
        text = _optional(raw, self.allowed).strip().rstrip("/")
        if not text:
            return text
        try:
            parts = urlsplit(text)
            fits = parts.scheme in ("http", "socks5") and bool(parts.hostname and parts.port)
        except ValueError:
            raise refuse(_without_login(raw), self.allowed) from None
        more = "@" in parts.netloc or parts.path or parts.query or parts.fragment
        if not fits or more or not _is_visible(text):
            raise refuse(_without_login(raw), self.allowed)
        return text


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """SHA-256 of a certificate: 64 hex digits, or empty.

    Colons and blanks between them do not count, nor does the `SHA256 Fingerprint=` that tools put before them.
    """

    @property
    def allowed(self) -> Text:
        return Text("allowed-fingerprint")

    def read(self, raw: object) -> str:
        text = _DIGEST_NAME.sub("", _optional(raw, self.allowed))
        text = re.sub(r"[\s:]", "", text).lower()
        if text and not re.fullmatch(r"[0-9a-f]{64}", text):
            raise refuse(raw, self.allowed)
        return text


@dataclass(frozen=True, slots=True)
class Host:
    """Where to listen: an address or a host name."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-host")

    def read(self, raw: object) -> str:
        text = (_text(raw) or "").strip()
        try:
            return str(parse_ip(text))
        except InvalidAddress:
            # What looks like a mistyped address is not a name.
            if _HOST.fullmatch(text) and not re.fullmatch(r"[\d.]+", text):
                return text
        raise refuse(raw, self.allowed)


def whole(raw: object) -> int | None:
    """The whole number that `raw` is or spells, else None."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() else None
    if isinstance(raw, str) and _WHOLE.fullmatch(raw.strip()) and raw.isascii():
        return int(raw.strip().partition(".")[0].replace("_", ""))
    return None


def _number(raw: object) -> float | None:
    """The finite number that `raw` is or spells, else None."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _text(raw: object) -> str | None:
    if isinstance(raw, str):
        return str(raw)
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else None


def _optional(raw: object, allowed: Text) -> str:
    """The text that `raw` is, empty for None; raises InvalidSetting for what is no text."""
    text = "" if raw is None else _text(raw)
    if text is None:
        raise refuse(raw, allowed)
    return text


def _leads_somewhere(parts: SplitResult) -> bool:
    """Whether the URL names a host; SCGI has no usual port, and knows sockets of this machine."""
    if parts.scheme == "scgi":
        if not parts.netloc:
            return len(parts.path) > 1 and parts.path.startswith("/")
        return bool(parts.hostname and parts.port)
    return bool(parts.hostname) and parts.port != 0


def _is_visible(text: str) -> bool:
    return text.isprintable() and " " not in text


def _without_login(raw: object) -> object:
    return HIDDEN if isinstance(raw, str) and "@" in raw else raw
