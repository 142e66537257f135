"""Which version of qBittorrent has what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.qbittorrent.version import parse_version


@pytest.mark.parametrize(
    ("text", "numbers", "supported", "keys", "ranges"),
    [
        ("v4.4.5", (4, 4, 5), False, False, False),
        ("v4.5.0", (4, 5, 0), True, False, False),
        ("v4.5.2\n", (4, 5, 2), True, False, False),
        ("v4.6.5.10", (4, 6, 5), True, False, False),
        ("v5.1.0", (5, 1, 0), True, False, False),
        ("v5.2.0beta1", (5, 2, 0), True, True, True),
        ("5.2.0-beta1", (5, 2, 0), True, True, True),
        ("v5.2.0", (5, 2, 0), True, True, False),
        ("v5.2.1", (5, 2, 1), True, True, False),
        ("v5.3.0alpha1", (5, 3, 0), True, True, True),
        ("v5.3.0", (5, 3, 0), True, True, True),
        ("v6.0", (6, 0, 0), True, True, True),
    ],
)
def test_a_version_tells_what_it_can(
    text: str, numbers: tuple[int, int, int], *, supported: bool, keys: bool, ranges: bool
) -> None:
    version = parse_version(text)
    assert version is not None
    assert version.numbers == numbers
    assert (version.is_supported, version.takes_keys, version.takes_ranges) == (
        supported,
        keys,
        ranges,
    )


@pytest.mark.parametrize("text", ["", "v", "five", "<html>", "v5", "9" * 100, "v5.\x00"])
def test_what_is_no_version_is_told_apart(text: str) -> None:
    assert parse_version(text) is None


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    parse_version(text)
