"""The JSON string-rule language of PBH and BTN (reference/rules.md 2)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias

from app.domain.errors import AppError
from app.domain.patterns import (
    Backtracking,
    InvalidPattern,
    Linear,
    LinearSet,
    ask_all,
    compile_one,
    escape,
    has_utf8,
    whole,
)
from app.domain.reason import Text

_MAX_DEPTH: Final = 16
_WORTH_A_SET: Final = 3
"""Fewer predicates are asked one by one."""
_MOST_REMEMBERED: Final = 1_000
_LINES: Final = 32
"""Subjects that are asked about as one text; when one of them is hit, each is asked about."""
_ENDS_OF_TEXT: Final = re.compile(r"\\[AzZ]|\(\?\w*-\w*m")
"""In a regular expression, what does not hold at the ends of lines; sometimes it means something else."""
_CONSTANT: Final = "CONSTANT"
_REGEX: Final = "REGEX"
_AS_PATTERN: Final = {
    "STARTS_WITH": (r"\A", ""),
    "ENDS_WITH": ("", r"\z"),
    "CONTAINS": ("", ""),
    "EQUALS": (r"\A", r"\z"),
}
"""What stands around the content of a rule that becomes an RE2 pattern for the lower-case subject."""


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


@dataclass(frozen=True, slots=True)
class StringRuleList:
    """Rules in order: a FALSE ends the list without a hit, else the last TRUE is the hit."""

    rules: tuple[StringRule, ...] = ()
    unmet: UnmetIf = UnmetIf.SKIP
    _matcher: list[_Matcher] = field(default_factory=list, init=False, repr=False, compare=False)
    """At most one, made for the first subject: most lists are only read in order to check them."""

    def match(self, subject: str | None) -> StringRule | None:
        """The rule that hits `subject`, None when none does; no subject counts as the empty string."""
        if not self._matcher:
            self._matcher.append(_Matcher(self))
        return self._matcher[0].match(subject or "")

    def match_many(self, subjects: Sequence[str]) -> list[StringRule | None]:
        """`match` of many, which is several times faster where few or none are hit."""
        if not self._matcher:
            self._matcher.append(_Matcher(self))
        return self._matcher[0].match_many(subjects)

    def decide(self, holds: Callable[[StringRule], bool]) -> StringRule | None:
        """The rule that hits, given whose predicate holds."""
        found: StringRule | None = None
        for rule in self.rules:
            outcome = rule.evaluate(holds, self.unmet)
            if outcome is Outcome.FALSE:
                return None
            if outcome is Outcome.TRUE:
                found = rule
        return found

    @property
    def given_up(self) -> tuple[str, ...]:
        """Patterns that took too long too often and match nothing any more."""
        return tuple(
            each.pattern.text
            for rule in self.rules
            for each in rule.all
            if isinstance(each.pattern, Backtracking) and each.pattern.given_up
        )


class _Matcher:
    """Asks all predicates of a list at once; what follows from those that hold is worked out once and remembered."""

    __slots__ = (
        "_lines",
        "_list",
        "_memory",
        "_others",
        "_regexes",
        "_rules",
        "_sets",
        "_slow",
        "_words",
    )

    def __init__(self, rules: StringRuleList) -> None:
        self._list = rules
        self._rules = [each for rule in rules.rules for each in rule.all]
        self._memory: dict[tuple[int, ...], StringRule | None] = {}
        self._slow: list[tuple[int, Backtracking]] = []
        self._others: list[int] = []
        self._words: list[tuple[int, str]] = []
        """As patterns for lower-case subjects."""
        self._regexes: list[tuple[int, str]] = []
        for number, rule in enumerate(self._rules):
            if isinstance(rule.pattern, Backtracking):
                self._slow.append((number, rule.pattern))
            elif isinstance(rule.pattern, Linear) and r"\Q" not in rule.pattern.text:
                # (an open \Q would quote what `whole` adds)
                self._regexes.append((number, whole(rule.pattern.text)))
            elif rule.method in _AS_PATTERN and has_utf8(rule.content):
                before, after = _AS_PATTERN[rule.method]
                self._words.append((number, before + escape(rule.content.lower()) + after))
            elif rule.method != _CONSTANT:  # the outcome of a constant is the same either way
                self._others.append(number)
        self._sets = self._make_sets()
        self._lines: list[Linear | None] = []
        """Made when first asked for, see `_make_lines`."""

    def _make_sets(self) -> tuple[LinearSet, LinearSet, LinearSet] | None:
        """All for ASCII subjects; words for other subjects in lower case, and regexes for those."""
        if len(self._words) + len(self._regexes) < _WORTH_A_SET:
            return None
        # RE2 ignores case in another way than `lower` does, but not for the characters of ASCII.
        words = [(number, f"(?i:{word})") for number, word in self._words if word.isascii()]
        try:
            return (
                LinearSet(words + self._regexes),
                LinearSet(self._words),
                LinearSet(self._regexes),
            )
        except InvalidPattern:  # too large together
            return None

    def match(self, subject: str) -> StringRule | None:
        if self._sets is not None and subject.isascii():
            held = self._sets[0].find(subject.encode())
        else:
            held = self._ask(subject)
        if self._others:
            lower = subject.lower()
            held += tuple(n for n in self._others if self._rules[n].holds(subject, lower))
        if self._slow:
            held += ask_all(self._slow, subject, full=True)
        try:
            return self._memory[held]
        except KeyError:
            return self._remember(held)

    def match_many(self, subjects: Sequence[str]) -> list[StringRule | None]:
        if not self._lines:
            self._lines.append(self._make_lines())
        lines = self._lines[0]
        if lines is None:
            return list(map(self.match, subjects))
        nothing = self._memory[()] if () in self._memory else self._remember(())
        found: list[StringRule | None] = []
        for start in range(0, len(subjects), _LINES):
            part = subjects[start : start + _LINES]
            text = "\n".join(part)
            if text.isascii() and not lines.search(text):
                found += [nothing] * len(part)
            else:
                found += map(self.match, part)
        return found

    def _make_lines(self) -> Linear | None:
        """A pattern that is found in ASCII lines of which one may be hit; None when there can be none.

        It may be found though no line is hit, as when it reaches from one into the next.
        """
        regexes = [rule.pattern.text for rule in self._rules if isinstance(rule.pattern, Linear)]
        if self._slow or self._others or any(map(_ENDS_OF_TEXT.search, regexes)):
            return None
        words = [rule for rule in self._rules if rule.method in _AS_PATTERN]
        patterns = [f"(?mi:{_line(rule)})" for rule in words if rule.content.lower().isascii()]
        patterns += [f"(?m:^(?:{regex})$)" for regex in regexes]
        try:
            return Linear("|".join(patterns)) if patterns else None
        except InvalidPattern:  # too large together
            return None

    def _ask(self, subject: str) -> tuple[int, ...]:
        lower = subject.lower()
        if self._sets is not None and has_utf8(subject):
            _, words, regexes = self._sets
            return words.find(lower.encode()) + regexes.find(subject.encode())
        linear = (*self._words, *self._regexes)
        return tuple(number for number, _ in linear if self._rules[number].holds(subject, lower))

    def _remember(self, held: tuple[int, ...]) -> StringRule | None:
        # By identity: equal rules hold alike, so either will do.
        holding = {id(self._rules[number]) for number in held}
        found = self._list.decide(lambda rule: id(rule) in holding)
        if len(self._memory) >= _MOST_REMEMBERED:
            self._memory.clear()
        self._memory[held] = found
        return found


def _line(rule: StringRule) -> str:
    before, after = _AS_PATTERN[rule.method]
    return ("^" if before else "") + escape(rule.content.lower()) + ("$" if after else "")


def parse_rule_list(entries: Sequence[str], unmet: UnmetIf = UnmetIf.SKIP) -> StringRuleList:
    """Read a list of JSON documents; raises InvalidRule naming the first that cannot be read."""
    rules = []
    for position, entry in enumerate(entries, start=1):
        try:
            rules.append(parse_rule(entry))
        except InvalidRule as error:
            raise InvalidRule(error.why, entry, position) from None
    return StringRuleList(tuple(rules), unmet)


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
    return StringRule(
        _CONSTANT, json.dumps(value), lambda _subject, _lower: truth, outcome, outcome
    )


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
