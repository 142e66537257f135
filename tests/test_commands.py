"""The commands that work on a data directory without the program."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from app.adapters.config_files import ConfigFiles
from app.adapters.storage import open_store
from app.commands import check, export, simulate
from app.domain.errors import Refused
from app.options import Options


def make_database(folder: Path) -> None:
    async def make() -> None:
        await (await open_store(folder / "peerwarden.db")).close()

    ConfigFiles(folder).load()
    asyncio.run(make())


def test_a_list_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    make_database(tmp_path)
    with pytest.raises(Refused) as caught:
        export(Options(data_dir=tmp_path, format="ip", output=tmp_path / "no" / "list"))
    assert caught.value.text.id == "export-not-written"


def test_a_firewall_can_be_told_the_list(tmp_path: Path) -> None:
    make_database(tmp_path)
    file = tmp_path / "list.nft"
    export(Options(data_dir=tmp_path, format="nftables", output=file))

    assert file.read_text("utf-8").startswith("#!/usr/sbin/nft -f\n")


def checked(
    folder: Path,
    ip: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> dict[str, object]:
    line = json.dumps({"peer": {"address": {"ip": ip}, "clientName": name}}, ensure_ascii=False)
    console = io.TextIOWrapper(io.BytesIO(line.encode()), encoding="ascii")
    monkeypatch.setattr("sys.stdin", console)
    assert check(Options(data_dir=folder, json=True)) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_json_is_utf8_whatever_the_console_speaks_and_what_is_missing_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = checked(tmp_path, "203.0.113.7", "迅雷", monkeypatch, capsys)
    assert answer["action"] == "NO_ACTION"


def test_addresses_are_read_as_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ConfigFiles(tmp_path)
    files.load()
    files.change("config.yml", {("ip-remapping", "teredo"): True})
    files.change("profile.yml", {("ignore-peers-from-addresses",): ["192.0.2.45"]})
    answer = checked(tmp_path, "2001:0:4136:e378:8000:63bf:3fff:fdd2", "x", monkeypatch, capsys)
    assert answer["action"] == "SKIP"


PEERS = '"peers": [{"address": {"ip": "203.0.113.1", "port": 1}, "uploaded": %s, "progress": %s}]'


def snapshot(at: str, uploaded: str = "1", progress: str = "0.5") -> str:
    torrent = '"torrent": {"id": "a", "size": 1000000000, "progress": 1}'
    return f'{{"at": {at}, "downloader": "d", {torrent}, {PEERS % (uploaded, progress)}}}'


def replayed(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str], *, plain: bool = False
) -> list[str]:
    path = folder / "recorded.jsonl"
    path.write_bytes(content)
    assert simulate(Options(data_dir=folder / "home", file=path, json=not plain)) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("content", "snapshots"),
    [
        (b"", 0),
        (b"\n \n", 0),
        (b'{"at": 1, "peers": []}', 1),
        (b"\xef\xbb\xbf" + snapshot("1").encode(), 1),
        ((snapshot("1") + "\r\n" + snapshot("1") + "\r\n").encode(), 2),
        (snapshot("1", "9" * 30).encode(), 1),
        (snapshot("1", "-7", "-1e300").encode(), 1),
        (snapshot(str(2**53), str(2**63), "1e300").encode(), 1),
    ],
)
def test_the_last_line_sums_up_whatever_the_numbers(
    content: bytes, snapshots: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last = json.loads(replayed(tmp_path, content, capsys)[-1])
    assert last["summary"]["snapshots"] == snapshots


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "[" * 100_000,
        snapshot("1")[:40],
        snapshot("-1"),
        snapshot("1.5"),
        snapshot("true"),
        snapshot(str(2**53 + 1)),
        snapshot("9"),
        snapshot("11", "1.5"),
        snapshot("11", "1", "NaN"),
        snapshot("11", "1", "1e999"),
        '{"at": 11}',
        '{"at": 11, "peers": [{"address": {"ip": "1.2.3"}}]}',
        '{"at": 11, "peers": [{"address": {"ip": "1.2.3.4", "port": 99999}}]}',
    ],
    ids=lambda line: line[:60],
)
def test_a_line_that_cannot_be_replayed_is_named(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Refused) as caught:
        replayed(tmp_path, f"{snapshot('10')}\n{line}\n".encode(), capsys)
    assert caught.value.text.id == "check-line-bad"
    assert caught.value.text.params["line"] == 2


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        simulate(Options(data_dir=tmp_path / "home", file=tmp_path / name))
    assert caught.value.text.id == "file-unreadable"


def test_a_name_that_would_steer_the_terminal_is_shown_as_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peer = {"address": {"ip": "203.0.113.1", "port": 1}, "clientName": "hp/torrent\x1b[2J\n"}
    line = json.dumps({"at": 1, "torrent": {"id": "a", "name": "\x1b]0;x\x07"}, "peers": [peer]})
    shown = replayed(tmp_path, line.encode(), capsys, plain=True)
    assert all(text.isprintable() for text in shown)
    assert "\\u001b[2J\\u000a" in shown[1]
