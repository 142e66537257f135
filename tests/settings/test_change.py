"""Changes of a settings file before they are text."""

from ipaddress import IPv4Network

import pytest

from app.domain.verdict import Mode
from app.settings.change import REMOVE, as_read, changed, plain
from app.settings.secret import Secret


def test_typed_values_become_what_a_file_holds() -> None:
    typed = {"a": Mode.SHADOW, "b": (IPv4Network("10.0.0.0/8"), IPv4Network("1.2.3.4")), "c": None}

    assert plain(typed) == {"a": "shadow", "b": ["10.0.0.0/8", "1.2.3.4"], "c": None}
    assert plain(Secret("x")) == "x"


def test_what_no_file_can_hold_is_a_bug() -> None:
    with pytest.raises(TypeError, match="object"):
        plain(object())


def test_changes_reach_only_what_they_name() -> None:
    old = {"a": {"b": 1, "c": 2}, "d": 3, "e": None}

    new = changed(old, {("a", "b"): 9, ("e", "f", "g"): 7, ("d",): REMOVE, ("x", "y"): REMOVE})

    assert new == {"a": {"b": 9, "c": 2}, "e": {"f": {"g": 7}}}
    assert old == {"a": {"b": 1, "c": 2}, "d": 3, "e": None}


def test_removing_below_a_value_changes_nothing() -> None:
    assert changed({"a": None, "b": "x"}, {("a", "c"): REMOVE, ("b", "c"): REMOVE}) == {
        "a": None,
        "b": "x",
    }


def test_a_file_gives_numbers_and_flags_back_as_text() -> None:
    assert as_read({"a": [1, True, None, 0.5, "x"]}) == {"a": ["1", "true", None, "0.5", "x"]}
