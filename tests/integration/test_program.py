"""The whole program as users run it: started, killed in the middle of bans, started again, fed nonsense."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.adapters.config_files import ConfigFiles
from app.demo.process import DemoServer
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.integration.program import CHECKOUT, Program, ProgramFailed

DISHONEST_BY = ("PeerIdBlacklist", "ClientNameBlacklist", "ExpressionRule", "ProgressCheatBlocker")
"""Rules that hit nobody in the demo's swarm but those who play dishonest ones."""
LISTS = ("ip", "p2p-plain-format", "dat-emule")


@pytest.fixture
async def demo() -> AsyncIterator[DemoServer]:
    async with DemoServer(peers=400, torrents=8) as server:
        yield server


def qbittorrent(demo: DemoServer, id: str = "demo", **more: object) -> DownloaderSettings:  # noqa: A002
    settings: dict[str, object] = {
        "id": id,
        "endpoint": demo.endpoint,
        "username": demo.username,
        "password": Secret(demo.password),
        "increment_ban": True,
    }
    return DownloaderSettings(**(settings | more))  # type: ignore[arg-type]


def run(*arguments: str, input: str = "") -> subprocess.CompletedProcess[str]:  # noqa: A002
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=CHECKOUT,
        input=input,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_a_kill_in_the_middle_of_bans_loses_none(demo: DemoServer, tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    program.watch(qbittorrent(demo))
    with program:
        program.wait(program.banned)
        confirmed: set[str] = set()
        for block in range(1, 6):
            addresses = [f"198.51.{block}.{n}" for n in range(40)]
            program.send("PUT", "/api/bans", addresses)
            confirmed |= set(addresses)
        confirmed |= set(program.banned())
        program.kill()
    for _ in range(3):  # again and again, also right after the start
        with program:
            assert confirmed <= set(program.banned())
            program.kill()
    with program:
        assert confirmed <= set(program.banned())
        state = program.wait(lambda: program.get("/api/downloaders/demo/status"))
        program.wait(lambda: program.get("/api/downloaders/demo/status")["lastStatus"] == "HEALTHY")
        assert state["config"]["password"] != demo.password
        assert program.stop(5) == 0


async def test_the_three_lists_carry_the_same_entries(demo: DemoServer, tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    program.watch(qbittorrent(demo))
    with program:
        program.wait(program.banned)
        counts = {len(program.api.get(f"/blocklist/{name}").text.splitlines()) for name in LISTS}
        assert len(counts) == 1
        exported = run("export", "ip", "--data-dir", str(program.folder))
        assert exported.returncode == 0
        assert set(exported.stdout.split()) == set(program.api.get("/blocklist/ip").text.split())


async def test_demo_bans_the_dishonest_only_and_ends_cleanly(tmp_path: Path) -> None:
    program = Program(tmp_path / "home", arguments=["--demo"])
    with program:
        banned = program.wait(program.banned)
        for row in banned.values():
            meta = row["banMetadata"]
            assert meta["context"].endswith(DISHONEST_BY)
            assert meta["description"]
        assert program.stop(5) == 0


def test_the_demo_runs_over_settings_that_name_no_lists_or_others(tmp_path: Path) -> None:
    entry = {"mine": {"url": "http://127.0.0.1:1/names"}}
    own = json.dumps({"module": {"peer-name-blocker-rules": {"rules": entry}}})
    (tmp_path / "profile.yml").write_text(own, encoding="utf-8")
    with Program(tmp_path, arguments=["--demo"]):
        kept = (tmp_path / "profile.yml").read_text(encoding="utf-8")
    assert "all-in-one" not in kept
    assert "enabled" in kept


async def test_a_second_start_in_the_same_folder_refuses_in_words(tmp_path: Path) -> None:
    with Program(tmp_path / "home"), pytest.raises(ProgramFailed, match="home"):
        Program(tmp_path / "home").start()


def test_a_broken_yaml_file_is_named_with_its_line_and_left_alone(tmp_path: Path) -> None:
    ConfigFiles(tmp_path).load()
    broken = "check-interval: 5000\nmodule: [unclosed\nban-duration: 1\n"
    (tmp_path / "profile.yml").write_text(broken, "utf-8")
    ended = run("--headless", "--data-dir", str(tmp_path), "--api-port", "0")
    assert ended.returncode == 1
    assert "profile.yml" in ended.stderr
    assert "line" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (tmp_path / "profile.yml").read_text("utf-8") == broken


def test_a_bad_value_is_named_with_key_and_what_is_allowed(tmp_path: Path) -> None:
    ConfigFiles(tmp_path).load()
    path = tmp_path / "config.yml"
    path.write_text(path.read_text("utf-8").replace("http: 9898", "http: 98980"), "utf-8")
    ended = run("--headless", "--data-dir", str(tmp_path))
    assert ended.returncode == 1
    for part in ("config.yml", "server.http", "98980", "65535"):
        assert part in ended.stderr


async def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with Program(tmp_path / "one") as first:
        port = str(first.api.base_url.port)
        ended = run("--headless", "--data-dir", str(tmp_path / "two"), "--api-port", port)
    assert ended.returncode == 1
    assert port in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_damaged_database_is_moved_aside_and_a_new_one_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Program(home) as program:
        program.send("PUT", "/api/bans", ["198.51.100.7"])
    (home / "peerwarden.db").write_bytes(b"this is no database" * 1000)
    for name in ("peerwarden.db-wal", "peerwarden.db-shm"):
        (home / name).unlink(missing_ok=True)
    with Program(home) as program:
        assert program.banned() == {}
        program.send("PUT", "/api/bans", ["198.51.100.8"])
    assert len(list(home.glob("peerwarden.db.damaged-*"))) >= 1
    assert "damaged-" in (home / "stderr").read_text("utf-8")


async def test_a_dead_downloader_shows_its_error_and_the_other_goes_on(
    demo: DemoServer, tmp_path: Path
) -> None:
    program = Program(tmp_path / "home")
    dead = qbittorrent(demo, "dead", endpoint="http://127.0.0.1:9")
    program.watch(qbittorrent(demo), dead)
    with program:
        program.wait(program.banned)
        state = program.wait(
            lambda: (
                (s := program.get("/api/downloaders/dead/status"))["lastStatus"] == "ERROR" and s
            )
        )
        assert state["lastStatusMessage"]
        program.wait(lambda: program.get("/api/downloaders/demo/status")["lastStatus"] == "HEALTHY")


def test_headless_loads_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys, app.bootstrap, app.cli, app.commands\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6', 'qasync', 'pyqtgraph')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_check_explains_a_ban_and_a_pass(tmp_path: Path) -> None:
    lines = (
        '{"torrent": {"name": "x"}, "peer": {"address": {"ip": "203.0.113.7", "port": 6881},'
        ' "clientName": "hp/torrent 1.0", "id": "-qB4650-"}, "downloader": "d"}\n'
        '{"peer": {"address": {"ip": "192.168.1.4", "port": 1}, "clientName": "hp/torrent"}}\n'
        '{"peer": {"address": {"ip": "8.8.8.8", "port": 1}, "clientName": "qBittorrent"}}\n'
    )
    done = run("check", "--json", "--data-dir", str(tmp_path), input=lines)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["action"] for a in answers] == ["BAN", "SKIP", "NO_ACTION"]
    assert answers[0]["duration_ms"] == 259_200_000
    assert answers[0]["rule"] == "client-name-blacklist"
    assert {entry["rule"] for entry in answers[2]["trace"]} >= {"exception", "peer-id-blacklist"}


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"peer": {"address": {"ip": "1.2.3"}}}', "{}"])
def test_check_names_the_bad_line(line: str, tmp_path: Path) -> None:
    done = run("check", "--json", "--data-dir", str(tmp_path), input="\n" + line + "\n")
    assert done.returncode == 1
    assert "2" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--api-port", "99999"], ["export"], ["--no-such-option"]])
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_an_unknown_export_format_is_refused(tmp_path: Path) -> None:
    done = run("export", "nonsense", "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert "dat-emule" in done.stderr
