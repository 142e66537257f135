"""The line under the header says the worst, and says it until it is over or dismissed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.domain.reason import Text
from app.services.breaker import ALERT as BREAKER
from app.services.errors import StorageError
from app.services.events import AlertEnded, AlertRaised, CommandFailed
from app.ui.notices import Notices
from app.ui.page import Remark
from app.ui.theme import Appearance
from app.ui.widgets import Tone
from tests.ui.fakes import Workplace, until, workplace
from tests.ui.finding import button, says

FULL = "The database refused: disk full"


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, Notices]]:
    async with workplace(tmp_path, appearance) as place:
        notices = Notices(place.desk)
        qtbot.addWidget(notices)
        yield place, notices


def _alert(place: Workplace, detail: str, *, kind: str = "storage", severe: bool = True) -> None:
    text = Text("storage-failed", {"detail": detail})
    place.core.bus.publish(AlertRaised(kind=kind, text=text, severe=severe))


async def _dismiss(qtbot: QtBot, notices: Notices) -> None:
    await until(lambda: button(notices, "Dismiss").isVisible())
    qtbot.mouseClick(button(notices, "Dismiss"), Qt.MouseButton.LeftButton)


async def test_there_is_no_line_while_there_is_nothing_to_say(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, notices):
        notices.set_page_remark(None)

        assert notices.shown is None
        assert notices.isHidden()


async def test_a_failed_command_is_said_in_its_own_words_and_a_bug_in_ours(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        place.core.bus.publish(CommandFailed("unban", StorageError("disk full")))
        await until(lambda: says(notices, FULL))

        place.core.bus.publish(CommandFailed("unban", None))
        await until(lambda: says(notices, "a fault in PeerWarden itself; see the log."))


async def test_an_answer_hides_alerts_and_the_page_until_the_next_command(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        notices.set_page_remark(Remark(Tone.WARN, "pause", "Paused."))
        place.desk.notify("list.txt written.", Tone.GOOD)
        await until(lambda: says(notices, "list.txt written."))

        notices.forget_answer()
        await until(lambda: says(notices, "Paused."))


async def test_the_worse_of_page_and_alert_is_said(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        _alert(place, "slow", severe=False)
        notices.set_page_remark(Remark(Tone.SHADOW, "eye", "Nothing is enforced."))
        await until(lambda: says(notices, "slow"))

        notices.set_page_remark(Remark(Tone.BAD, "triangle-alert", "All is lost."))
        await until(lambda: says(notices, "All is lost."))
        assert not button(notices, "Dismiss").isVisible()


async def test_a_severe_alert_goes_before_later_harmless_ones(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        _alert(place, "disk full")
        _alert(place, "slow", kind="other", severe=False)
        await until(lambda: says(notices, FULL))

        await _dismiss(qtbot, notices)
        await until(lambda: says(notices, "slow"))


async def test_an_alert_that_says_the_same_as_the_answer_can_be_dismissed_too(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        _alert(place, "disk full")
        place.core.bus.publish(CommandFailed("unban", StorageError("disk full")))
        await _dismiss(qtbot, notices)
        await until(lambda: says(notices, FULL))

        await _dismiss(qtbot, notices)
        assert notices.isHidden()
        assert place.core.alerts.entries() == ()


async def test_the_cross_goes_when_the_page_says_what_the_answer_said(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        notices.set_page_remark(Remark(Tone.WARN, "triangle-alert", "Offline."))
        place.desk.notify("Offline.", Tone.WARN)
        await _dismiss(qtbot, notices)

        await until(lambda: says(notices, "Offline."))
        assert not button(notices, "Dismiss").isVisible()


async def test_a_button_that_is_being_pressed_outlives_new_words(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, notices):
        pressed: list[str] = []

        def remark(words: str) -> Remark:
            work = lambda: pressed.append(words)  # noqa: E731 - as pages do
            return Remark(Tone.WARN, "pause", words, (("Try now", work),))

        notices.set_page_remark(remark("For 5 s"))
        held = button(notices, "Try now")
        qtbot.mousePress(held, Qt.MouseButton.LeftButton)
        notices.set_page_remark(remark("For 6 s"))
        qtbot.mouseRelease(held, Qt.MouseButton.LeftButton)

        assert pressed == ["For 6 s"]
        await until(lambda: says(notices, "For 6 s"))


async def test_other_buttons_replace_the_ones_before(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, notices):
        nothing = lambda: None  # noqa: E731 - never called
        notices.set_page_remark(Remark(Tone.WARN, "pause", "One", (("Resume", nothing),)))
        notices.set_page_remark(Remark(Tone.WARN, "pause", "Two", (("Details", nothing),)))

        await until(lambda: says(notices, "Two"))
        buttons = notices.findChildren(QPushButton)
        assert [one.accessibleName() for one in buttons if one.isVisible()] == ["Details"]


async def test_an_alert_goes_when_what_it_told_is_over(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        _alert(place, "disk full")
        assert says_now(notices) == FULL
        place.core.bus.publish(AlertEnded("storage"))

        assert notices.shown is None


async def test_the_circuit_breaker_is_left_to_its_own_bar(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, notices):
        _alert(place, "disk full", kind=BREAKER)

        assert notices.shown is None


def says_now(notices: Notices) -> str:
    return "" if notices.shown is None else notices.shown.words
