"""YAML as plain values with their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.yaml_document import decode, parse
from app.settings.errors import UnreadableSettings
from app.settings.kind import Plain

TEXT = """\
# top
a: 1
b:
  - x
  - "y"   # why
c: &base
  d: 007
  e: ~
f: *base
g:
  <<: *base
  e: 'true'
"""

MARKS = "a|b: |- |\n|  |: |'|\"|[|]|{|}|,|&x |*x|<<: |>|#|!|!!int |%YAML 1.1\n|---\n|...|\\U|? |\t|\r\n|~"

pieces = st.lists(st.sampled_from([*MARKS.split("|"), "|"]) | st.text(max_size=3), max_size=30)


def test_values_are_text_as_it_stands_and_null() -> None:
    assert parse(TEXT, "x").values == {
        "a": "1",
        "b": ["x", "y"],
        "c": {"d": "007", "e": None},
        "f": {"d": "007", "e": None},
        "g": {"d": "007", "e": "true"},
    }


def test_what_had_no_quotes_is_known() -> None:
    values = parse("[yes, 'yes', null, 'null']", "x").values

    assert isinstance(values, list)
    assert [type(value) for value in values] == [Plain, str, type(None), str]


def test_lines_are_found_for_keys_list_entries_and_what_is_missing() -> None:
    document = parse(TEXT, "x")

    assert document.line(("a",)) == 2
    assert document.line(("b", 1)) == 5
    assert document.line(("c", "d")) == 7
    assert document.line(("c", "missing", "deeper")) == 6
    assert document.line(("missing",)) == 0


def test_repeated_keys_are_named_with_both_lines() -> None:
    document = parse("a: 1\nb:\n  - c: 1\n    c: 2\na: 3\n", "x.yml")

    assert [(p.key, p.first_line, p.line, p.file) for p in document.repeated()] == [
        ("b[0].c", 3, 4, "x.yml"),
        ("a", 1, 5, "x.yml"),
    ]


def test_keys_behind_an_alias_are_not_repeated() -> None:
    assert parse(TEXT, "x").repeated() == ()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: [1\nb: 2\n", 2, 2),
        ("a: b: c", 1, 5),
        ("ok: 1\n\tb: 2\n", 2, 1),
        ("a: 1\nb: *nobody\n", 2, 4),
        ("a: 1\nb: \x07\n", 2, 4),
        ("a\n---\nb\n", 2, 1),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(UnreadableSettings) as caught:
        parse(text, "config.yml")

    assert (caught.value.line, caught.value.column) == (line, column)
    assert f"config.yml, line {line}, column {column}: not valid YAML: " in str(caught.value)


@pytest.mark.parametrize("text", ["password: *hunter2", "password: !hunter2!x y"])
def test_the_reason_quotes_nothing_of_the_file(text: str) -> None:
    with pytest.raises(UnreadableSettings) as caught:
        parse(text, "x")

    assert "hunter2" not in str(caught.value)


def test_a_byte_that_is_not_utf8_is_told_with_its_place() -> None:
    with pytest.raises(UnreadableSettings, match=r"line 2, column 4: .* not UTF-8"):
        decode(b"a: 1\nb: \xff\n", "x")


@pytest.mark.parametrize("text", ["[" * 1200, "&a [*a]", "a: &a\n  b: *a\n"])
def test_what_never_ends_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSettings):
        parse(text, "x")


def test_aliases_that_blow_a_small_file_up_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(UnreadableSettings, match="too large"):
        parse("\n".join(lines), "x")


@pytest.mark.parametrize(
    "content", [b"a: 1\r\n", b"\xef\xbb\xbfa: 1\n", b"\xef\xbb\xbf# c\r\na: x\r\n"]
)
def test_byte_order_mark_and_line_ends_survive(content: bytes) -> None:
    document = decode(content, "x")

    assert document.encoded() == content
    assert document.newline == ("\r\n" if b"\r" in content else "\n")


@given(pieces.map("".join) | st.text())
def test_text_is_either_understood_or_refused(text: str) -> None:
    try:
        document = parse(text, "x")
    except UnreadableSettings as error:
        assert str(error)  # noqa: PT017 - either way is fine
    else:
        document.repeated()
        assert document.line(("a", 0)) >= 0


@given(st.binary())
def test_bytes_are_either_understood_or_refused(content: bytes) -> None:
    try:
        document = decode(content, "x")
    except UnreadableSettings as error:
        assert str(error)  # noqa: PT017 - either way is fine
    else:
        assert document.encoded() == content
