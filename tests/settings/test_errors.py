"""What a user reads about wrong settings."""

from app.domain.reason import Text
from app.locale import set_language
from app.settings.errors import (
    InvalidSetting,
    Problem,
    UnreadableSettings,
    UnwritableSettings,
    refuse,
    shown,
)

FLAG = Text("allowed-flag")


def test_a_problem_names_file_line_key_value_and_what_is_allowed() -> None:
    problem = Problem(path=("server", "http"), value="x", allowed=FLAG).at("config.yml", 7)
    error = InvalidSetting(problem)

    assert str(error) == "config.yml, line 7: server.http is “x”. Allowed: true or false"
    assert (error.file, error.line, error.key, error.value) == ("config.yml", 7, "server.http", "x")
    assert error.allowed == "true or false"


def test_positions_in_lists_stand_in_brackets() -> None:
    error = refuse("x", FLAG, 3)

    assert error.problems[0].below(("module", "a.b", "ips")).key == "module.a.b.ips[3]"


def test_every_problem_is_told_up_to_a_number_that_can_be_read() -> None:
    problems = [Problem(path=(f"k{n}",), value="x", allowed=FLAG) for n in range(5000)]

    lines = str(InvalidSetting(*problems)).splitlines()

    assert lines[0].startswith("k0 is")
    assert lines[-1] == "and 4980 more"


def test_a_missing_key_and_a_file_of_the_wrong_shape_have_their_own_words() -> None:
    missing = Problem(path=("client", "x", "endpoint"), value=None, allowed=FLAG)
    shape = Problem(value="x", allowed=Text("allowed-section")).at("config.yml", 0)

    assert str(InvalidSetting(missing)) == "client.x.endpoint is missing. Allowed: true or false"
    assert "config.yml: The file does not hold settings" in str(InvalidSetting(shape))


def test_long_values_are_cut_and_sections_are_not_spelled_out() -> None:
    assert len(shown("x" * 1000) or "") == 60
    assert shown({"password": "hunter2"}) == "…"
    assert shown(True) == "true"


def test_files_that_cannot_be_read_or_written_are_named() -> None:
    assert str(UnreadableSettings("c.yml", "no colon", 3, 4)) == (
        "c.yml, line 3, column 4: not valid YAML: no colon"
    )
    assert str(UnreadableSettings("c.yml", Text("settings-too-deep"))) == (
        "c.yml cannot be read: nested too deeply"
    )
    assert str(UnwritableSettings("c.yml", "disk full")) == "c.yml cannot be written: disk full"


def test_errors_are_worded_when_they_are_read_not_when_they_happen() -> None:
    error = refuse("x", FLAG, "key")
    set_language("en")

    assert str(error) == "key is “x”. Allowed: true or false"
