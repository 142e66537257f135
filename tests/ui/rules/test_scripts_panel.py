"""The user's scripts: listed with what is wrong, switched, deleted and put back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.ui.rules.script_editor import ScriptEditor
from app.ui.rules.scripts_panel import ScriptsPanel
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, until, workplace
from tests.ui.finding import button, open_dialog

GOOD = "## @NAME Good\n## @AUTHOR me\ndef judge(client_name):\n    return None\n"
BAD = "## @NAME Bad\ndef judge(client_name):\n    return (\n"


@asynccontextmanager
async def _open(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[ScriptsPanel, Workplace]]:
    async with workplace(tmp_path, appearance) as place:
        await place.core.rules.set_mode("expression-engine", Mode.ENFORCE)
        await place.core.lookups.scripts.save("good.py", GOOD)
        panel = ScriptsPanel(place.desk)
        qtbot.addWidget(panel)
        panel.show()
        yield panel, place


def _words(panel: ScriptsPanel, file: str, column: str) -> str:
    rows = panel.table.rows
    row = rows.row_of(file)
    return rows.cell(row, rows.column_of(column))[0] if row >= 0 else ""


async def test_scripts_are_listed_with_their_problems(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (panel, place):
        assert _words(panel, "good.py", "name") == "Good"
        assert _words(panel, "good.py", "author") == "me"
        assert _words(panel, "good.py", "state") == "Switched on"

        await place.core.lookups.scripts.save("bad.py", BAD)
        button(panel, "Read the folder again").click()
        await until(lambda: "Off: Line 4" in _words(panel, "bad.py", "state"))


async def test_a_script_is_switched_off_and_on(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (panel, _place):
        panel.table.select_keys(["good.py"])
        button(panel, "Switch on or off").click()
        await until(lambda: _words(panel, "good.py", "state") == "Off")

        panel.toggle()
        await until(lambda: _words(panel, "good.py", "state") == "Switched on")


async def test_a_deleted_script_can_be_put_back(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (panel, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        panel.table.select_keys(["good.py"])
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
        await until(lambda: offered)
        await until(lambda: panel.table.rows.total == 0)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: panel.table.rows.total == 1)
        assert place.core.lookups.scripts.source("good.py") == GOOD


async def test_a_double_click_opens_the_editor(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (panel, _place):
        panel.table.opened.emit("good.py")
        await until(open_dialog)
        dialog = open_dialog()
        assert isinstance(dialog, ScriptEditor)
        assert dialog.text.toPlainText() == GOOD

        button(dialog, "Close").click()
        await until(lambda: open_dialog() is None)


async def test_the_folder_is_opened_in_the_file_browser(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    async with _open(tmp_path, appearance, qtbot) as (panel, _place):
        button(panel, "Open the folder").click()

        assert [Path(url.toLocalFile()) for url in opened] == [tmp_path / "scripts"]
