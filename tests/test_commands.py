"""The commands that work on a data directory without the program."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from app.adapters.config_files import ConfigFiles
from app.adapters.storage import open_store
from app.commands import check, export
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
