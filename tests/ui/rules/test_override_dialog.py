"""The dialog for one override."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.settings.profile import OVERRIDES
from app.ui.rules.override_dialog import OverrideDialog
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, until, workplace
from tests.ui.finding import says
from tests.ui.rules.test_overrides_card import PROGRESS, fill

RANGE = "auto-range-ban"
STORED = [
    {
        "name": "Linux",
        "downloader": "gone",
        "tag": "iso",
        "rules": {RANGE: {"mode": "off"}, PROGRESS: {"maximum-difference": 0.2}},
    }
]


@asynccontextmanager
async def stored(tmp_path: Path, appearance: Appearance) -> AsyncIterator[Workplace]:
    async with workplace(tmp_path, appearance, "qb") as place:
        await place.core.settings.change("profile.yml", {(OVERRIDES,): STORED})
        yield place


def shown_mode(dialog: OverrideDialog, rule: str) -> str:
    field = dialog.form.field(f"profile.yml/module.{rule}.mode")
    assert isinstance(field, QComboBox)
    return field.currentText()


async def test_one_that_is_there_is_shown_as_it_is(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with stored(tmp_path, appearance) as place:
        dialog = OverrideDialog(place.desk, 0)
        qtbot.addWidget(dialog)
        assert (dialog.name.text(), dialog.scopes["tag"].text()) == ("Linux", "iso")
        # A downloader that is no longer there is kept all the same.
        assert dialog.downloader.currentData() == "gone"
        assert {dialog.downloader.itemData(n) for n in range(dialog.downloader.count())} == {
            "",
            "qb",
            "gone",
        }
        dialog.choose_rule(RANGE)
        assert shown_mode(dialog, RANGE) == "off"


async def test_what_is_changed_is_written_in_its_place_and_the_rest_stays(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with stored(tmp_path, appearance) as place:
        dialog = OverrideDialog(place.desk, 0)
        qtbot.addWidget(dialog)
        dialog.choose_rule(RANGE)
        mode = dialog.form.field(f"profile.yml/module.{RANGE}.mode")
        assert isinstance(mode, QComboBox)
        mode.setCurrentIndex(mode.findText("enforce"))
        mode.activated.emit(mode.currentIndex())
        dialog.downloader.setCurrentIndex(dialog.downloader.findData("qb"))
        dialog.start()
        await until(dialog.result)
        (made,) = place.core.settings.profile.overrides
        assert (made.name, made.downloader, made.tag) == ("Linux", "qb", "iso")
        assert made.changes == {
            RANGE: {"mode": Mode.ENFORCE},
            PROGRESS: {"maximum_difference": 0.2},
        }


async def test_an_override_that_changes_nothing_is_refused(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance, "qb") as place:
        dialog = OverrideDialog(place.desk)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.name.setText("nothing")
        dialog.start()
        assert says(dialog, "Change at least one setting of a rule.")
        assert dialog.confirm.isEnabled()
        fill(dialog, "something")
        assert not says(dialog, "Change at least one setting of a rule.")


async def test_going_to_another_rule_keeps_what_was_entered(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance, "qb") as place:
        dialog = OverrideDialog(place.desk)
        qtbot.addWidget(dialog)
        fill(dialog, "Linux", share="35")
        dialog.choose_rule(RANGE)
        assert not dialog.reset.isEnabled()
        dialog.choose_rule(PROGRESS)
        assert dialog.reset.isEnabled()
        assert dialog.words.endswith("Largest difference 35 %")
