"""Regular expressions that strangers wrote: one by one, or hundreds against a text at once.

RE2 runs in linear time, and as a set in about a microsecond a name. What it refuses (look-around, back references) goes
to `regex` with a time limit, and after a few texts that exceeded it such a pattern matches nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

import re2

SUBJECT_SECONDS: Final = 0.01
"""What the first slow pattern may take for a text."""
AFTERTHOUGHT_SECONDS: Final = 0.001
"""What each further one may take for the same text once one has used all its time."""
_PROBE: Final = "\0peerwarden\0"
_STRIKES: Final = 3
_LONGEST: Final = 1_000
"""Characters of a pattern for `regex`, which takes long to compile what is long."""


class InvalidPattern(ValueError):
    """A text that is no regular expression."""


def _options() -> Any:  # noqa: ANN401 - re2 ships no types
    options = re2.Options()
    options.log_errors = False
    return options


class Linear:
    """A pattern that RE2 takes. A text with a lone surrogate has no UTF-8 form, so none can mean it."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._compiled = re2.compile(text, _options())
        except (re2.error, UnicodeEncodeError) as error:
            raise InvalidPattern(str(error)) from None

    @property
    def size(self) -> int:
        """Steps of its program, which bound what a character may cost."""
        return int(self._compiled.programsize)

    def full(self, text: str) -> bool:
        """Whether it matches the whole of `text`."""
        try:
            return self._compiled.fullmatch(text) is not None
        except UnicodeEncodeError:
            return False

    def search(self, text: str) -> bool:
        """Whether it matches somewhere in `text`."""
        try:
            return self._compiled.search(text) is not None
        except UnicodeEncodeError:
            return False


class Backtracking:
    """A pattern that only `regex` takes."""

    __slots__ = ("_compiled", "_strikes", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._strikes = 0
        if len(text) > _LONGEST:
            raise InvalidPattern(f"more than {_LONGEST} characters")
        import regex  # noqa: PLC0415 - 2 MB and 30 ms, and few have such a pattern

        try:
            self._compiled = regex.compile(text)
        except (regex.error, RecursionError, OverflowError, MemoryError, ValueError) as error:
            raise InvalidPattern(str(error)) from None

    @property
    def given_up(self) -> bool:
        """Whether it exceeded its time so often that it is not tried any more."""
        return self._strikes >= _STRIKES

    def full(self, text: str, seconds: float = SUBJECT_SECONDS) -> bool:
        """As `Linear.full`; False when it took too long, see `ask`."""
        return self.ask(text, seconds, full=True) is True

    def search(self, text: str, seconds: float = SUBJECT_SECONDS) -> bool:
        """As `Linear.search`."""
        return self.ask(text, seconds, full=False) is True

    def ask(self, text: str, seconds: float, *, full: bool) -> bool | None:
        """Whether it matches; None when it took too long."""
        if self.given_up:
            return False
        run = self._compiled.fullmatch if full else self._compiled.search
        try:
            return run(text, timeout=seconds) is not None
        except TimeoutError:
            # A short afterthought proves nothing against a pattern.
            self._strikes += seconds >= SUBJECT_SECONDS
            return None


Pattern: TypeAlias = Linear | Backtracking


def compile_one(text: str) -> Pattern:
    """Compile for RE2, else for `regex`; raises InvalidPattern."""
    try:
        return Linear(text)
    except InvalidPattern:
        return Backtracking(text)


def ask_all(
    patterns: Iterable[tuple[int, Backtracking]], text: str, *, full: bool
) -> tuple[int, ...]:
    """The numbers of those that match, with one time limit for all."""
    found = []
    seconds = SUBJECT_SECONDS
    for number, pattern in patterns:
        answer = pattern.ask(text, seconds, full=full)
        if answer is None:
            seconds = AFTERTHOUGHT_SECONDS
        elif answer:
            found.append(number)
    return tuple(found)


def escape(text: str) -> str:
    """A pattern for just `text`, which must have a UTF-8 form."""
    escaped: str = re2.escape(text)
    return escaped


def has_utf8(text: str) -> bool:
    """Whether RE2 can be asked about it: not with a lone surrogate inside."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class LinearSet:
    """Many RE2 patterns against one text."""

    __slots__ = ("_parts",)

    def __init__(self, patterns: Sequence[tuple[int, str]]) -> None:
        """Number and text of each; raises InvalidPattern when RE2 refuses one."""
        self._parts: list[tuple[Callable[[bytes], list[int]], list[int]]] = []
        left = [list(patterns)]
        while left:
            part = left.pop()
            try:
                self._parts.append(_together(part))
            except InvalidPattern:  # too large together, or one is none
                if len(part) <= 1:
                    raise
                half = len(part) // 2
                left += [part[half:], part[:half]]

    def find(self, text: bytes) -> tuple[int, ...]:
        """The numbers of those that match somewhere in UTF-8 `text`, in the order given."""
        held: tuple[int, ...] = ()
        for match, numbers in self._parts:
            found = match(text)
            if found:
                last = len(numbers)
                held += tuple([numbers[index] for index in sorted(found) if index != last])
        return held


def _together(
    patterns: Sequence[tuple[int, str]],
) -> tuple[Callable[[bytes], list[int]], list[int]]:
    one = re2.Set.SearchSet(_options())
    try:
        for _, text in patterns:
            one.Add(text)
        probe = one.Add(escape(_PROBE))
        one.Compile()
    except (re2.error, UnicodeEncodeError) as error:
        raise InvalidPattern(str(error)) from None
    # RE2 answers "nothing" when a set does not fit into its memory.
    if probe not in (one.Match(_PROBE) or ()):
        raise InvalidPattern("too many at once")
    # Beneath the wrapper, which costs as much as a match.
    return one._set.Match, [number for number, _ in patterns]  # noqa: SLF001


def whole(pattern: str) -> str:
    """`pattern` for a set, where it shall match the whole text."""
    return rf"\A(?:{pattern})\z"
