"""Geographic databases: shown with their state, imported from a file, downloaded on request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from app.services.place_files import DatabaseUnusable, GeoKind
from app.ui.settings_page.places_card import PlacesCard
from app.ui.theme import Appearance
from tests.adapters.geoip.records import city_file
from tests.ui.fakes import Workplace, choose, until, workplace
from tests.ui.finding import button, open_dialog


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))


@asynccontextmanager
async def _open(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[PlacesCard, Workplace, list[str]]]:
    async with workplace(tmp_path, appearance) as place:
        told: list[str] = []
        place.desk.actions.notice_wanted.connect(lambda words, _tone: told.append(words))
        card = PlacesCard(place.desk)
        qtbot.addWidget(card)
        card.show()
        yield card, place, told


def _words(card: PlacesCard, kind: GeoKind) -> str:
    rows = card.table.rows
    return rows.cell(rows.row_of(kind), rows.column_of("state"))[0]


async def test_a_database_is_imported_from_a_file(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (card, _place, told):
        assert card.table.rows.total == 3
        assert _words(card, GeoKind.CITY) == "There is none yet"
        file = tmp_path / "mine.mmdb"
        file.write_bytes(city_file())
        await card.take(GeoKind.CITY, file)

        assert told == ["Imported: Country and city."]
        assert _words(card, GeoKind.CITY) == "In use"


async def test_a_file_that_is_no_database_is_refused(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (card, _place, _told):
        file = tmp_path / "mine.mmdb"
        file.write_bytes(b"no database")
        with pytest.raises(DatabaseUnusable):
            await card.take(GeoKind.CITY, file)

        assert _words(card, GeoKind.CITY) == "There is none yet"


async def test_a_download_that_fails_says_why(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (card, _place, told):
        button(card, "Update now").click()
        await until(lambda: told)

        assert told == ["No source is set from which this database could be downloaded."]
        assert button(card, "Update now").isEnabled()


async def test_which_file_is_asked(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    async with _open(tmp_path, appearance, qtbot) as (card, _place, told):
        menu = next(m for m in card.findChildren(QMenu) if m.actions())
        choose(menu, "Country")
        await until(open_dialog)
        dialog = open_dialog()
        assert isinstance(dialog, QFileDialog)
        dialog.reject()
        await until(lambda: open_dialog() is None)

        assert told == []
