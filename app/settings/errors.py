"""What is wrong with a settings file, said with file, line, key, value and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, TypeAlias

from app.domain.errors import AppError
from app.domain.reason import Param, Text
from app.locale.texts import say

Params: TypeAlias = "dict[str, Param]"
KeyPath: TypeAlias = "tuple[str | int, ...]"
"""Where a setting stands: keys from the outside in, and positions (from 0) in lists."""

HIDDEN: Final = "…"
"""Stands for a secret wherever a text could show one."""

_LONGEST_SHOWN: Final = 60
_MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One value that is not allowed."""

    path: KeyPath = ()
    value: str | None
    """As the user may see it; None when the key is missing."""
    allowed: Text
    file: str = ""
    line: int = 0
    """From 1; 0 when unknown."""
    first_line: int = 0
    """For a key that stands there twice: where it stands first."""

    @property
    def key(self) -> str:
        """Dotted, as in `server.http` or `module.peer-id-blacklist.banned-peer-id[3]`."""
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return dotted.removeprefix(".")

    @property
    def text(self) -> Text:
        """The whole sentence."""
        if not self.file:
            return self._what()
        if not self.line:
            return Text("settings-in-file", {"file": self.file, "what": self._what()})
        place: Params = {"file": self.file, "line": self.line, "what": self._what()}
        return Text("settings-in-line", place)

    def below(self, path: KeyPath) -> Problem:
        """The same, seen from further out."""
        return replace(self, path=(*path, *self.path))

    def at(self, file: str, line: int) -> Problem:
        """The same with its place."""
        return replace(self, file=file, line=line)

    def _what(self) -> Text:
        if self.first_line:
            return Text("settings-repeated", {"key": self.key, "first": self.first_line})
        if not self.path:
            return Text("settings-shape", {"allowed": self.allowed})
        if self.value is None:
            return Text("settings-missing", {"key": self.key, "allowed": self.allowed})
        what: Params = {"key": self.key, "value": self.value, "allowed": self.allowed}
        return Text("settings-value", what)


class SettingsError(AppError):
    """A settings file cannot be used; nothing of it was changed."""

    def __str__(self) -> str:
        return say(self.text)


class InvalidSetting(SettingsError):
    """Values that are not allowed: all that were found, at least one."""

    def __init__(self, *problems: Problem) -> None:
        texts = [problem.text for problem in problems[:_MOST_SHOWN]]
        if len(problems) > _MOST_SHOWN:
            texts.append(Text("settings-more", {"count": len(problems) - _MOST_SHOWN}))
        super().__init__(reduce(_two, texts))
        self.problems = problems

    @property
    def key(self) -> str:
        """Of the first problem, as are the other properties."""
        return self.problems[0].key

    @property
    def value(self) -> str | None:
        return self.problems[0].value

    @property
    def allowed(self) -> str:
        """In words."""
        return say(self.problems[0].allowed)

    @property
    def file(self) -> str:
        return self.problems[0].file

    @property
    def line(self) -> int:
        return self.problems[0].line


class UnreadableSettings(SettingsError):
    """The file is no YAML, or cannot be read at all; `line` and `column` from 1, 0 when unknown."""

    def __init__(self, file: str, reason: Text | str, line: int = 0, column: int = 0) -> None:
        if line:
            place: Params = {"file": file, "line": line, "column": column, "reason": reason}
            super().__init__(Text("settings-syntax", place))
        else:
            super().__init__(Text("settings-unreadable", {"file": file, "reason": reason}))
        self.file = file
        self.line = line
        self.column = column


class UnwritableSettings(SettingsError):
    """The file could not be replaced: disk full, read-only, held by another program."""

    def __init__(self, file: str, reason: Text | str) -> None:
        super().__init__(Text("settings-unwritable", {"file": file, "reason": reason}))


def refuse(value: object, allowed: Text, *path: str | int) -> InvalidSetting:
    """The error for one `value` at `path` below here."""
    return InvalidSetting(Problem(path=path, value=shown(value), allowed=allowed))


def shown(value: object) -> str | None:
    """`value` for an error text: cut when long, and not spelled out when it is no single value."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return HIDDEN
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _two(first: Text, second: Text) -> Text:
    return Text("settings-two", {"first": first, "second": second})
