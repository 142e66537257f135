"""Lists of patterns of client names that others keep (reference/rules.md 3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import re2
import regex

from app.domain.address_list import BadLine, LineCounts

_BOM: Final = "\ufeff"
_COMMENTS: Final = ("#", "//")
_END_COMMENT: Final = " #"
_LONGEST: Final = 1_000
"""Characters of a pattern; no name needs more."""
_MEMORY: Final = 32 * 1024 * 1024
"""Bytes that RE2 may use for the patterns of one list."""
_EXAMPLES: Final = 5
_EXAMPLE_LENGTH: Final = 80
_SLOW_SECONDS: Final = 0.02
_STRIKES: Final = 3
"""A pattern that took too long so often is not asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameEntry:
    """One pattern."""

    pattern: str
    comment: str
    """The pattern when the list says nothing."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NameList:
    """Patterns in the list's order; they are searched for, and case counts."""

    id: str
    name: str
    entries: tuple[NameEntry, ...] = ()
    lines: LineCounts = field(default_factory=LineCounts)
    _fast: _Fast | None = None
    _slow: tuple[_Slow, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, name: str) -> NameEntry | None:
        """The first entry that matches somewhere in `name`."""
        at = None if self._fast is None else self._fast.first(name)
        for slow in self._slow:
            if (at is None or slow.entry < at) and slow.matches(name):
                return self.entries[slow.entry]
        return None if at is None else self.entries[at]


def parse_name_list(text: bytes, *, id: str = "", name: str = "") -> NameList:  # noqa: A002 - the list's
    """Read one pattern a line; never raises. Lines that are no pattern are counted in `lines` and left out."""
    fast, slow = _Fast(), []
    entries: list[NameEntry] = []
    bad: list[BadLine] = []
    invalid = 0
    lines = text.decode("utf-8", "replace").removeprefix(_BOM).split("\n")
    for number, line in enumerate(lines, start=1):
        entry = _entry(line)
        if entry is None:
            continue
        if not fast.add(entry.pattern, len(entries)):
            pattern = _backtracking(entry.pattern)
            if pattern is None:
                invalid += 1
                if len(bad) < _EXAMPLES:
                    bad.append(BadLine(number=number, text=line.strip()[:_EXAMPLE_LENGTH]))
                continue
            slow.append(_Slow(len(entries), pattern))
        entries.append(entry)
    fast.compile()
    return NameList(
        id=id,
        name=name,
        entries=tuple(entries),
        lines=LineCounts(valid=len(entries), invalid=invalid, examples=tuple(bad)),
        _fast=fast,
        _slow=tuple(slow),
    )


def _entry(line: str) -> NameEntry | None:
    line = line.strip()
    if not line or line.startswith(_COMMENTS):
        return None
    pattern, _, comment = line.partition(_END_COMMENT)
    return NameEntry(pattern=pattern.rstrip(), comment=comment.strip() or pattern.rstrip())


def _backtracking(pattern: str) -> Any:  # noqa: ANN401 - a pattern of `regex`
    if len(pattern) > _LONGEST:
        return None
    try:
        return regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError):
        return None


class _Fast:
    """All patterns that RE2 takes, searched in one go."""

    def __init__(self) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        self._entries: list[int] = []

    def add(self, pattern: str, entry: int) -> bool:
        """Whether RE2 takes it."""
        if len(pattern) > _LONGEST:
            return False
        try:
            self._set.Add(pattern)
        except (re2.error, UnicodeEncodeError):
            return False
        self._entries.append(entry)
        return True

    def compile(self) -> None:
        """That were all."""
        if self._entries:
            self._set.Compile()

    def first(self, name: str) -> int | None:
        """The first entry that matches."""
        if not self._entries:
            return None
        try:
            found = self._set.Match(name)
        except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form, so no pattern can mean it
            return None
        return self._entries[min(found)] if found else None


@dataclass(slots=True)
class _Slow:
    """A pattern with look-around or back references, which could run for ever."""

    entry: int
    pattern: Any
    strikes: int = field(default=0)

    def matches(self, name: str) -> bool:
        if self.strikes >= _STRIKES:
            return False
        try:
            return self.pattern.search(name, timeout=_SLOW_SECONDS) is not None
        except TimeoutError:
            self.strikes += 1
            return False
