"""`check` and `simulate` decide each test vector of the rules as they should, by PBH's keys and by ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.vectors import ADDRESSES, BLOCKED, CHECKS, DAY_MS, GB, SEQUENCES, Check, Replayed, Step
from tests.vectors import peer as taker

ROOT = Path(__file__).resolve().parents[1]
OURS = ROOT / "resources" / "defaults" / "profile.yml"
PROFILES = ("pbh", "ours")


@dataclass(slots=True)
class Ended:
    """A command that came to its end."""

    code: int
    lines: list[dict[str, Any]]
    said: str = ""
    by_name: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def run(*arguments: str | Path, lines: Sequence[str] = ()) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        cwd=ROOT,
        input="\n".join(lines),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    shown = [json.loads(line) for line in done.stdout.splitlines()] if "--json" in arguments else []
    return Ended(done.returncode, shown, done.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vectors")


def profile(folder: Path, name: str, **areas: dict[str, Any]) -> Path:
    """Our file with what it says by itself, or the same with nothing but keys that PBH has."""
    read = YAML(typ="safe").load(OURS.read_text("utf-8"))
    if name == "pbh":
        for ours in ("rules", "circuit-breaker", "overrides"):
            del read[ours]
        for area in read["module"].values():
            for ours in ("mode", "rewinds-allowed", "time-limit", "memory-limit"):
                area.pop(ours, None)
    for key, changes in areas.items():
        read["module"][key.replace("_", "-")] |= changes
    path = folder / f"{name}-{len(list(folder.iterdir()))}.yml"
    path.write_text(json.dumps(read, ensure_ascii=False), "utf-8")
    return path


def replay_lines(sequences: Sequence[Replayed]) -> Iterator[tuple[float, str]]:
    for sequence in sequences:
        for step in sequence.steps:
            line = {
                "at": int(1_700_000_000_000 + step.at * 1000),
                "downloader": sequence.name,
                "torrent": sequence.whole | {"id": step.torrent, "hash": step.torrent},
                "peers": step.peers,
            }
            yield step.at, json.dumps(line)


@pytest.fixture(scope="module", params=PROFILES)
def replayed(request: pytest.FixtureRequest, folder: Path) -> tuple[str, Ended]:
    """All sequences at once; their times are merged into one."""
    name: str = request.param
    path = folder / f"{name}.jsonl"
    lines = [line for _, line in sorted(replay_lines(SEQUENCES), key=lambda each: each[0])]
    path.write_text("\n".join(lines), "utf-8")
    rules = profile(folder, name)
    ended = run("simulate", path, "--json", "--profile", rules, "--data-dir", folder / "none")
    assert ended.code == 0, ended.said
    *found, ended_with = ended.lines
    assert ended_with["summary"]["snapshots"] == len(lines)
    for line in found:
        ended.by_name.setdefault(line["downloader"], []).append(line)
    return name, ended


def wanted(sequence: Replayed, name: str) -> list[tuple[int, str, str, str, int]]:
    found = []
    for step in sequence.steps:
        for ip, action, rule, length in step.found:
            if not (name == "ours" and sequence.shadow and rule in SHADOWED):
                found.append((int(step.at * 1000), ip, action, rule, length))
    return found


SHADOWED = ("multi-dialing-blocker", "auto-range-ban", "idle-connection-dos-protection")


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda each: each.name)
def test_a_sequence_is_judged_as_it_should_be(
    sequence: Replayed, replayed: tuple[str, Ended]
) -> None:
    name, ended = replayed
    lines = ended.by_name.get(sequence.name, [])
    seen = [
        (
            line["at"] - 1_700_000_000_000,
            line["peer"]["address"]["ip"],
            line["action"],
            line["rule"],
            line["duration_ms"],
        )
        for line in lines
    ]
    assert seen == wanted(sequence, name)
    for step in sequence.steps:
        if step.data and step.found:
            told = data_of(lines, step)
            assert {key: told[key] for key in step.data} == step.data
    if name == "pbh":
        return
    for line in lines:
        assert line["reason"]
        assert all(entry["reason"] for entry in line["trace"])


def data_of(lines: Sequence[dict[str, Any]], step: Step) -> dict[str, Any]:
    line = next(each for each in lines if each["at"] == 1_700_000_000_000 + step.at * 1000)
    data: dict[str, Any] = next(e["data"] for e in line["trace"] if e["rule"] == line["rule"])
    return data


def checked(checks: Sequence[Check], folder: Path, rules: Path) -> dict[str, dict[str, Any]]:
    lines = [
        json.dumps({"torrent": dict(each.torrent), "peer": dict(each.peer), "downloader": "d"})
        for each in checks
    ]
    ended = run("check", "--json", "--profile", rules, "--data-dir", folder / "none", lines=lines)
    assert ended.code == 0, ended.said
    return dict(zip((each.name for each in checks), ended.lines, strict=True))


@pytest.fixture(scope="module", params=PROFILES)
def answers(request: pytest.FixtureRequest, folder: Path) -> dict[str, dict[str, Any]]:
    bare = profile(folder, request.param)
    blocked = profile(folder, request.param, ip_address_blocker=BLOCKED)
    return checked(CHECKS, folder, bare) | checked(ADDRESSES, folder, blocked)


@pytest.mark.parametrize("each", [*CHECKS, *ADDRESSES], ids=lambda each: each.name)
def test_a_peer_is_judged_as_it_should_be(each: Check, answers: dict[str, dict[str, Any]]) -> None:
    answer = answers[each.name]
    assert (answer["action"], answer["rule"]) == (each.action, each.rule), answer["trace"]
    if each.silent:
        silent = next(entry for entry in answer["trace"] if entry["rule"] == each.silent)
        assert silent["action"] == "NO_ACTION"


def test_g8_who_was_found_out_stays_hunted(folder: Path) -> None:
    addresses = (["198.19.8.1", "198.19.8.2", "198.19.8.3"], ["198.19.8.9"], ["198.19.9.9"])
    lines = [
        json.dumps(
            {
                "at": day * DAY_MS,
                "downloader": "d",
                "torrent": {"id": "t", "size": GB},
                "peers": [taker(ip) for ip in ips],
            }
        )
        for day, ips in zip((0, 2, 3), addresses, strict=True)
    ]
    rules = profile(folder, "pbh", multi_dialing_blocker={"keep-hunting": True})
    ended = run("simulate", "-", "--json", "--profile", rules, lines=lines)
    found = [(line["at"], line["peer"]["address"]["ip"]) for line in ended.lines[:-1]]
    assert found == [(0, "198.19.8.3"), (2 * DAY_MS, "198.19.8.9")]
    assert ended.lines[-1]["summary"]["would_ban"] == {"multi-dialing-blocker": 2}


def test_x8_x9_own_scripts_answer_together(folder: Path) -> None:
    scripts = folder / "home" / "scripts"
    scripts.mkdir(parents=True)
    for name, answer in {
        "trusts": "'@trusted' if peer_ip == '203.0.113.8' else False",
        "bans": "peer_ip == '203.0.113.8' or 'a reason' if peer_ip == '203.0.113.7' else False",
        "odd": "7",
        "loops": "[n for n in range(10 ** 15)]",
    }.items():
        (scripts / f"{name}.py").write_text(f"def judge(peer_ip):\n    return {answer}\n", "utf-8")
    lines = [json.dumps({"peer": taker(f"203.0.113.{n}")}) for n in (7, 8, 9)]
    rules = profile(folder, "ours")
    ended = run("check", "--json", "--profile", rules, "--data-dir", folder / "home", lines=lines)
    assert [line["action"] for line in ended.lines] == ["BAN", "SKIP", "NO_ACTION"]
    assert "a reason" in ended.lines[0]["reason"]
