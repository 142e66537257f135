"""Areas of settings: found, checked, listed."""

# ruff: noqa: RUF009 - `setting` and `section` make fields
from dataclasses import dataclass

import pytest

from app.settings.area import Reader, camel, check, kebab, section, setting, values
from app.settings.errors import InvalidSetting
from app.settings.kind import Flag, Line, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    bright_ness: int = setting(Whole(0, 10), 5, absent=0)
    on: bool = setting(Flag(), default=True, key="switch")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    name: str = setting(Line(empty=False))
    lamp: Lamp = section(Lamp, "ceiling.lamp")

    def __post_init__(self) -> None:
        check(self)


def test_keys_are_found_where_the_fields_say() -> None:
    reader = Reader()

    room = reader.area(Room, {"name": "hall", "ceiling": {"lamp": {"bright-ness": "7"}}, "more": 1})

    assert reader.finish(room) == Room(name="hall", lamp=Lamp(bright_ness=7))


def test_what_a_file_lacks_may_mean_something_else_than_the_default() -> None:
    assert Lamp().bright_ness == 5
    assert Reader().area(Lamp, {}) == Lamp(bright_ness=0)
    assert Reader().area(Lamp, {"bright-ness": None}) == Lamp(bright_ness=0)


def test_all_problems_are_gathered_with_their_path() -> None:
    reader = Reader()

    room = reader.area(Room, {"ceiling": {"lamp": {"bright-ness": 11, "switch": "x"}}}, ("house",))

    with pytest.raises(InvalidSetting) as caught:
        reader.finish(room)
    assert [problem.key for problem in caught.value.problems] == [
        "house.name",
        "house.ceiling.lamp.bright-ness",
        "house.ceiling.lamp.switch",
    ]


def test_a_section_that_is_none_is_named_once() -> None:
    reader = Reader()
    reader.area(Room, {"name": "hall", "ceiling": ["lamp"]})

    assert [problem.key for problem in reader.problems] == ["ceiling"]


def test_values_built_in_code_are_checked_and_brought_into_form() -> None:
    with pytest.raises(InvalidSetting, match="bright-ness is “99”"):
        Lamp(bright_ness=99)


def test_every_value_is_listed_by_its_keys() -> None:
    assert values(Room(name="hall")) == {
        ("name",): "hall",
        ("ceiling", "lamp", "bright-ness"): 5,
        ("ceiling", "lamp", "switch"): True,
    }


def test_names_are_spelled_as_files_and_as_requests_do() -> None:
    assert kebab("use_shadow_ban") == "use-shadow-ban"
    assert camel("use_shadow_ban") == "useShadowBan"
