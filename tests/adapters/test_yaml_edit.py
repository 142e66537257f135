"""Changes of YAML text that touch nothing else."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.adapters.yaml_document import parse
from app.adapters.yaml_edit import CannotEdit, edited
from app.adapters.yaml_text import block
from app.settings.change import REMOVE, as_read, changed

Changes = dict[tuple[str, ...], Any]

FILE = """\
# head
a: 1   # one
b:
  c: "two"  # quoted
  # about d
  d:
    - x  # first
    # between
    - y

  # about e
  e: []   # none
# about f
f:
g: {h: 1, i: [2]}
j: |
  long
  text

k:
- p
- q
# foot
"""


def changed_lines(changes: Changes, text: str = FILE) -> list[str]:
    """What an edit takes away and adds, line by line."""
    before, after = text.splitlines(), edited(parse(text, "x"), changes).splitlines()
    first = next(i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1])
    last = next(
        i
        for i, pair in enumerate(zip(reversed(before), reversed(after), strict=False))
        if pair[0] != pair[1]
    )
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    return [f"-{line}" for line in old] + [f"+{line}" for line in new]


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({("a",): 2}, ["-a: 1   # one", "+a: 2   # one"]),
        ({("b", "c"): "it's"}, ['-  c: "two"  # quoted', "+  c: 'it''s'  # quoted"]),
        ({("b", "d"): ["x", "z", "y"]}, ["+    - z"]),
        ({("b", "d"): ["x", "z"]}, ["-    - y", "+    - z"]),
        ({("b", "d"): ["w", "x", "y"]}, ["+    - w"]),
        ({("b", "d"): ["x"]}, ["-    - y"]),
        ({("b", "d"): ["w", "y"]}, ["-    - x  # first", "+    - w  # first"]),
        (
            {("b", "d"): "now one"},
            ["-  d:", "-    - x  # first", "-    # between", "-    - y", "+  d: 'now one'"],
        ),
        ({("b", "e"): ["v"]}, ["-  e: []   # none", "+  e:   # none", "+    - v"]),
        ({("b", "w"): True}, ["+  w: true"]),
        ({("f",): "v"}, ["-f:", "+f: v"]),
        ({("f", "w"): 1}, ["+  w: 1"]),
        ({("f", "w", "m"): 1, ("f", "w", "o"): 2}, ["+  w:", "+    m: 1", "+    o: 2"]),
        ({("g", "h"): 3}, ["-g: {h: 1, i: [2]}", "+g: {'h': 3, 'i': [2]}"]),
        ({("g", "h"): REMOVE}, ["-g: {h: 1, i: [2]}", "+g: {'i': [2]}"]),
        ({("g", "w", "m"): 3}, ["-g: {h: 1, i: [2]}", "+g: {'h': 1, 'i': [2], 'w': {'m': 3}}"]),
        ({("j",): "short"}, ["-j: |", "-  long", "-  text", "+j: short"]),
        ({("k",): ["p", "q", "r"]}, ["+- r"]),
        ({("new", "key"): "v"}, ["+new:", "+  key: v"]),
        ({("a",): REMOVE}, ["-a: 1   # one"]),
        ({("k",): REMOVE}, ["-k:", "-- p", "-- q"]),
        ({("j",): REMOVE}, ["-j: |", "-  long", "-  text"]),
    ],
)
def test_only_the_lines_of_a_changed_value_differ(changes: Changes, lines: list[str]) -> None:
    assert changed_lines(changes) == lines


def test_an_emptied_list_and_an_emptied_section_stay_what_they_are() -> None:
    assert edited(
        parse("a:\n  # c\n  - x\nb:\n  c: 1\n", "x"), {("a",): [], ("b", "c"): REMOVE}
    ) == ("a: []\n  # c\nb: {}\n")


def test_a_new_key_follows_the_one_changed_before_it() -> None:
    text = "r:\n  enabled: false\n  # the list\n  list: []\n# next\ns: 1\n"

    assert edited(parse(text, "x"), {("r", "enabled"): True, ("r", "mode"): "shadow"}) == (
        "r:\n  enabled: true\n  mode: shadow\n  # the list\n  list: []\n# next\ns: 1\n"
    )


@pytest.mark.parametrize(
    ("text", "changes", "result"),
    [
        ("", {("a", "b"): 1}, "a:\n  b: 1\n"),
        ("# only this", {("a",): 1}, "# only this\na: 1"),
        ("{}\n", {("a",): 1}, "a: 1\n"),
        ("a: 1", {("b",): 2}, "a: 1\nb: 2"),
        ("a: {}", {("a", "b"): 2}, "a:\n  b: 2"),
        ("a: ~ # c\n", {("a",): [1]}, "a: # c\n  - 1\n"),
        ("a:\r\n  b: 1\r\n", {("a", "c"): 2}, "a:\r\n  b: 1\r\n  c: 2\r\n"),
        ("a:\r\n  - 1\r\n  - 2\r\n", {("a",): [3]}, "a:\r\n  - 3\r\n"),
        ("a:\n    b: 1\n", {("a", "c"): 2}, "a:\n    b: 1\n    c: 2\n"),
        ("'a b': 1\n", {("a b",): 2}, "'a b': 2\n"),
        ("a: 1\n", {("b",): REMOVE, ("a", "c"): REMOVE}, "a: 1\n"),
        ("a: '1'\n", {("a",): "1"}, "a: '1'\n"),
    ],
)
def test_odd_files_are_edited_too(text: str, changes: Changes, result: str) -> None:
    assert edited(parse(text, "x"), changes) == result


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("a: &x 1\nb: *x\n", {("a",): 2}),
        ("a: &x 1\nb: *x\n", {("b",): 2}),
        ("a: &x\n  c: 1\nb: *x\n", {("a",): REMOVE}),
        ("? a\n: 1\n", {("a",): 2}),
        ("- a: 1\n", {("a",): 2}),
    ],
)
def test_what_stands_for_something_else_is_left_to_others(text: str, changes: Changes) -> None:
    with pytest.raises(CannotEdit):
        edited(parse(text, "x"), changes)


keys = st.sampled_from(["a", "b", "c d", "8", "true"])
leaves = st.none() | st.booleans() | st.integers(0, 99) | st.text(max_size=5)
trees = st.recursive(
    leaves | st.lists(leaves, max_size=4),
    lambda inner: st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)
roots = st.dictionaries(keys, trees, min_size=1, max_size=4)
paths = st.lists(keys, min_size=1, max_size=3).map(tuple)
commented = st.sampled_from(["", "# c", "  # c", "\n# c", "    # c"])


@given(roots, st.data())
def test_after_an_edit_the_file_says_what_was_asked_and_keeps_its_comments(
    root: dict[str, Any], data: st.DataObject
) -> None:
    lines = [line for key, value in root.items() for line in block(key, value, 0)]
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = "".join(line + newline + note for line in lines for note in _note(data, newline))
    document = parse(text, "x")
    assume(document.values == as_read(root))
    changes = data.draw(st.dictionaries(paths, trees | st.just(REMOVE), min_size=1, max_size=3))
    assume(not any(a != b and a == b[: len(a)] for a in changes for b in changes))

    wanted = changed(document.values, {path: as_read(value) for path, value in changes.items()})
    try:
        result = edited(document, changes)
    except CannotEdit:
        # It happens only below what is no section, where new keys have no place.
        assert any(not _has_room(document.values, path) for path in changes)
        return
    assert (parse(result, "x").values or {}) == wanted
    assert result.count("\r") == (result.count("\n") if newline == "\r\n" else 0)


def _note(data: st.DataObject, newline: str) -> list[str]:
    note = data.draw(commented)
    return [note.replace("\n", newline) + newline if note else ""]


def _has_room(values: object, path: tuple[str, ...]) -> bool:
    for key in path[:-1]:
        if not isinstance(values, dict) or key not in values:
            break
        values = values[key]
    return values is None or isinstance(values, dict)
