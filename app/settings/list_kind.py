"""Kinds of settings that are lists (see `kind.py`): each says which of its entries it cannot take, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from app.domain.address import InvalidAddress, Prefix, parse_prefix, show
from app.domain.reason import Text
from app.domain.string_rule import InvalidRule, parse_rule
from app.settings.errors import InvalidSetting, Problem, refuse
from app.settings.kind import MAX_PORT, MAX_SYSTEM_NUMBER, Flag, Line, Plain, Whole, whole

T_co = TypeVar("T_co", covariant=True)

_RULE_EXAMPLE: Final = '{"method":"STARTS_WITH","content":"-xx"}'
_WORDS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Prefixes:
    """A list of addresses and networks (`app.domain.address.parse_prefix`)."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-list")

    def read(self, raw: object) -> tuple[Prefix, ...]:
        return _entries(raw, self.allowed, _prefix)


@dataclass(frozen=True, slots=True)
class Ports:
    """A list of port numbers; 0 is PBH's placeholder and fits no peer."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-list")

    def read(self, raw: object) -> tuple[int, ...]:
        return _entries(raw, self.allowed, Whole(0, MAX_PORT).read)


@dataclass(frozen=True, slots=True)
class SystemNumbers:
    """A list of numbers of autonomous systems, also written `AS4134`; 0 is PBH's placeholder and fits no peer."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-list")

    def read(self, raw: object) -> tuple[int, ...]:
        return _entries(raw, self.allowed, _system_number)


@dataclass(frozen=True, slots=True)
class Lines:
    """A list of texts in one line each, none empty."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-list")

    def read(self, raw: object) -> tuple[str, ...]:
        return _entries(raw, self.allowed, Line(empty=False).read)


@dataclass(frozen=True, slots=True)
class Words:
    """Some of a few words: as a list, or as keys with true or false (D-11); case, `-` and `_` do not count."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> Text:
        return Text("allowed-choice", {"choices": ", ".join(self.words)})

    def read(self, raw: object) -> tuple[str, ...]:
        if isinstance(raw, Mapping):
            raw = [key for key, chosen in raw.items() if Flag().read(chosen)]
        found = set(_entries(raw, Text("allowed-list"), self._word))
        return tuple(word for word in self.words if word in found)

    def _word(self, raw: object) -> str:
        given = _folded(raw) if isinstance(raw, str) else None
        for word in self.words:
            if _folded(word) == given:
                return word
        raise refuse(raw, self.allowed)


@dataclass(frozen=True, slots=True)
class Rules:
    """A list of string rules, each kept as its JSON text."""

    @property
    def allowed(self) -> Text:
        return Text("allowed-list")

    def read(self, raw: object) -> tuple[str, ...]:
        return _entries(raw, self.allowed, _rule)


def _system_number(raw: object) -> int:
    text = raw.strip() if isinstance(raw, str) else raw
    if isinstance(text, str) and text[:2].upper() == "AS":
        text = text[2:]
    return Whole(0, MAX_SYSTEM_NUMBER).read(text)


def _folded(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


class _Read(Protocol[T_co]):
    def __call__(self, raw: object, /) -> T_co: ...


def _entries(raw: object, allowed: Text, read: _Read[T_co]) -> tuple[T_co, ...]:
    if not isinstance(raw, list | tuple):
        raise refuse(raw, allowed)
    found: list[T_co] = []
    problems: list[Problem] = []
    for position, entry in enumerate(raw):
        try:
            found.append(read(entry))
        except InvalidSetting as error:
            problems += (problem.below((position,)) for problem in error.problems)
    if problems:
        raise InvalidSetting(*problems)
    return tuple(found)


def _prefix(raw: object) -> Prefix:
    text = show(raw) if isinstance(raw, Prefix) else raw
    if isinstance(text, str):
        try:
            return parse_prefix(text)
        except InvalidAddress:
            pass
    raise refuse(raw, Text("allowed-prefix"))


def _rule(raw: object) -> str:
    if isinstance(raw, str) and not isinstance(raw, Plain):
        text: str = raw
    else:
        # Written directly in YAML, without the quotes that make it text.
        text = json.dumps(_json(raw), ensure_ascii=False)
        if isinstance(raw, Plain) and text.startswith('"'):
            text = str(raw)
    try:
        parse_rule(text)
    except InvalidRule as error:
        allowed = Text("allowed-rule", {"example": _RULE_EXAMPLE, "why": error.why})
        raise refuse(text, allowed) from None
    return text


def _json(raw: object) -> Any:  # noqa: ANN401 - any JSON value
    """What `raw` means in YAML, as JSON can hold it."""
    if isinstance(raw, Mapping):
        return {str(key): _json(value) for key, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [_json(value) for value in raw]
    if isinstance(raw, Plain):
        flag = _WORDS.get(raw.lower())
        number = whole(raw)
        return next((value for value in (flag, number) if value is not None), str(raw))
    return raw
