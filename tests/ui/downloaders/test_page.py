"""What a user does on the Downloaders page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.discovery import Discovery, Found
from app.services.downloader_state import Status
from app.services.errors import Unreachable, UntrustedCertificate
from app.ui.downloaders.card import DownloaderCard
from app.ui.downloaders.page import DownloadersPage
from app.ui.theme import Appearance
from tests.services.fakes import HandClock, ScriptedDownloader
from tests.ui.fakes import Workplace, choose, settle, until, workplace
from tests.ui.finding import button, field, open_dialog, says

DELUGE = Found(host="127.0.0.1", port=8112, type="raccoonfink/deluge")
PRINT = "3fa207c1905e4d8b0011223344556677" * 2


@asynccontextmanager
async def page_over(
    tmp_path: Path,
    appearance: Appearance,
    qtbot: QtBot,
    *names: str,
    downloaders: dict[str, ScriptedDownloader] | None = None,
) -> AsyncIterator[tuple[DownloadersPage, Workplace]]:
    async with workplace(tmp_path, appearance, *names, downloaders=downloaders) as place:
        page = DownloadersPage(place.desk)
        qtbot.addWidget(page)
        page.resize(1280, 700)
        page.show()
        yield page, place
        page.hide()


def cards(page: DownloadersPage) -> list[DownloaderCard]:
    return [card for card in page.findChildren(DownloaderCard) if card.isVisible()]


async def test_a_downloader_added_by_hand_is_watched(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        assert says(page, "No downloader yet")
        button(page, "Add by hand").click()
        await until(open_dialog)
        dialog = open_dialog()
        assert dialog is not None
        field(dialog, "URL").setText("127.0.0.1:8080")
        field(dialog, "Name").setText("Home")
        button(dialog, "Add").click()
        await settle()

        assert dialog.isVisible()
        assert says(dialog, "Allowed: an address like http://127.0.0.1:8080")
        assert field(dialog, "URL").property("wrong") is True
        assert place.core.downloaders.states() == ()

        field(dialog, "URL").setText("http://127.0.0.1:8080")
        button(dialog, "Add").click()
        await until(lambda: open_dialog() is None)
        await until(lambda: cards(page))

        assert [state.settings.name for state in place.core.downloaders.states()] == ["Home"]
        await until(lambda: says(page, "Healthy"))


async def test_a_trouble_is_shown_with_what_happens_next(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot, "NAS") as (page, place):
        await until(lambda: says(page, "Healthy"))
        place.downloaders["NAS"].error = Unreachable(Text("no-answer-in-time"))
        place.core.downloaders.sweep_now()
        await until(lambda: says(page, "Does not answer"))

        assert says(page, "no answer in time")
        assert says(page, "Nothing is lost")


async def test_space_pauses_and_resumes_the_card_with_the_focus(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot, "NAS", "Home") as (page, place):
        await until(lambda: len(cards(page)) == 2)
        qtbot.keyClick(cards(page)[0], Qt.Key.Key_Space)
        await until(lambda: place.core.downloaders.state("NAS").status is Status.PAUSED)
        await until(lambda: says(page, "Paused"))

        assert place.core.settings.config.downloaders[0].paused
        assert not place.core.downloaders.state("Home").settings.paused

        qtbot.keyClick(cards(page)[0], Qt.Key.Key_Space)
        await until(lambda: place.core.downloaders.state("NAS").status is Status.HEALTHY)


async def test_a_removed_downloader_comes_back_by_undo(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot, "NAS") as (page, place):
        await until(lambda: cards(page))
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        page.remove("NAS")
        await until(lambda: offered)
        await until(lambda: says(page, "No downloader yet"))

        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: cards(page))
        assert place.core.downloaders.state("NAS").settings.endpoint.startswith("http://127")


async def test_one_can_be_removed_with_its_bans(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot, "NAS") as (page, place):
        await until(lambda: cards(page))
        await place.core.bans.ban([ip_network("198.51.100.7")])
        place.core.downloaders.sweep_now("NAS")
        await until(lambda: place.downloaders["NAS"].listed)
        offered: list[str] = []
        place.desk.actions.undo_offered.connect(lambda words, _undo: offered.append(words))
        more = cards(page)[0].findChild(QMenu)
        assert more is not None
        choose(more, "Remove and lift its bans")
        await until(lambda: offered)
        assert offered == ["Removed NAS and lifted its bans."]
        assert not place.downloaders["NAS"].listed


async def test_a_test_says_what_answers(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot, "NAS") as (page, place):
        await until(lambda: cards(page))
        said: list[tuple[str, str]] = []
        place.desk.actions.notice_wanted.connect(lambda words, tone: said.append((words, tone)))
        button(cards(page)[0], "Test the connection").click()
        await until(lambda: said)
        place.downloaders["NAS"].error = Unreachable("refused")
        button(cards(page)[0], "Test the connection").click()
        await until(lambda: len(said) == 2)

        assert said[0] == ("NAS: Connected to Scripted 5.3.0.", "good")
        assert said[1] == ("NAS: Does not answer: refused", "bad")


async def test_a_certificate_is_trusted_after_one_plain_question(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot, "NAS") as (page, place):
        await until(lambda: says(page, "Healthy"))
        text = Text("certificate-unknown", {"subject": "nas.local"})
        place.downloaders["NAS"].error = UntrustedCertificate(text, PRINT)
        place.core.downloaders.sweep_now()
        await until(lambda: says(page, "Certificate not trusted"))
        button(page, "Look at the certificate").click()
        await until(open_dialog)
        dialog = open_dialog()
        assert dialog is not None
        assert says(dialog, "3F:A2:07:C1")
        button(dialog, "Not now").click()
        await until(lambda: open_dialog() is None)
        assert place.core.downloaders.state("NAS").settings.trusted_certificate == ""

        button(page, "Look at the certificate").click()
        await until(open_dialog)
        dialog = open_dialog()
        assert dialog is not None
        place.downloaders["NAS"].error = None
        button(dialog, "Trust this certificate").click()
        await until(lambda: says(page, "Healthy"))

        assert place.core.downloaders.state("NAS").settings.trusted_certificate == PRINT


async def test_bans_of_one_that_cannot_ban_go_to_the_export(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    watched = ScriptedDownloader(HandClock(), able=Capabilities(bans=False))
    async with page_over(tmp_path, appearance, qtbot, "A", downloaders={"A": watched}) as opened:
        page, place = opened
        await until(lambda: says(page, "Watched only"))
        went: list[tuple[str, str]] = []
        place.desk.actions.page_wanted.connect(lambda key, text: went.append((key, text)))
        button(page, "Export the bans").click()
        await until(lambda: went)

        assert went == [("bans", "export")]


async def test_what_one_cannot_do_can_be_read_in_peace(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    blind = ScriptedDownloader(HandClock(), able=Capabilities(peer_ids=False))
    async with page_over(tmp_path, appearance, qtbot, "A", downloaders={"A": blind}) as opened:
        page, _place = opened
        await until(lambda: says(page, "Healthy"))
        page.tell_limits("A")
        await until(open_dialog)
        dialog = open_dialog()
        assert dialog is not None

        assert says(dialog, "peer ID")
        button(dialog, "Close").click()
        await until(lambda: open_dialog() is None)


@asynccontextmanager
async def page_that_finds(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, *found: Found
) -> AsyncIterator[tuple[DownloadersPage, Workplace]]:
    """A page on a computer where `found` run, and nothing is watched yet."""
    async with workplace(tmp_path, appearance) as place:
        core = place.core
        watched = core.downloaders

        async def scan() -> Sequence[Found]:
            return found

        discovery = Discovery(scan, lambda: (state.settings for state in watched.states()))
        page = DownloadersPage(replace(place.desk, core=replace(core, discovery=discovery)))
        qtbot.addWidget(page)
        page.resize(1280, 700)
        page.show()
        yield page, place
        page.hide()


async def test_the_first_look_at_an_empty_page_finds_what_runs_here(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_that_finds(tmp_path, appearance, qtbot, DELUGE) as (page, place):
        await until(lambda: says(page, "Deluge on port 8112 answers on this computer."))
        button(page, "Add Deluge").click()
        await until(open_dialog)
        dialog = open_dialog()
        assert dialog is not None
        assert field(dialog, "URL").text() == "http://127.0.0.1:8112"
        button(dialog, "Add").click()
        await until(lambda: cards(page))

        added = place.core.downloaders.states()[0].settings
        assert (added.type, added.endpoint) == ("raccoonfink/deluge", "http://127.0.0.1:8112")
        await until(lambda: not says(page, "answers on this computer"))


async def test_who_looks_and_finds_nothing_is_told(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_that_finds(tmp_path, appearance, qtbot) as (page, place):
        said: list[str] = []
        place.desk.actions.notice_wanted.connect(lambda words, _tone: said.append(words))
        await settle()
        assert said == []  # the look at the start was nobody's wish
        button(page, "Look on this computer").click()
        await until(lambda: said)

        assert said[0].startswith("No downloader answers on this computer")


async def test_the_arrow_keys_go_from_card_to_card(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot, "NAS", "Home") as (page, _place):
        await until(lambda: len(cards(page)) == 2)
        page.activateWindow()
        cards(page)[0].setFocus()
        qtbot.keyClick(cards(page)[0], Qt.Key.Key_Down)

        assert page.focusWidget() is cards(page)[1]


async def test_the_tab_counts_also_while_the_page_is_hidden(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance, "NAS", "Home") as place:
        page = DownloadersPage(place.desk)
        qtbot.addWidget(page)
        assert page.count == "2"
        await place.core.downloaders.remove("NAS")
        await settle()

        assert page.count == "1"
