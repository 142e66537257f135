"""Remote lists: shown with their state, added once they prove good, switched, updated and taken away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.services.subscription import ListKey, ListKind, ListState
from app.settings.modules import Subscription
from app.ui.rules.subscription_dialog import SubscriptionDialog
from app.ui.rules.subscriptions_panel import SubscriptionsPanel
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, until, workplace
from tests.ui.finding import button, field, open_dialog, says
from tests.ui.rules.web import URL, Web

KIND = ListKind.ADDRESSES
MINE = ListKey(KIND, "my-list")


@asynccontextmanager
async def _open(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[SubscriptionsPanel, Workplace]]:
    async with workplace(tmp_path, appearance) as place:
        await place.core.rules.set_mode(KIND.value, Mode.ENFORCE)
        panel = SubscriptionsPanel(place.desk, KIND)
        qtbot.addWidget(panel)
        panel.show()
        yield panel, place


async def _subscribe(place: Workplace, panel: SubscriptionsPanel) -> None:
    await place.core.subscriptions.add(KIND, Subscription(id=MINE.id, name="Mine", url=URL))
    await until(lambda: panel.table.rows.row_of(MINE) >= 0)
    await until(lambda: _words(panel, "state") == "In force")


def _state(panel: SubscriptionsPanel) -> ListState:
    state = panel.table.rows.get(MINE)
    assert state is not None
    return state


def _words(panel: SubscriptionsPanel, column: str) -> str:
    rows = panel.table.rows
    return rows.cell(rows.row_of(MINE), rows.column_of(column))[0]


async def test_a_list_is_added_after_it_proved_good(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch)
    async with _open(tmp_path, appearance, qtbot) as (panel, _place):
        button(panel, "Add…").click()
        await until(open_dialog)
        dialog = open_dialog()
        assert isinstance(dialog, SubscriptionDialog)
        field(dialog, "Address").setText(URL)
        qtbot.keyClicks(field(dialog, "Name"), "My list")
        assert field(dialog, "ID").text() == "my-list"
        button(dialog, "Add").click()
        await until(lambda: open_dialog() is None)
        await until(lambda: panel.table.rows.row_of(MINE) >= 0)
        await until(lambda: _words(panel, "state") == "In force")
        assert (_words(panel, "name"), _words(panel, "entries")) == ("My list", "2")
        await until(lambda: any(entry.key == MINE for entry in panel.log.rows.rows()))


async def test_a_list_that_cannot_be_right_is_refused_with_its_reason(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(monkeypatch)
    web.files[URL] = "<html><body>Not found</body></html>"
    async with _open(tmp_path, appearance, qtbot) as (_panel, place):
        dialog = SubscriptionDialog(place.desk, KIND)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.start()
        assert says(dialog, "An ID is needed.")

        dialog.id.setText("x")
        dialog.url.setText("no address")
        dialog.start()
        assert says(dialog, "Allowed: an address like")

        dialog.url.setText(URL)
        dialog.start()
        assert says(dialog, "fetched and checked")
        await until(lambda: says(dialog, "is not applied: it is a web page"))
        assert dialog.isVisible()


async def test_a_list_that_went_bad_says_that_the_old_copy_stays(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(monkeypatch)
    async with _open(tmp_path, appearance, qtbot) as (panel, place):
        told: list[str] = []
        place.desk.actions.notice_wanted.connect(lambda words, _tone: told.append(words))
        await _subscribe(place, panel)
        del web.files[URL]
        panel.table.select_keys([MINE])
        button(panel, "Update now").click()
        await until(lambda: told)
        await until(lambda: _state(panel).problem is not None)

        assert _words(panel, "state").startswith("The last good copy is in force.")
        assert "no answer in time" in told[0]


async def test_a_list_is_switched_off_and_on(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch)
    async with _open(tmp_path, appearance, qtbot) as (panel, place):
        await _subscribe(place, panel)
        panel.table.select_keys([MINE])
        button(panel, "Switch on or off").click()
        await until(lambda: not _state(panel).enabled)
        assert _words(panel, "state") == "Off"

        panel.toggle()
        await until(lambda: _state(panel).in_force)


async def test_a_removal_can_be_undone(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch)
    async with _open(tmp_path, appearance, qtbot) as (panel, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        await _subscribe(place, panel)
        panel.table.select_keys([MINE])
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
        await until(lambda: offered)
        await until(lambda: panel.table.rows.row_of(MINE) < 0)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: panel.table.rows.row_of(MINE) >= 0)


async def test_a_list_keeps_its_id_and_gets_another_name(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch)
    async with _open(tmp_path, appearance, qtbot) as (panel, place):
        await _subscribe(place, panel)
        panel.table.select_keys([MINE])
        button(panel, "Edit").click()
        await until(open_dialog)
        dialog = open_dialog()
        assert isinstance(dialog, SubscriptionDialog)
        assert not field(dialog, "ID").isEnabled()
        field(dialog, "Name").setText("Another")
        button(dialog, "Save").click()
        await until(lambda: open_dialog() is None)
        await until(lambda: _words(panel, "name") == "Another")
