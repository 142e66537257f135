"""Values written as YAML."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from app.adapters.yaml_text import block, inline, text

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


def loaded(written: str, version: tuple[int, int]) -> Any:  # noqa: ANN401 - whatever stands there
    yaml = YAML(typ="safe", pure=True)
    yaml.version = version
    return yaml.load(written)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("qbittorrent", "qbittorrent"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("8b1f2f7e-9d2e-4f3b-a6a1-5b8a1f0f7c55", "8b1f2f7e-9d2e-4f3b-a6a1-5b8a1f0f7c55"),
        ("", "''"),
        ("no", "'no'"),
        ("12:30", "'12:30'"),
        ("0x1f", "'0x1f'"),
        ("it's", "'it''s'"),
        ("a: b # c", "'a: b # c'"),
        ("two\nlines", '"two\\U0000000Alines"'),
        ('{"method":"CONTAINS","content":"x"}', '\'{"method":"CONTAINS","content":"x"}\''),
    ],
)
def test_quotes_stand_only_where_a_text_could_mean_something_else(value: str, written: str) -> None:
    assert text(value) == written


def test_sections_are_indented_and_empty_ones_stand_in_brackets() -> None:
    lines = block("a", {"b": {"c": [1, {"d": None}], "e": {}}, "f": []}, 2)

    assert lines == [
        "  a:",
        "    b:",
        "      c:",
        "        - 1",
        "        - {'d': null}",
        "      e: {}",
        "    f: []",
    ]


@given(values)
def test_old_and_new_yaml_read_what_was_written(value: object) -> None:
    for version in ((1, 1), (1, 2)):
        assert loaded("\n".join(block("key", value, 0)), version) == {"key": value}
        assert loaded(inline(value), version) == value


@given(st.text(alphabet="0123456789abcdefxoyn_.:+-eE~/<=", min_size=1, max_size=12))
def test_nothing_that_looks_like_a_number_or_a_date_loses_its_quotes(value: str) -> None:
    for version in ((1, 1), (1, 2)):
        assert loaded(f"- {text(value)}", version) == [value]
