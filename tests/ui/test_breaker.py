"""The bar that asks about bans that are held back."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.breaker import BreakerBar
from app.ui.theme import Appearance
from app.ui.widgets import column, frame
from tests.ui.breaker_waves import trip
from tests.ui.fakes import until, workplace
from tests.ui.finding import button, open_dialog, says


async def test_the_bar_stays_until_the_question_is_answered(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        bar = BreakerBar(place.desk)
        window = frame("", column(bar))
        qtbot.addWidget(window)
        window.show()
        bar.follow()
        assert not bar.isVisible()

        await trip(place)
        assert bar.isVisible()
        assert says(bar, "120 of 140 peers")
        assert says(bar, "Progress")

        button(bar, "Decide…").click()
        await until(open_dialog)
        button(bar, "Decide…").click()
        dialog = open_dialog()
        assert dialog is not None
        button(dialog, "Ban them").click()
        await until(lambda: open_dialog() is None)

        assert not bar.isVisible()
        assert place.core.breaker.state.allowed_until is not None


async def test_without_a_question_nothing_is_asked(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        bar = BreakerBar(place.desk)
        qtbot.addWidget(bar)
        bar.ask()

        assert open_dialog() is None
