"""What to do with bans that are held back: shown with examples, answered once, undone on request."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.ui.breaker_dialog import BreakerDialog
from app.ui.table import TableView
from app.ui.theme import Appearance
from tests.ui.breaker_waves import RULE, trip
from tests.ui.fakes import Workplace, until, workplace
from tests.ui.finding import button, says


def _mode(place: Workplace) -> Mode:
    return next(s.mode for s in place.core.rules.states() if s.name == RULE)


async def test_rules_numbers_and_examples_are_shown(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        await trip(place)
        dialog = BreakerDialog(place.desk)
        qtbot.addWidget(dialog)
        dialog.show()

        assert says(dialog, "120 of 140 peers would be banned")
        assert says(dialog, "and 70 more")
        table = dialog.findChild(TableView)
        assert isinstance(table, TableView)
        assert table.rows.shown == 50
        assert not dialog.undo.isVisible()


async def test_rules_that_shall_not_ban_only_watch_and_that_can_be_undone(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        await trip(place)
        before = _mode(place)
        dialog = BreakerDialog(place.desk)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.stand_down.click()
        await until(lambda: not dialog.isVisible())
        assert _mode(place) is Mode.SHADOW
        await until(lambda: offered)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: _mode(place) is before)


async def test_what_was_banned_shortly_before_can_be_undone_also_after_the_answer(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        await trip(place, before=3)
        dialog = BreakerDialog(place.desk)
        qtbot.addWidget(dialog)
        dialog.show()
        assert says(dialog, "3 peers were banned shortly before")

        dialog.stand_down.click()
        await until(lambda: not dialog.allow.isVisible())
        assert dialog.isVisible()
        assert len(place.core.ban_list) == 3

        await until(dialog.undo.isEnabled)
        dialog.undo.click()
        await until(lambda: not dialog.isVisible())
        assert len(place.core.ban_list) == 0


async def test_an_answer_that_came_from_elsewhere_closes_it(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        await trip(place)
        dialog = BreakerDialog(place.desk)
        qtbot.addWidget(dialog)
        dialog.show()
        place.core.breaker.allow()

        assert not dialog.isVisible()


async def test_what_cannot_be_done_is_said(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        await trip(place, before=3)
        dialog = BreakerDialog(place.desk)
        qtbot.addWidget(dialog)
        dialog.show()
        place.store.fails = True
        dialog.undo.click()

        await until(lambda: says(dialog, "The database refused: disk full"))
        assert button(dialog, "Undo these bans").isEnabled()
