"""Which Transmission can do what."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.transmission.version import Version, parse_version


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "shown", "supported"),
    [
        ("2.94 (d8e60ee44f)", "2.94", False),
        ("3.00 (bb6b5a062e)", "3.00", True),
        ("4.0.6 (38c164933e)", "4.0.6", True),
        ("4.1.0-beta.2 (9d6bd6ac0f)", "4.1.0-beta.2", True),
        ("4.1.0-dev", "4.1.0-dev", True),
        ("5.0", "5.0", True),
    ],
)
def test_a_version_is_read_as_it_is_written(text: str, shown: str, supported: bool) -> None:  # noqa: FBT001 - a table
    assert str(version(text)) == shown
    assert version(text).is_supported is supported


@pytest.mark.parametrize("text", ["", "Transmission", "4", "x" * 10_000, "1." * 5_000, "4.1 4.1"])
def test_anything_else_is_no_version(text: str) -> None:
    assert parse_version(text) is None


def test_old_ones_ban_ipv4_alone_and_say_what_a_newer_one_does_better() -> None:
    old, newer, new = version("3.00"), version("4.0.6"), version("4.1.0")

    assert [each.capabilities.ipv6 for each in (old, newer, new)] == [False, True, True]
    assert [each.drops_banned for each in (old, newer, new)] == [False, False, True]
    assert [each.has_tracker_list for each in (old, newer, new)] == [False, True, True]
    assert [each.advice and each.advice.id for each in (old, newer, new)] == [
        "transmission-kicks-ipv4",
        "transmission-kicks",
        None,
    ]


def test_betas_of_one_release_differ() -> None:
    first, second, fourth = (version(f"4.1.0-beta.{number}") for number in (1, 2, 4))

    assert not first.drops_banned
    assert second.drops_banned
    assert not second.capabilities.peer_ids
    assert fourth.capabilities.peer_ids
    assert fourth.capabilities.counters
    assert version("4.1.0").capabilities == fourth.capabilities
