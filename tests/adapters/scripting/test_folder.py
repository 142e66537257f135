"""The folder of scripts, and what the bundled ones judge: X1 to X7 and X10 of reference/rules.md 3.9."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.adapters.scripting.engine import MontyEngine
from app.adapters.scripting.folder import BUNDLED, ScriptDirectory
from app.domain.errors import AppError, NotFound, Refused
from app.domain.rules.scripts import SCRIPTS, ScriptRule
from app.domain.script import ScriptLimits
from app.domain.sighting import Batch
from app.domain.verdict import Action, Verdict
from app.resource import resource
from app.services.events import EventBus
from app.services.script_ports import Switch
from app.services.scripts import Scripts
from tests.domain.rules.sightings import sighting

SHIPPED = resource("scripts")
NAMES = {path.name for path in SHIPPED.glob("*.py")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "scripts"


@pytest.fixture
def scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(folder, SHIPPED)


def test_the_bundled_scripts_and_the_guide_are_put_into_a_new_folder(
    scripts: ScriptDirectory, folder: Path
) -> None:
    assert set(scripts.load().sources) == NAMES
    assert (folder / "README.md").read_bytes() == (SHIPPED / "README.md").read_bytes()
    assert (folder / "version").read_text("utf-8").strip() == str(BUNDLED)


def test_the_folder_of_the_java_program_is_taken_over(
    scripts: ScriptDirectory, folder: Path
) -> None:
    folder.mkdir()
    (folder / "version").write_text("2")
    (folder / "own.av").write_text("return false;")

    assert set(scripts.load().sources) == NAMES
    assert (folder / "own.av").exists()


def test_a_newer_bundle_leaves_what_the_user_edited_or_deleted(
    scripts: ScriptDirectory, folder: Path
) -> None:
    scripts.load()
    edited, deleted, older, *_ = sorted(NAMES)
    (folder / edited).write_text("def judge(): return 0")
    (folder / deleted).unlink()
    (folder / "version").write_text("1")

    sources = scripts.load().sources

    assert sources[edited] == "def judge(): return 0"
    assert deleted not in sources
    assert sources[older] == (SHIPPED / older).read_text("utf-8")


def test_a_file_of_the_user_with_a_bundled_name_stays(
    scripts: ScriptDirectory, folder: Path
) -> None:
    folder.mkdir()
    (folder / "peer-ids.py").write_text("mine")

    assert scripts.load().sources["peer-ids.py"] == "mine"


def test_the_current_bundle_is_not_put_there_twice(scripts: ScriptDirectory, folder: Path) -> None:
    scripts.load()
    for name in NAMES:
        scripts.delete(name)

    assert scripts.load().sources == {}


def test_saving_a_shorter_script_leaves_nothing_of_the_longer(scripts: ScriptDirectory) -> None:
    scripts.save("a.py", "x" * 100)
    scripts.save("a.py", "µ")

    assert scripts.load().sources["a.py"] == "µ"


def test_a_file_that_is_no_text_has_no_source(scripts: ScriptDirectory, folder: Path) -> None:
    scripts.load()
    (folder / "a.py").write_bytes(b"\xff\xfe\xfd")

    assert scripts.load().sources["a.py"] is None


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../a.py",
            "..\\a.py",
            "/etc/a.py",
            "a/b.py",
            "C:a.py",
            ".a.py",
            ".py",
            "a.av",
            "a.py.txt",
        ),
        *("", "a", "a.py\n", "a\0.py", "con.py", "NUL.py", "a" * 200 + ".py", "-a.py", "ä.py"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(scripts: ScriptDirectory, name: str) -> None:
    with pytest.raises(Refused):
        scripts.save(name, "x")
    with pytest.raises(Refused):
        scripts.delete(name)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_neither_read_nor_written(
    scripts: ScriptDirectory, folder: Path, tmp_path: Path
) -> None:
    scripts.load()
    outside = tmp_path / "outside.py"
    outside.write_text("secret")
    (folder / "link.py").symlink_to(outside)

    assert "link.py" not in scripts.load().sources
    with pytest.raises(Refused):
        scripts.save("link.py", "x")
    assert outside.read_text() == "secret"


def test_a_source_that_is_too_long_is_refused(scripts: ScriptDirectory) -> None:
    with pytest.raises(Refused):
        scripts.save("a.py", "x" * 70_000)


def test_what_is_not_there_cannot_be_deleted(scripts: ScriptDirectory) -> None:
    scripts.load()

    with pytest.raises(NotFound):
        scripts.delete("a.py")


def test_switches_are_remembered(scripts: ScriptDirectory) -> None:
    scripts.load()
    scripts.switch({"a.py": Switch(on=False, source_hash="x")})

    assert scripts.load().switches == {"a.py": Switch(on=False, source_hash="x")}


@pytest.mark.parametrize("state", ["", "[]", "{}", '{"switches": 1}', '{"switches": {"a": 1}}'])
def test_a_damaged_memory_of_switches_is_an_empty_one(
    scripts: ScriptDirectory, folder: Path, state: str
) -> None:
    scripts.load()
    (folder / ".state.json").write_text(state)

    assert scripts.load().switches == {}


def test_the_stamp_tells_of_changes_by_others(scripts: ScriptDirectory, folder: Path) -> None:
    assert scripts.stamp() == ()
    scripts.load()
    before = scripts.stamp()
    scripts.switch({"a.py": Switch(on=False)})
    assert scripts.stamp() == before

    (folder / "a.py").write_text("x")
    assert scripts.stamp() != before


def test_a_folder_that_cannot_be_used_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    scripts = ScriptDirectory(tmp_path / "file", SHIPPED)

    with pytest.raises(AppError):
        scripts.load()
    with pytest.raises(AppError):
        scripts.save("a.py", "x")


@pytest.fixture
async def bundled(scripts: ScriptDirectory) -> AsyncIterator[Scripts]:
    engine = MontyEngine()
    service = Scripts(
        engine=engine, files=scripts, bus=EventBus(), limits=ScriptLimits(), active=True
    )
    await service.reload()
    yield service
    await engine.close()


async def asked(scripts: Scripts, address: str, name: str | None, peer_id: str | None) -> Verdict:
    seen = sighting(address, client_name=name, peer_id=peer_id)
    await scripts.prepare([Batch([seen])])
    return ScriptRule(answering=scripts.answering).judge(seen)


FIRST = "2001:db8::1"
PATTERN, DIALS = "2e0-61ff-fe.py", "dot-1-ipv6-tr296.py"
GOPEED, VERIFY = "gopeed-random-peerid.py", "name-id-verify.py"


@pytest.mark.parametrize(
    ("address", "name", "peer_id", "by"),
    [
        pytest.param("2001:db8::2e0:61ff:fe12:3456", None, None, PATTERN, id="V-X1"),
        pytest.param(FIRST, "Transmission 2.94", None, DIALS, id="V-X2"),
        pytest.param(FIRST, "Transmission 3.00", None, None, id="V-X3"),
        pytest.param("192.0.2.1", "gopeed dev", "-XX0000-", VERIFY, id="V-X4"),
        pytest.param("192.0.2.1", "qBittorrent/4.6.5", "-qB4650-", None, id="V-X5"),
        pytest.param("192.0.2.1", "qBittorrent/4.6.5", "-TR2940-", VERIFY, id="V-X6"),
        pytest.param("192.0.2.1", "\u00b5Torrent 2.2", "-XX0000-", VERIFY, id="V-X7-sign"),
        pytest.param("192.0.2.1", "\u03bcTorrent 2.2", "-XX0000-", VERIFY, id="V-X7-letter"),
        pytest.param("192.0.2.1", "\u00b5Torrent 2.2", "-UT2200-", None, id="V-X7-fits"),
        pytest.param("192.0.2.1", "", "-XX0000-", None, id="V-X10"),
        pytest.param("192.0.2.1", "  ", "-XX0000-", None, id="V-X10-blank"),
        pytest.param("192.0.2.1", "qBittorrent/4.6.5", None, None, id="no-id"),
        pytest.param("192.0.2.1", "my gopeed dev", "-XX0000-", GOPEED, id="gopeed-inside"),
        pytest.param("192.0.2.1", "Gopeed dev", "-GP0000-", None, id="gopeed-fits"),
        pytest.param("192.0.2.1", "aria2explorer 1", "a2-1-36-", VERIFY, id="longest-first"),
        pytest.param("192.0.2.1", "aria2explorer 1", "-AE0000-", None, id="longest-fits"),
        pytest.param("192.0.2.1", "aria2/1.36", "A2-1-36-0-", None, id="aria2-fits"),
        pytest.param("192.0.2.1", "utorrentmac 1", "-UT1000-", VERIFY, id="mac"),
        pytest.param("192.0.2.1", "Transmission 2.94", "-TR2940-", None, id="not-at-1"),
        pytest.param(FIRST, "transmission 2.94", "-TR2940-", None, id="case-counts"),
    ],
)
async def test_x1_to_x7_and_x10_the_bundled_scripts_judge(
    bundled: Scripts, address: str, name: str | None, peer_id: str | None, by: str | None
) -> None:
    verdict = await asked(bundled, address, name, peer_id)

    titles = {state.file: state.header.name for state in bundled.states()}
    assert verdict.rule == SCRIPTS
    assert verdict.action is (Action.BAN if by else Action.NO_ACTION)
    assert verdict.data.get("script") == (titles[by] if by else None)


async def test_all_bundled_scripts_but_the_sample_are_on(bundled: Scripts) -> None:
    states = bundled.states()

    assert {state.file for state in states if not state.enabled} == {"peer-ids.py"}
    assert [state.problem for state in states if state.problem] == []


async def test_x4_both_scripts_ban_a_hidden_gopeed(bundled: Scripts) -> None:
    await bundled.enable(VERIFY, on=False)

    verdict = await asked(bundled, "192.0.2.1", "gopeed dev", "-XX0000-")

    assert verdict.action is Action.BAN


async def test_the_sample_works_once_it_is_on(bundled: Scripts) -> None:
    await bundled.enable("peer-ids.py", on=True)

    assert (await asked(bundled, "192.0.2.1", "", "-XF0000-")).action is Action.BAN
    assert (await asked(bundled, "192.0.2.1", "QQDownload 3", "-ZZ0000-")).action is Action.BAN
    assert (await asked(bundled, "192.0.2.1", "rtorrent", "-lt0000-")).action is Action.NO_ACTION
