"""A parsed YAML file: plain values for the settings, and where each stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from app.domain.reason import Text
from app.settings.errors import KeyPath, Problem, UnreadableSettings
from app.settings.kind import Plain

_MARK: Final = b"\xef\xbb\xbf"
_MERGE: Final = "<<"
_NULLS: Final = ("", "~", "null", "Null", "NULL")
_MOST_VALUES: Final = 200_000
_QUOTED: Final = re.compile(r"(['\"])(?!<)([^'\"]{2,})\1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file's text with what it means."""

    file: str
    """Its name in errors."""
    text: str
    root: Node | None
    values: object
    """Mappings, lists, text and None; text that had no quotes is `Plain`, numbers included."""
    marked: bool = False
    """Whether the file begins with a byte order mark, which `text` lacks."""

    @property
    def newline(self) -> str:
        """How its lines end."""
        end = self.text.find("\n")
        return "\r\n" if end > 0 and self.text[end - 1] == "\r" else "\n"

    def encoded(self) -> bytes:
        """The file's content."""
        return (_MARK if self.marked else b"") + self.text.encode()

    def line(self, path: KeyPath) -> int:
        """From 1, the line of the setting at `path` or of the nearest one around it; 0 for the whole file."""
        node, line = self.root, 0
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            node, mark = found
            line = mark + 1
        return line

    def repeated(self) -> tuple[Problem, ...]:
        """Keys that stand twice in the same place, at the second one."""
        return tuple(
            Problem(
                path=path,
                value=None,
                allowed=Text("allowed-section"),
                file=self.file,
                line=again + 1,
                first_line=first + 1,
            )
            for path, first, again in _repeated(self.root, ())
        )


def parse(text: str, file: str) -> Document:
    """Read `text`; raises UnreadableSettings with the place when it is no YAML."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        values = plain_of(root, file)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise UnreadableSettings(file, _reason(error), line, column) from error
    except ReaderError as error:
        place = _place(text, text.find(chr(error.character)))
        reason = f"character #x{error.character:04x}"
        raise UnreadableSettings(file, reason, *place) from error
    except RecursionError as error:
        raise UnreadableSettings(file, Text("settings-too-deep")) from error
    # A number beyond what Unicode or C can hold, in an escape or a directive.
    except (YAMLError, ValueError, OverflowError, IndexError, AttributeError) as error:
        raise UnreadableSettings(file, type(error).__name__) from error
    return Document(file=file, text=text, root=root, values=values)


def decode(content: bytes, file: str) -> Document:
    """Read a file's content; raises UnreadableSettings as `parse` does."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        place = _place(before, len(before))
        raise UnreadableSettings(file, Text("settings-not-utf8"), *place) from error
    document = parse(text.removeprefix("\ufeff"), file)
    return replace(document, marked=text.startswith("\ufeff"))


def key_of(node: Node) -> str | None:
    """A key's text; None for a key that is no single value."""
    return str(node.value) if isinstance(node, ScalarNode) else None


def plain_of(node: Node | None, file: str) -> object:
    """What `node` means, as in `Document.values`; raises UnreadableSettings beyond any sense."""
    return _Values(file).of(node)


class _Values:
    """Turns nodes into plain values, once, within limits: aliases can make small files huge or endless."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._left = _MOST_VALUES
        self._inside: set[int] = set()

    def of(self, node: Node | None) -> object:
        self._left -= 1
        if self._left < 0:
            raise UnreadableSettings(self._file, Text("settings-too-large"))
        if node is None:
            return None
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if id(node) in self._inside:
            raise UnreadableSettings(self._file, Text("settings-in-itself"))
        self._inside.add(id(node))
        try:
            return self._collection(node)
        finally:
            self._inside.remove(id(node))

    def _collection(self, node: Node) -> object:
        if isinstance(node, SequenceNode):
            return [self.of(entry) for entry in node.value]
        own: dict[str, object] = {}
        merged: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = key_of(key_node)
            if key == _MERGE and not key_node.style:
                merged |= self._merged(value_node)
            elif key is not None:
                own[key] = self.of(value_node)
        return {**merged, **own}

    def _merged(self, node: Node) -> dict[str, object]:
        """What `<<` takes over; of several mappings the earlier wins."""
        found: dict[str, object] = {}
        sources = node.value if isinstance(node, SequenceNode) else [node]
        for source in reversed(sources):
            values = self.of(source)
            if isinstance(values, Mapping):
                found |= values
        return found


def _scalar(node: ScalarNode) -> str | None:
    """A single value as text, just as it stands there, so that `007` stays a password."""
    if node.style:
        return str(node.value)
    return None if is_null(node) else Plain(node.value)


def is_null(node: ScalarNode) -> bool:
    """Whether it says that there is no value."""
    return not node.style and node.value in _NULLS


def _step(node: Node | None, step: str | int) -> tuple[Node, int] | None:
    """The node below `node` at `step`, and the line (from 0) where that begins."""
    if isinstance(node, MappingNode):
        for key_node, value_node in reversed(node.value):
            if key_of(key_node) == step:
                return value_node, key_node.start_mark.line
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        entry = node.value[step]
        return entry, entry.start_mark.line
    return None


def _repeated(node: Node | None, path: KeyPath) -> Iterator[tuple[KeyPath, int, int]]:
    """Path, first and later line (from 0) of each key that is repeated at or below `node`."""
    if isinstance(node, MappingNode):
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = key_of(key_node), key_node.start_mark.line
            if key is None:
                continue
            if key in lines:
                yield (*path, key), lines[key], line
            lines.setdefault(key, line)
            # An alias stands for what is looked at where it is written out.
            if value_node.start_mark.index >= key_node.end_mark.index:
                yield from _repeated(value_node, (*path, key))
    elif isinstance(node, SequenceNode):
        for position, entry in enumerate(node.value):
            if entry.start_mark.index >= node.start_mark.index:
                yield from _repeated(entry, (*path, position))


def _reason(error: MarkedYAMLError) -> str:
    """The parser's words without what it quotes from the file, which may be part of a secret."""
    words = " ".join(str(part) for part in (error.context, error.problem) if part)
    return _QUOTED.sub("…", words)


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column from 1."""
    before = text[: max(index, 0)]
    return before.count("\n") + 1, index - before.rfind("\n")
