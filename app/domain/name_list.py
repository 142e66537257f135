"""Lists of patterns of client names that others keep (reference/rules.md 3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from app.domain.address_list import BadLine, LineCounts
from app.domain.patterns import (
    Backtracking,
    InvalidPattern,
    Linear,
    LinearSet,
    ask_all,
    compile_one,
    has_utf8,
)

_BOM: Final = "\ufeff"
_COMMENTS: Final = ("#", "//")
_END_COMMENT: Final = " #"
_LONGEST: Final = 1_000
"""Characters of a pattern; no name needs more."""
_MOST_STEPS_OF_ONE: Final = 1_000
"""Of a pattern's program; `.{0,500}` has more. In the worst case each costs some nanoseconds per character."""
_MOST_STEPS: Final = 500_000
"""Of a whole list."""
_HOPELESS: Final = 500
"""After so many lines that are no pattern, and fewer that are, the rest is not looked at."""
_EXAMPLES: Final = 5
_EXAMPLE_LENGTH: Final = 80


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
    _linear: LinearSet | None = None
    _slow: tuple[tuple[int, Backtracking], ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, name: str) -> NameEntry | None:
        """The first entry that matches somewhere in `name`."""
        found: tuple[int, ...] = ()
        # A lone surrogate has no UTF-8 form, so no pattern can mean it.
        if self._linear is not None and has_utf8(name):
            found = self._linear.find(name.encode())[:1]
        first = found[0] if found else len(self.entries)
        slow = [(at, pattern) for at, pattern in self._slow if at < first]
        found = ask_all(slow, name, full=False)[:1] or found
        return self.entries[found[0]] if found else None

    @property
    def given_up(self) -> tuple[str, ...]:
        """Patterns that took too long too often and match nothing any more."""
        return tuple(pattern.text for _, pattern in self._slow if pattern.given_up)


def parse_name_list(text: bytes, *, id: str = "", name: str = "") -> NameList:  # noqa: A002 - the list's
    """Read one pattern a line; never raises. Lines that are no pattern are counted in `lines` and left out."""
    linear: list[tuple[int, str]] = []
    slow: list[tuple[int, Backtracking]] = []
    entries: list[NameEntry] = []
    bad: list[BadLine] = []
    invalid = size = 0
    lines = text.decode("utf-8", "replace").removeprefix(_BOM).split("\n")
    for number, line in enumerate(lines, start=1):
        entry = _entry(line)
        if entry is None:
            continue
        if invalid > max(_HOPELESS, len(entries)):
            break
        try:
            pattern = _compile(entry.pattern, _MOST_STEPS - size)
        except InvalidPattern:
            invalid += 1
            if len(bad) < _EXAMPLES:
                bad.append(BadLine(number=number, text=line.strip()[:_EXAMPLE_LENGTH]))
            continue
        if isinstance(pattern, Linear):
            linear.append((len(entries), pattern.text))
            size += pattern.size
        else:
            slow.append((len(entries), pattern))
        entries.append(entry)
    return NameList(
        id=id,
        name=name,
        entries=tuple(entries),
        lines=LineCounts(valid=len(entries), invalid=invalid, examples=tuple(bad)),
        _linear=LinearSet(linear) if linear else None,
        _slow=tuple(slow),
    )


def _entry(line: str) -> NameEntry | None:
    line = line.strip()
    if not line or line.startswith(_COMMENTS):
        return None
    pattern, _, comment = line.partition(_END_COMMENT)
    return NameEntry(pattern=pattern.rstrip(), comment=comment.strip() or pattern.rstrip())


def _compile(text: str, most: int) -> Linear | Backtracking:
    if len(text) > _LONGEST:
        raise InvalidPattern(f"more than {_LONGEST} characters")
    pattern = compile_one(text)
    if isinstance(pattern, Linear) and pattern.size > min(most, _MOST_STEPS_OF_ONE):
        raise InvalidPattern("too costly")
    return pattern
