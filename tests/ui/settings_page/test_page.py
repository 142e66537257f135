"""What a user does on the Settings page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.settings_page.page import SettingsPage
from app.ui.theme import Appearance, Scheme
from tests.ui.fakes import Workplace, settle, until, workplace
from tests.ui.finding import button, says


@asynccontextmanager
async def page_over(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[SettingsPage, Workplace]]:
    async with workplace(tmp_path, appearance) as place:
        page = SettingsPage(place.desk)
        qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        yield page, place
        page.hide()


def setting(page: SettingsPage, key: str) -> QWidget:
    for form in page.forms:
        if any(item.key == key for item in form.section.items):
            return form.field(key)
    raise KeyError(key)


def type_in(page: SettingsPage, key: str, text: str) -> QLineEdit:
    line = setting(page, key)
    assert isinstance(line, QLineEdit)
    line.setText(text)
    line.textEdited.emit(text)
    return line


async def test_nothing_is_written_before_save(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        offered: list[tuple[str, object]] = []
        place.desk.actions.undo_offered.connect(lambda words, undo: offered.append((words, undo)))
        assert not button(page, "Save").isEnabled()
        type_in(page, "config.yml/server.http", "9000")
        assert place.core.settings.config.server.http == 9898
        assert says(page, "Changes wait for Save.")

        button(page, "Save").click()
        await until(lambda: place.core.settings.config.server.http == 9000)
        await until(lambda: offered)
        assert offered[0][0] == "Settings saved. With the next start: Port."
        assert "http: 9000" in (tmp_path / "config.yml").read_text("utf-8")
        assert not button(page, "Save").isEnabled()

        undo = offered[0][1]
        assert callable(undo)
        undo()
        await until(lambda: place.core.settings.config.server.http == 9898)


async def test_a_refused_value_is_said_in_place_and_nothing_is_written(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        before = (tmp_path / "config.yml").read_text("utf-8")
        type_in(page, "config.yml/server.http", "9000")
        address = type_in(page, "config.yml/server.address", "1.2.3.400")
        button(page, "Save").click()
        await settle()

        assert address.property("wrong") is True
        assert address.isVisible()
        assert says(page, "Allowed: an IP address or a host name")
        assert (tmp_path / "config.yml").read_text("utf-8") == before

        button(page, "Revert").click()
        assert address.text() == "127.0.0.1"
        assert place.core.settings.config.server.http == 9898


async def test_a_line_that_is_no_network_is_named(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, _place):
        page.look_for("watching")
        text = setting(page, "profile.yml/ignore-peers-from-addresses")
        assert isinstance(text, QPlainTextEdit)
        text.appendPlainText("my friend")
        button(page, "Save").click()

        await until(lambda: says(page, "not “my friend”"))


async def test_both_files_are_written_at_once(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        type_in(page, "config.yml/persist.ban-logs-keep-days", "7")
        text = setting(page, "profile.yml/ignore-peers-from-addresses")
        assert isinstance(text, QPlainTextEdit)
        text.setPlainText("10.0.0.0/8\n203.0.113.0/24")
        button(page, "Save").click()
        await until(lambda: len(place.core.settings.profile.ignore_peers_from_addresses) == 2)
        await until(lambda: place.core.settings.config.persist.ban_logs_keep_days == 7)


async def test_a_chosen_theme_is_put_on_when_it_is_saved(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, _place):
        box = setting(page, "config.yml/desktop.theme")
        assert isinstance(box, QComboBox)
        box.setCurrentText("dark")
        box.activated.emit(box.currentIndex())
        button(page, "Save").click()

        # All windows that earlier tests left behind are dressed anew too.
        await until(lambda: appearance.scheme is Scheme.DARK, 30)


async def test_a_change_from_elsewhere_is_shown_unless_one_edits(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        box = setting(page, "config.yml/desktop.notify-bans")
        assert isinstance(box, QCheckBox)
        await place.core.settings.change("config.yml", {("desktop", "notify-bans"): False})
        await until(lambda: not box.isChecked())

        port = type_in(page, "config.yml/server.http", "9000")
        await place.core.settings.change("config.yml", {("desktop", "notify-bans"): True})
        await settle()
        assert port.text() == "9000"


async def test_leaving_with_unsaved_changes_says_so(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        notices: list[str] = []
        place.desk.actions.notice_wanted.connect(lambda words, _tone: notices.append(words))
        type_in(page, "config.yml/server.http", "9000")
        page.hide()

        assert notices == ["Changed settings wait for Save."]


async def test_the_token_is_copied_and_never_shown(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        token = place.core.settings.config.server.token.reveal()
        texts = [line.text() for line in page.findChildren(QLineEdit)]
        button(page, "Copy the token").click()

        assert token
        assert QGuiApplication.clipboard().text() == token
        assert token not in texts
