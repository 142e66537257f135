"""The command line and its PEERWARDEN_ variables."""

from pathlib import Path

import pytest

from app.options import Options, parse


def test_nothing_given_leaves_everything_to_settings() -> None:
    assert parse([], {}) == Options()


def test_options_may_stand_before_or_after_the_command() -> None:
    before = parse(["--data-dir", "x", "export", "ip"], {})
    after = parse(["export", "ip", "--data-dir", "x"], {})
    assert before == after
    assert before.data_dir == Path("x")


def test_the_environment_fills_in_and_the_command_line_wins() -> None:
    variables = {
        "PEERWARDEN_API_PORT": "1234",
        "PEERWARDEN_HEADLESS": "1",
        "PEERWARDEN_DEMO": "0",
        "PEERWARDEN_API_TOKEN": "-starts-with-a-dash",
        "PEERWARDEN_LANGUAGE": "",
    }
    found = parse(["--api-port", "5"], variables)
    assert (found.api_port, found.headless, found.demo) == (5, True, False)
    assert found.api_token == "-starts-with-a-dash"
    assert found.language is None
    assert parse([], variables).api_port == 1234


def test_the_environment_also_reaches_a_command() -> None:
    assert parse(["check", "--json"], {"PEERWARDEN_DATA_DIR": "d"}).data_dir == Path("d")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--api-port", "65536"],
        ["--demo-peers", "0"],
        ["--log-level", "loud"],
        ["export"],
        ["frobnicate"],
    ],
)
def test_wrong_use_is_told_and_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments, {})
    assert ended.value.code == 2
    assert arguments[0].lstrip("-") in capsys.readouterr().err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--version"], {})
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("PeerWarden ")
