"""Lists of string rules, asked about one name or about many at once (reference/rules.md 2.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.domain.patterns import (
    Backtracking,
    InvalidPattern,
    Linear,
    LinearSet,
    ask_all,
    escape,
    has_utf8,
    whole,
)
from app.domain.string_rule import CONSTANT, InvalidRule, Outcome, StringRule, UnmetIf, parse_rule

_WORTH_A_SET: Final = 3
"""Fewer predicates are asked one by one."""
_MOST_REMEMBERED: Final = 1_000
_LINES: Final = 32
"""Subjects that are asked about as one text; when one of them is hit, each is asked about."""
_ENDS_OF_TEXT: Final = re.compile(r"\\[AzZ]|\(\?\w*-\w*m")
"""In a regular expression, what does not hold at the ends of lines; sometimes it means something else."""
_AS_PATTERN: Final = {
    "STARTS_WITH": (r"\A", ""),
    "ENDS_WITH": ("", r"\z"),
    "CONTAINS": ("", ""),
    "EQUALS": (r"\A", r"\z"),
}
"""What stands around the content of a rule that becomes an RE2 pattern for the lower-case subject."""


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
            elif rule.method != CONSTANT:  # the outcome of a constant is the same either way
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
