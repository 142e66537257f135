"""What BitComet's version tells."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.bitcomet.version import parse_version


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2.18", (2, 18)),
        ("2.10 beta 6", (2, 10)),
        ("2.21.5.27", (2, 21)),
        ("BitComet 2.20", (2, 20)),
        (" v3.0 ", (3, 0)),
    ],
)
def test_it_is_read_from_whatever_stands_around_it(text: str, numbers: tuple[int, int]) -> None:
    version = parse_version(text)
    assert version is not None
    assert version.numbers == numbers


@pytest.mark.parametrize("text", [None, "", "x", "2", "x" * 50 + "2.18"])
def test_what_is_none_is_none(text: str | None) -> None:
    assert parse_version(text) is None


@pytest.mark.parametrize(
    ("text", "supported", "upload"),
    [
        ("2.9", False, None),
        ("2.17", False, None),
        ("2.18", True, None),
        ("2.19", True, None),
        ("2.20", True, "${G_TOTAL_UPLOAD_BYTE}"),
        ("2.21", True, "{G_TOTAL_UPLOAD_BYTE}"),
        ("3.1", True, "{G_TOTAL_UPLOAD_BYTE}"),
    ],
)
def test_what_it_counts_is_called_otherwise_from_version_to_version(
    text: str,
    supported: bool,  # noqa: FBT001 - parametrized
    upload: str | None,
) -> None:
    version = parse_version(text)
    assert version is not None
    assert version.is_supported == supported
    tokens = version.statistics
    assert (tokens and tokens[0]) == upload
    assert version.capabilities.totals == (upload is not None)
