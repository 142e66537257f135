"""Exceptions with every scope: made, checked, edited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.address import parse_prefix
from app.domain.peer_exception import PeerException
from app.domain.rules.names import PEER_ID
from app.ui.rules.exception_dialog import ExceptionDialog
from app.ui.theme import Appearance
from tests.services.fakes import NOW
from tests.ui.fakes import Workplace, until, workplace
from tests.ui.finding import button, field, says

HASH = "0123456789" * 4


@asynccontextmanager
async def _open(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, entry: PeerException | None = None
) -> AsyncIterator[tuple[ExceptionDialog, Workplace]]:
    async with workplace(tmp_path, appearance, "qb") as place:
        known = None if entry is None else await place.core.exceptions.add(entry)
        dialog = ExceptionDialog(place.desk, known)
        qtbot.addWidget(dialog)
        dialog.show()
        yield dialog, place


def _own(place: Workplace) -> list[PeerException]:
    return [entry for entry in place.core.exceptions.entries() if not entry.configured]


async def test_all_scopes_are_kept(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    async with _open(tmp_path, appearance, qtbot) as (dialog, place):
        field(dialog, "Address or network").setText("192.0.2.1, 198.51.100.0/24")
        field(dialog, "Client begins with").setText("qBit")
        field(dialog, "Peer ID begins with").setText("-qB")
        field(dialog, "Torrent").setText(HASH)
        field(dialog, "Note").setText("friends")
        dialog.downloader.setCurrentText("qb")
        dialog.rule.setCurrentText("Peer ID")
        dialog.until.setCurrentText("1 day")
        button(dialog, "Add").click()
        await until(lambda: not dialog.isVisible())

        one, other = _own(place)
        assert (one.prefix, other.prefix) == (
            parse_prefix("192.0.2.1"),
            parse_prefix("198.51.100.0/24"),
        )
        assert (one.client, one.peer_id, one.torrent) == ("qBit", "-qB", HASH)
        assert (one.downloader, one.rule, one.note) == ("qb", PEER_ID, "friends")
        assert one.until == NOW + 86_400_000


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Note", "x", "at least one of the first five"),
        ("Address or network", "friend", "“friend” is no IP address"),
        ("Torrent", "ubuntu", "This is no info hash."),
    ],
)
async def test_what_makes_no_sense_is_refused(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, name: str, text: str, words: str
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (dialog, place):
        field(dialog, name).setText(text)
        dialog.start()

        assert says(dialog, words)
        assert _own(place) == []


async def test_an_edited_one_replaces_what_was_and_keeps_its_end(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    before = PeerException(id="", client="qBit", rule=PEER_ID, downloader="gone", until=NOW + 5)
    async with _open(tmp_path, appearance, qtbot, before) as (dialog, place):
        assert dialog.rule.currentData() == PEER_ID
        assert dialog.downloader.currentText() == "gone"
        field(dialog, "Client begins with").setText("Transmission")
        button(dialog, "Save").click()
        await until(lambda: not dialog.isVisible())

        (entry,) = _own(place)
        assert (entry.client, entry.rule, entry.until) == ("Transmission", PEER_ID, NOW + 5)


async def test_what_cannot_be_stored_is_said(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with _open(tmp_path, appearance, qtbot) as (dialog, place):
        place.store.fails = True
        field(dialog, "Client begins with").setText("qBit")
        dialog.start()
        await until(lambda: says(dialog, "disk full"))
        assert dialog.isVisible()
        assert dialog.confirm.isEnabled()
