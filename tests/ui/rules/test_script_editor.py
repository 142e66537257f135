"""Writing a script: saved, told what is wrong and where, tried on a peer, and never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.ui.rules.script_editor import ScriptEditor
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, swarm, until, workplace
from tests.ui.finding import says

BANS = "def judge(client_name):\n    print('hello')\n    return 'calls itself ' + client_name\n"


@asynccontextmanager
async def _open(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, file: str | None = None
) -> AsyncIterator[tuple[ScriptEditor, Workplace]]:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        await place.core.rules.set_mode("expression-engine", Mode.ENFORCE)
        await place.sweep()
        editor = ScriptEditor(place.desk, file)
        qtbot.addWidget(editor)
        editor.show()
        yield editor, place


async def test_a_new_script_needs_a_name_and_is_saved_under_it(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (editor, place):
        editor.save.click()
        await until(lambda: says(editor, "A name is needed"))

        editor.name.setText("mine")
        editor.save.click()
        await until(lambda: editor.words == "Saved.")
        assert editor.windowTitle() == "mine.py"
        assert [state.file for state in place.core.lookups.scripts.states()] == ["mine.py"]

        another = ScriptEditor(place.desk, None)
        qtbot.addWidget(another)
        another.show()
        another.name.setText("mine.py")
        another.save.click()
        await until(lambda: says(another, "with this name already"))


async def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (editor, _place):
        editor.name.setText("mine.py")
        editor.text.setPlainText("def judge(client_name):\n    return (\n")
        editor.save.click()
        await until(lambda: "Line 3" in editor.words or "Line 2" in editor.words)

        assert editor.words.startswith("Saved.")
        assert editor.text.property("wrong")
        editor.text.insertPlainText(")")
        assert not editor.text.property("wrong")


async def test_a_bad_name_is_refused(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    async with _open(tmp_path, appearance, qtbot) as (editor, place):
        editor.name.setText("../mine.py")
        editor.save.click()
        await until(lambda: "mine.py" in editor.words)

        assert place.core.lookups.scripts.states() == ()
        assert editor.save.isEnabled()


async def test_a_script_is_tried_on_a_peer_that_is_connected(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (editor, _place):
        editor.text.setPlainText(BANS)
        editor.attempt.click()
        await until(lambda: "The script says: ban" in editor.words, 15)

        assert "(calls itself Xunfeng 9.9)" in editor.words
        assert "It printed: hello" in editor.words

        editor.text.setPlainText("def judge(client_name):\n    return 1 / 0\n")
        editor.attempt.click()
        await until(lambda: "Line 2" in editor.words, 15)


async def test_what_is_closed_unsaved_can_be_had_back(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (editor, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        editor.name.setText("mine.py")
        editor.text.insertPlainText("# more\n")
        editor.reject()
        assert not editor.isVisible()
        undo = offered[0]
        assert callable(undo)
        undo()
        scripts = place.core.lookups.scripts
        await until(lambda: [state.file for state in scripts.states()] == ["mine.py"])
