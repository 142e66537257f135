"""Changes values inside the text of a YAML file and leaves every other character as it is.

The parser says where each value stands, and only that stretch of the text is written anew. What
cannot be done so (anchors, values that stand for others) raises CannotEdit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from app.adapters.yaml_document import Document, is_null, key_of, parse, plain_of
from app.adapters.yaml_text import block, inline
from app.settings.change import REMOVE, as_read, changed
from app.settings.errors import UnreadableSettings

Path: TypeAlias = "tuple[str, ...]"

_COLON: Final = re.compile(r"[ \t]*:")
_DASH: Final = re.compile(r"[ \t]*-(?=\s)")
_INDENT: Final = 2


class CannotEdit(Exception):
    """This change cannot be made in place."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replaces what stands from `start` up to `end`."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key with its value, as they stand in a mapping."""

    key: Node
    value: Node
    colon: int
    """Index behind the colon."""

    @property
    def is_alias(self) -> bool:
        """Whether the value is written elsewhere, which can only be further up."""
        return bool(self.value.start_mark.index < self.colon)


def edited(document: Document, changes: Mapping[Path, object]) -> str:
    """The text with `changes` (plain values or REMOVE) made, one after the other.

    A new key goes behind the one changed before it, or to the end of its section.
    """
    newline = document.newline
    previous: Path = ()
    left = dict(changes)
    while left:
        page = _Page(document, newline)
        path = next(iter(left))
        value = left.pop(path)
        top = path[: page.depth(path) + 1]
        if value is not REMOVE and len(top) < len(path):
            # Everything below a key that is not there yet goes in together.
            below = {path[len(top) :]: value}
            for other in [other for other in left if other[: len(top)] == top]:
                below[other[len(top) :]] = left.pop(other)
            path, value = top, changed({}, below)
        document = _applied(document, page.edits(path, value, previous))
        previous = path
    return document.text


class _Page:
    """Finds the edits for one change in a document as it stands."""

    def __init__(self, document: Document, newline: str) -> None:
        self._document, self._newline = document, newline
        self._text = document.text

    def depth(self, path: Path) -> int:
        """How many steps of `path` are there."""
        node = self._document.root
        for known, key in enumerate(path):
            entry = self._find(node, key)
            if entry is None:
                return known
            node = entry.value
        return len(path)

    def edits(self, path: Path, value: object, previous: Path) -> list[_Edit]:
        """What brings `value` to `path`, of which at most the last step is new."""
        node, entry = self._document.root, None
        for depth, key in enumerate(path):
            if isinstance(node, MappingNode) and node.flow_style and node.value:
                return [self._rewritten_flow(node, path[depth:], value)]
            found = self._find(node, key)
            if found is None:
                beside = previous[depth] if previous[:depth] == path[:depth] != previous else ""
                return [] if value is REMOVE else self._insertion(node, entry, key, value, beside)
            if value is REMOVE and depth == len(path) - 1:
                return self._removal(node, entry, found)
            entry, node = found, found.value
        return [] if entry is None else self._replacement(entry, value)

    def _find(self, node: Node | None, key: str) -> _Entry | None:
        if isinstance(node, MappingNode):
            for key_node, value_node in reversed(node.value):
                if key_of(key_node) == key:
                    return self._entry(key_node, value_node)
        return None

    def _entry(self, key: Node, value: Node) -> _Entry:
        colon = _COLON.match(self._text, key.end_mark.index)
        if colon is None:
            raise CannotEdit
        return _Entry(key, value, colon.end())

    def _insertion(
        self, node: Node | None, entry: _Entry | None, key: str, value: object, beside: str
    ) -> list[_Edit]:
        """A new key in the mapping `node`, which is the value of `entry` (None: the whole file)."""
        if isinstance(node, MappingNode) and node.value:
            after = self._find(node, beside) or self._entry(*node.value[-1])
            margin = node.value[0][0].start_mark.column
            return [self._lines(self._line_end(self._end(after)), block(key, value, margin))]
        if entry is None:
            if node is None:
                return [self._lines(len(self._text), block(key, value, 0))]
            if not _is_empty(node):
                raise CannotEdit
            whole = self._newline.join(block(key, value, 0))
            return [_Edit(node.start_mark.index, node.end_mark.index, whole)]
        return self._below(entry, block(key, value, entry.key.start_mark.column + _INDENT))

    def _removal(self, mapping: Node | None, outer: _Entry | None, entry: _Entry) -> list[_Edit]:
        start = self._own_line(entry.key.start_mark.index)
        edits = [_Edit(start, self._line_end(self._end(entry)))]
        if outer is not None and isinstance(mapping, MappingNode) and len(mapping.value) == 1:
            edits.append(_Edit(outer.colon, outer.colon, " {}"))
        return edits

    def _replacement(self, entry: _Entry, new: object) -> list[_Edit]:
        old = entry.value
        if as_read(new) == plain_of(old, self._document.file):
            return []
        if entry.is_alias or old.anchor is not None:
            raise CannotEdit
        is_block = isinstance(old, CollectionNode) and not old.flow_style
        if is_block and isinstance(old, SequenceNode) and isinstance(new, list):
            return self._new_items(entry, old, new)
        margin = entry.key.start_mark.column
        if is_block:
            start = self._own_line(entry.key.start_mark.index)
            end = self._line_end(self._end(entry))
            return [_Edit(start, end), self._lines(start, block(str(entry.key.value), new, margin))]
        if isinstance(new, Mapping | list) and new and _is_empty(old):
            return self._below(entry, block(str(entry.key.value), new, margin)[1:])
        if self._end(entry) == entry.colon:
            return [_Edit(entry.colon, entry.colon, " " + inline(new))]
        return [_Edit(old.start_mark.index, self._end(entry), inline(new))]

    def _new_items(self, entry: _Entry, old: SequenceNode, new: list[object]) -> list[_Edit]:
        """Only the entries of a list that differ; comments between the others stay."""
        starts = [self._own_dash(item) for item in old.value]
        ends = [self._line_end(self._node_end(item, item.start_mark.index)) for item in old.value]
        if not new:
            gone = [_Edit(start, end) for start, end in zip(starts, ends, strict=True)]
            return [_Edit(entry.colon, entry.colon, " []"), *gone]
        margin = self._text[starts[0] : self._text.index("-", starts[0])]
        edits: list[_Edit] = []
        for tag, first, last, left, right in _difference(old, new, self._document.file):
            if tag == "equal":
                continue
            both = min(last - first, right - left)
            for item, value in zip(old.value[first : first + both], new[left:], strict=False):
                end = self._node_end(item, item.start_mark.index)
                edits.append(_Edit(item.start_mark.index, end, inline(value)))
            edits += (_Edit(starts[i], ends[i]) for i in range(first + both, last))
            lines = [f"{margin}- {inline(value)}" for value in new[left + both : right]]
            edits.append(self._lines(ends[first + both - 1] if first + both else starts[0], lines))
        return edits

    def _rewritten_flow(self, node: Node, path: Path, value: object) -> _Edit:
        """A mapping in braces is written anew as a whole."""
        values = changed(plain_of(node, self._document.file), {path: value})
        return _Edit(node.start_mark.index, node.end_mark.index, inline(values))

    def _below(self, entry: _Entry, lines: Sequence[str]) -> list[_Edit]:
        """Clear an empty value and put `lines` under its key."""
        if entry.is_alias or entry.value.anchor is not None or not _is_empty(entry.value):
            raise CannotEdit
        end = self._end(entry)
        return [_Edit(entry.colon, end), self._lines(self._line_end(end), lines)]

    def _end(self, entry: _Entry) -> int:
        """Index behind the last character of a value."""
        return entry.colon if entry.is_alias else self._node_end(entry.value, entry.colon)

    def _node_end(self, node: Node, floor: int) -> int:
        """The parser's own end of a block is where the next thing begins; `floor` is for empty values."""
        if isinstance(node, ScalarNode):
            if not node.style and not node.value:
                return floor
            return len(self._text[: node.end_mark.index].rstrip())
        if not isinstance(node, CollectionNode) or node.flow_style:
            return int(node.end_mark.index)
        last = node.value[-1]
        if isinstance(node, MappingNode):
            return self._end(self._entry(*last))
        if last.start_mark.index < node.start_mark.index:
            raise CannotEdit
        return self._node_end(last, last.start_mark.index)

    def _own_line(self, index: int) -> int:
        """The start of the line on which nothing stands before `index`."""
        start = self._text.rfind("\n", 0, index) + 1
        if self._text[start:index].strip():
            raise CannotEdit
        return start

    def _own_dash(self, item: Node) -> int:
        """The start of the line of a list's entry that begins with the dash."""
        index = item.start_mark.index
        start = self._text.rfind("\n", 0, index) + 1
        dash = _DASH.match(self._text, start)
        alone = dash is not None and not self._text[dash.end() : index].strip()
        if (
            not alone
            or item.anchor is not None
            or (not item.value and index == item.end_mark.index)
        ):
            raise CannotEdit
        return start

    def _line_end(self, index: int) -> int:
        """The start of the next line, or the end of the text."""
        end = self._text.find("\n", index)
        return len(self._text) if end < 0 else end + 1

    def _lines(self, index: int, lines: Sequence[str]) -> _Edit:
        """Whole lines at the start of a line, or at the end of a text that may lack its line break."""
        newline = self._newline
        if not lines:
            return _Edit(index, index)
        if index and self._text[index - 1] != "\n":
            return _Edit(index, index, newline + newline.join(lines))
        return _Edit(index, index, "".join(line + newline for line in lines))


def _is_empty(node: Node) -> bool:
    return not node.value or (isinstance(node, ScalarNode) and is_null(node))


def _difference(
    old: SequenceNode, new: Sequence[object], file: str
) -> Sequence[tuple[str, int, int, int, int]]:
    before = [json.dumps(plain_of(item, file), sort_keys=True) for item in old.value]
    after = [json.dumps(as_read(item), sort_keys=True) for item in new]
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _applied(document: Document, edits: Sequence[_Edit]) -> Document:
    text = document.text
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    if text == document.text:
        return document
    try:
        return parse(text, document.file)
    except UnreadableSettings as error:
        raise CannotEdit from error
