"""The ban list is written where the user wants it, in the form they chose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.ui.bans.exporting import export_menu, write_list
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, banned, choose, settle, until, workplace

ONE, BLOCK = ip_network("192.0.2.7"), ip_network("198.51.100.0/24")


class Exporting:
    """A page with the menu, over two bans."""

    def __init__(self, place: Workplace, page: QWidget) -> None:
        self.place, self.page = place, page
        self.said: list[tuple[str, str]] = []
        place.desk.actions.notice_wanted.connect(
            lambda words, tone: self.said.append((words, tone))
        )

    async def ask(self, words: str) -> QFileDialog:
        """Choose a form; the dialog that asks for a file."""
        choose(export_menu(self.page, self.place.desk), words)
        await until(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        return dialog


@asynccontextmanager
async def _open(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> AsyncIterator[Exporting]:
    async with workplace(tmp_path, appearance) as place:
        await place.core.bans.ban([ONE, BLOCK])
        page = QWidget()
        qtbot.addWidget(page)
        page.show()
        yield Exporting(place, page)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.mark.parametrize(
    ("words", "file", "text"),
    [
        ("Plain list", "peerwarden.txt", "192.0.2.7\n"),
        ("DAT", "ipfilter.dat", "192.0.2.7 - 192.0.2.7 , 000 , "),
        ("P2P plain format", "peerwarden.p2p", "192.0.2.7-192.0.2.7"),
        ("Script for the firewall", "peerwarden.nft", "{ 192.0.2.7, 198.51.100.0/24 }"),
        ("Sets for ipset", "peerwarden.ipset", "add peerwarden4 198.51.100.0/24 -exist\n"),
    ],
)
async def test_each_form_is_offered_with_the_name_that_programs_expect(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, words: str, file: str, text: str
) -> None:
    async with _open(qtbot, tmp_path, appearance) as exporting:
        dialog = await exporting.ask(words)
        assert dialog.selectedFiles() == [str(tmp_path / file)]
        dialog.accept()

        await until(lambda: exporting.said)
        # Each ban once more as an IPv4 address in IPv6.
        assert exporting.said == [(f"{tmp_path / file} written, 4 entries.", "good")]
        assert text in (tmp_path / file).read_text("utf-8")


async def test_cancelling_writes_nothing(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as exporting:
        dialog = await exporting.ask("Plain list")
        dialog.reject()
        await settle(20)

        assert exporting.said == []
        assert not (tmp_path / "peerwarden.txt").exists()


async def test_technical_bans_are_not_handed_out(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as exporting:
        await exporting.place.core.ban_list.add([banned("203.0.113.9", disconnect=True)])
        await write_list(exporting.place.desk, "ip", tmp_path / "list.txt")

        assert "203.0.113.9" not in (tmp_path / "list.txt").read_text("utf-8")


async def test_a_file_that_cannot_be_written_is_said_with_the_reason(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as exporting:
        await write_list(exporting.place.desk, "ip", tmp_path)

        words, tone = exporting.said[0]
        assert words == f"{tmp_path} cannot be written: Is a directory"
        assert tone == "bad"
