"""What each kind of list takes, and that each bad entry is named."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.settings.errors import InvalidSetting
from app.settings.kind import Kind, Plain
from app.settings.list_kind import Lines, Ports, Prefixes, Rules, SystemNumbers, Words
from tests.settings.anything import anything, refusal

ALL: tuple[Kind[object], ...] = (
    Lines(),
    Ports(),
    Prefixes(),
    Rules(),
    SystemNumbers(),
    Words(("dataCenter", "iot")),
)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Ports(), [Plain("0"), 6881], (0, 6881)),
        (
            Rules(),
            ['{"method":"CONTAINS","content":"x"}'],
            ('{"method":"CONTAINS","content":"x"}',),
        ),
        (Rules(), [Plain("true")], ("true",)),
        (
            Rules(),
            [
                {
                    "method": Plain("LENGTH"),
                    "min": Plain("1"),
                    "max": Plain("8"),
                    "if": Plain("true"),
                }
            ],
            ('{"method": "LENGTH", "min": 1, "max": 8, "if": true}',),
        ),
        (Lines(), ["a", Plain("7")], ("a", "7")),
        (SystemNumbers(), ["AS4134", 0, Plain("13335")], (4134, 0, 13335)),
        (Words(("dataCenter", "iot")), ["IOT", "data-center"], ("dataCenter", "iot")),
        (Words(("dataCenter", "iot")), {"iot": True, "dataCenter": False}, ("iot",)),
    ],
)
def test_what_files_and_requests_hold_is_understood(
    kind: Kind[object], raw: object, value: object
) -> None:
    assert kind.read(raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Ports(), "6881"),
        (Prefixes(), {"a": "b"}),
        (Lines(), [""]),
        (SystemNumbers(), ["ASX"]),
        (SystemNumbers(), [2**32]),
        (Words(("iot",)), ["fridge"]),
        (Words(("iot",)), {"iot": "perhaps"}),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(kind: Kind[object], raw: object) -> None:
    with pytest.raises(InvalidSetting) as caught:
        kind.read(raw)
    assert caught.value.problems[0].allowed.id.startswith("allowed-")


def test_every_bad_entry_of_a_list_is_named() -> None:
    with pytest.raises(InvalidSetting) as caught:
        Prefixes().read(["10.0.0.0/8", "nowhere", "1.2.3", "::1"])

    assert [problem.path for problem in caught.value.problems] == [(1,), (2,)]
    assert [problem.value for problem in caught.value.problems] == ["nowhere", "1.2.3"]


@pytest.mark.parametrize(
    "entry", ["contains@xunlei", '{"method":"REGEX","content":"("}', ["x"], "[]"]
)
def test_a_rule_that_cannot_be_built_is_refused(entry: object) -> None:
    with pytest.raises(InvalidSetting):
        Rules().read([entry])


def test_the_placeholders_of_pbh_are_legal() -> None:
    assert [str(prefix) for prefix in Prefixes().read(["0.0.0.0"])] == ["0.0.0.0/32"]
    assert Ports().read([0]) == (0,)


@given(anything)
def test_nothing_but_invalid_setting_comes_out_and_values_pass_again(raw: object) -> None:
    for kind in ALL:
        error = refusal(kind, raw)
        assert error is None or str(error)
