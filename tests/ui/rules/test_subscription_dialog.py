"""The dialog for one remote list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.services.fetching import Fetched
from app.services.subscription import ListKey, ListKind
from app.settings.modules import Subscription
from app.ui.rules.subscription_dialog import SubscriptionDialog
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, until, workplace
from tests.ui.finding import says
from tests.ui.rules.web import URL, Web

KIND = ListKind.ADDRESSES


@asynccontextmanager
async def opened(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, kind: ListKind = KIND
) -> AsyncIterator[tuple[SubscriptionDialog, Workplace]]:
    async with workplace(tmp_path, appearance) as place:
        await place.core.rules.set_mode(kind.value, Mode.ENFORCE)
        dialog = SubscriptionDialog(place.desk, kind)
        qtbot.addWidget(dialog)
        dialog.show()
        yield dialog, place


async def test_an_id_is_proposed_until_one_is_typed(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with opened(tmp_path, appearance, qtbot) as (dialog, _place):
        qtbot.keyClicks(dialog.name, "Bad ISPs (2.0)")
        assert dialog.id.text() == "bad-isps-2-0"
        dialog.id.selectAll()
        qtbot.keyClicks(dialog.id, "own")
        qtbot.keyClicks(dialog.name, "!")
        assert dialog.id.text() == "own"


async def test_an_id_that_is_taken_is_refused(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch)
    async with opened(tmp_path, appearance, qtbot) as (dialog, place):
        await place.core.subscriptions.add(KIND, Subscription(id="mine", name="One", url=URL))
        dialog.id.setText("mine")
        dialog.url.setText(URL)
        dialog.start()
        await until(dialog.confirm.isEnabled)
        assert dialog.isVisible()
        names = {state.name for state in place.core.subscriptions.states() if state.enabled}
        assert "One" in names


async def test_what_was_wrong_is_forgotten_with_the_next_letter(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with opened(tmp_path, appearance, qtbot) as (dialog, _place):
        dialog.start()
        assert says(dialog, "An ID is needed.")
        qtbot.keyClicks(dialog.id, "x")
        assert not says(dialog, "An ID is needed.")


async def test_closing_it_gives_the_download_up(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(monkeypatch)
    began, ended = asyncio.Event(), asyncio.Event()

    async def hang(url: str, target: Path, **more: Any) -> Fetched:  # noqa: ANN401 - passed on
        if url != URL:
            return await web.fetch(url, target, **more)
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    monkeypatch.setattr("tests.services.fakes.fetch_nothing", hang)
    async with opened(tmp_path, appearance, qtbot) as (dialog, place):
        dialog.id.setText("mine")
        dialog.url.setText(URL)
        dialog.start()
        assert not dialog.confirm.isEnabled()
        await asyncio.wait_for(began.wait(), 5)
        dialog.reject()
        await asyncio.wait_for(ended.wait(), 5)
        keys = {state.key for state in place.core.subscriptions.states()}
        assert ListKey(KIND, "mine") not in keys


@pytest.mark.parametrize(
    ("kind", "words"),
    [(ListKind.ADDRESSES, "addresses and networks"), (ListKind.NAMES, "client names")],
)
async def test_it_says_what_a_list_of_its_kind_holds(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, kind: ListKind, words: str
) -> None:
    async with opened(tmp_path, appearance, qtbot, kind) as (dialog, _place):
        assert says(dialog, words)
