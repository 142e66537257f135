"""A user makes, changes, moves and removes overrides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.ui.rules.override_dialog import OverrideDialog
from app.ui.rules.overrides_card import OverridesCard
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, settle, until, workplace
from tests.ui.finding import says

PROGRESS = "progress-cheat-blocker"


@asynccontextmanager
async def card_over(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[OverridesCard, Workplace]]:
    async with workplace(tmp_path, appearance, "qb") as place:
        card = OverridesCard(place.desk)
        qtbot.addWidget(card)
        card.show()
        yield card, place
        card.hide()


def fill(dialog: OverrideDialog, name: str, *, share: str = "20") -> None:
    dialog.name.setText(name)
    dialog.scopes["category"].setText("iso")
    dialog.choose_rule(PROGRESS)
    field = dialog.form.field(f"profile.yml/module.{PROGRESS}.maximum-difference")
    assert isinstance(field, QLineEdit)
    field.setText(share)
    field.textEdited.emit(share)


async def test_a_new_one_is_in_force_and_can_be_undone(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (card, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        dialog = OverrideDialog(place.desk)
        qtbot.addWidget(dialog)
        fill(dialog, "Linux")
        mode = dialog.form.field(f"profile.yml/module.{PROGRESS}.mode")
        assert isinstance(mode, QComboBox)
        mode.setCurrentIndex(1)
        mode.activated.emit(1)
        assert dialog.words == "Progress: shadow, Largest difference 20 %"

        dialog.start()
        await until(lambda: place.core.settings.profile.overrides)
        made = place.core.settings.profile.overrides[0]
        assert (made.name, made.category) == ("Linux", "iso")
        assert made.changes == {PROGRESS: {"mode": Mode.SHADOW, "maximum_difference": 0.2}}
        await until(card.table.rows.rows)
        assert card.table.rows.rows()[0].scope == "category iso"

        await until(lambda: offered)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: not place.core.settings.profile.overrides)


async def test_a_wrong_value_or_no_name_is_refused_in_place(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (_card, place):
        dialog = OverrideDialog(place.desk)
        qtbot.addWidget(dialog)
        dialog.show()
        fill(dialog, "Linux", share="lots")
        dialog.start()
        assert says(dialog, "Allowed: from 0 % to 100000 %")
        dialog.choose_rule("auto-range-ban")
        assert dialog.rule.currentData() == PROGRESS

        fill(dialog, "", share="20")
        dialog.start()
        await settle()
        assert dialog.name.property("wrong") is True
        assert place.core.settings.profile.overrides == ()


async def test_the_order_can_be_changed_and_one_be_removed(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (card, place):
        settings = place.core.settings
        for name in ("one", "two"):
            dialog = OverrideDialog(place.desk)
            qtbot.addWidget(dialog)
            fill(dialog, name)
            dialog.start()
            await until(dialog.result)
        await until(lambda: len(card.table.rows.rows()) == 2)
        card.table.select_keys([1])
        card.move_selected(-1)
        await until(lambda: [o.name for o in settings.profile.overrides] == ["two", "one"])

        await until(lambda: card.table.rows.rows()[0].name == "two")
        card.table.select_keys([0])
        card.remove_selected()
        await until(lambda: [o.name for o in settings.profile.overrides] == ["one"])


async def test_as_everywhere_takes_the_changes_of_a_rule_back(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (_card, place):
        dialog = OverrideDialog(place.desk)
        qtbot.addWidget(dialog)
        fill(dialog, "Linux")
        dialog.reset.click()

        assert dialog.words == "nothing yet"
