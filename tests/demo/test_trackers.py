"""Announce URLs are written and taken away as the real server does it."""

from __future__ import annotations

from app.demo.trackers import added, removed


def test_each_blank_line_begins_the_next_tier() -> None:
    assert added({}, "http://a\nhttp://b\n\nhttp://c\n\n\n http://d ") == {
        "http://a": 0,
        "http://b": 0,
        "http://c": 1,
        "http://d": 3,
    }


def test_one_that_is_known_stays_in_its_tier() -> None:
    assert added({"http://a": 4}, "http://a\nhttp://b") == {"http://a": 4, "http://b": 0}


def test_later_versions_undo_percent_signs_when_they_take_one_away() -> None:
    standing = {"http://a?k=%7Cx": 0, "http://b|c": 0, "http://d": 0}
    assert set(removed(standing, "http://a?k=%7Cx|http://b%7Cc", unquotes=False)) == {
        "http://b|c",
        "http://d",
    }
    assert set(removed(standing, "http://a?k=%257Cx|http://b%7Cc|gone", unquotes=True)) == {
        "http://d"
    }
