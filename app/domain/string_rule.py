"""The JSON string-rule language of PBH and BTN (reference/rules.md 2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias

from app.domain.errors import AppError
from app.domain.patterns import (
    Backtracking,
    InvalidPattern,
    Linear,
    compile_one,
)
from app.domain.reason import Text

_MAX_DEPTH: Final = 16
CONSTANT: Final = "CONSTANT"
_REGEX: Final = "REGEX"


class InvalidRule(AppError):
    """A rule that cannot be read; parameters: `position` from 1 in its list, `rule` as given, `why`."""

    def __init__(self, why: Text, rule: str = "", position: int = 0) -> None:
        super().__init__(Text("rule-invalid", {"position": position, "rule": rule, "why": why}))
        self.why = why


class Outcome(Enum):
    """What one rule says."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    DEFAULT = "DEFAULT"


class UnmetIf(Enum):
    """What a rule whose `if` is not met says (D-9)."""

    SKIP = "skip"
    """Nothing, as PBH's manual promises."""
    VETO = "veto"
    """FALSE, which ends the list without a hit, as PBH's code does."""


@dataclass(frozen=True, slots=True)
class StringRule:
    """One rule of a list."""

    method: str
    """`STARTS_WITH` … `REGEX`, or `CONSTANT` for a JSON value that is no object."""
    content: str
    """The pattern as given; for LENGTH the bounds in words."""
    holds: Callable[[str, str], bool] = field(compare=False, repr=False)
    """Called with the subject and its lower-case form."""
    hit: Outcome = Outcome.TRUE
    miss: Outcome = Outcome.DEFAULT
    gate: StringRule | None = None
    pattern: Linear | Backtracking | None = field(default=None, compare=False, repr=False)
    """Of a REGEX."""

    @property
    def title(self) -> Text:
        """Names the rule: its method and content."""
        return Text(f"rule-{self.method.lower().replace('_', '-')}", {"content": self.content})

    @property
    def metadata(self) -> str:
        """What PBH stores as structured fact `rule`."""
        return (
            self.content if self.method in ("EQUALS", "REGEX", "LENGTH") else self.content.lower()
        )

    @property
    def all(self) -> Iterator[StringRule]:
        """This rule and the gates in front of it."""
        rule: StringRule | None = self
        while rule is not None:
            yield rule
            rule = rule.gate

    def evaluate(
        self, holds: Callable[[StringRule], bool], unmet: UnmetIf, *, nested: bool = False
    ) -> Outcome:
        """What the rule says, given whose predicate holds; inside an `if` an unmet gate is always FALSE."""
        if self.gate is not None:
            gate = self.gate.evaluate(holds, unmet, nested=True)
            if gate is Outcome.FALSE:
                veto = nested or unmet is UnmetIf.VETO
                return Outcome.FALSE if veto else Outcome.DEFAULT
        return self.hit if holds(self) else self.miss


def parse_rule(entry: str) -> StringRule:
    """Read one JSON document; raises InvalidRule. Unlike PBH, text that is no JSON is refused, not FALSE."""
    try:
        document = json.loads(entry)
    except (ValueError, RecursionError):
        raise InvalidRule(Text("rule-no-json"), entry) from None
    return _rule(document, depth=0)


def _rule(document: Any, depth: int) -> StringRule:  # noqa: ANN401 - any JSON value
    if depth > _MAX_DEPTH:
        raise InvalidRule(Text("rule-too-deep", {"limit": _MAX_DEPTH}))
    if isinstance(document, list):
        raise InvalidRule(Text("rule-is-array"))
    if not isinstance(document, dict):
        return _constant(document)
    method = document.get("method")
    if not isinstance(method, str) or method not in (*_METHODS, _REGEX):
        allowed = ", ".join((*_METHODS, _REGEX))
        raise InvalidRule(Text("rule-bad-method", {"given": str(method), "allowed": allowed}))
    pattern = None
    if method == _REGEX:
        content = _content(document)
        pattern = compile_pattern(content)
        holds = _matches(pattern)
    else:
        content, holds = _METHODS[method](document)
    gate = _rule(document["if"], depth + 1) if document.get("if") is not None else None
    return StringRule(
        method,
        content,
        holds,
        _outcome(document, "hit", Outcome.TRUE),
        _outcome(document, "miss", Outcome.DEFAULT),
        gate,
        pattern,
    )


def _constant(value: object) -> StringRule:
    if isinstance(value, str):
        truth = value.lower() == "true"
    elif isinstance(value, (bool, int, float)):
        # json reads Infinity and NaN, which have no integer part
        truth = value == value and (value in (_INFINITY, -_INFINITY) or int(value) != 0)  # noqa: PLR0124
    else:
        truth = True
    outcome = Outcome.TRUE if truth else Outcome.FALSE
    return StringRule(CONSTANT, json.dumps(value), lambda _subject, _lower: truth, outcome, outcome)


_INFINITY: Final = float("inf")


def _outcome(document: dict[str, Any], key: str, default: Outcome) -> Outcome:
    word = document.get(key)
    if word is None:
        return default
    if word not in ("TRUE", "FALSE", "DEFAULT"):
        raise InvalidRule(Text("rule-bad-outcome", {"key": key, "given": str(word)}))
    return Outcome(word)


def _content(document: dict[str, Any]) -> str:
    content = document.get("content")
    if not isinstance(content, str):
        raise InvalidRule(Text("rule-missing", {"key": "content"}))
    return content


_Predicate: TypeAlias = tuple[str, Callable[[str, str], bool]]


def _starts_with(document: dict[str, Any]) -> _Predicate:
    content = _content(document)
    wanted = content.lower()
    return content, lambda _subject, lower: lower.startswith(wanted)


def _ends_with(document: dict[str, Any]) -> _Predicate:
    content = _content(document)
    wanted = content.lower()
    return content, lambda _subject, lower: lower.endswith(wanted)


def _contains(document: dict[str, Any]) -> _Predicate:
    content = _content(document)
    wanted = content.lower()
    return content, lambda _subject, lower: wanted in lower


def _equals(document: dict[str, Any]) -> _Predicate:
    content = _content(document)
    wanted = content.lower()
    return content, lambda _subject, lower: lower == wanted


def _length(document: dict[str, Any]) -> _Predicate:
    low, high = _bound(document, "min"), _bound(document, "max")
    return f"min: {low}, max: {high}", lambda subject, _lower: low <= _utf16_units(subject) <= high


def _bound(document: dict[str, Any], key: str) -> int:
    value = document.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRule(Text("rule-missing", {"key": key}))
    return value


def _utf16_units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def compile_pattern(pattern: str) -> Linear | Backtracking:
    """Compile for RE2, else for `regex`; raises InvalidRule."""
    try:
        return compile_one(pattern)
    except InvalidPattern as error:
        raise InvalidRule(Text("rule-bad-regex", {"why": str(error)})) from None


def _matches(pattern: Linear | Backtracking) -> Callable[[str, str], bool]:
    return lambda subject, _lower: pattern.full(subject)


_METHODS: Final[dict[str, Callable[[dict[str, Any]], _Predicate]]] = {
    "STARTS_WITH": _starts_with,
    "ENDS_WITH": _ends_with,
    "CONTAINS": _contains,
    "EQUALS": _equals,
    "LENGTH": _length,
}
