"""The dialog for one downloader: refuses in place, never shows a password, tries before it saves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.reason import Text
from app.services.errors import AccessDenied, UntrustedCertificate
from app.settings.secret import Secret
from app.ui.downloaders.editor import DownloaderEditor
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, settle, until, workplace
from tests.ui.finding import button, field, says

PRINT = "3fa207c1905e4d8b0011223344556677" * 2


@asynccontextmanager
async def editor_over(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, *, edits: bool = True
) -> AsyncIterator[tuple[DownloaderEditor, Workplace]]:
    async with workplace(tmp_path, appearance, "NAS", "Home") as place:
        window = QWidget()
        qtbot.addWidget(window)
        old = place.core.downloaders.state("NAS").settings
        await place.core.downloaders.edit(
            replace(old, username="admin", password=Secret("hunter2"), api_key=Secret("key"))
        )
        settings = place.core.downloaders.state("NAS").settings if edits else None
        dialog = DownloaderEditor(place.core, settings, window)
        dialog.show()
        yield dialog, place
        dialog.close()


async def test_a_stored_password_is_never_shown_and_stays_when_nothing_is_typed(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, place):
        texts = [f.text() + f.placeholderText() for f in dialog.findChildren(QLineEdit)]
        field(dialog, "Name").setText("Attic")
        button(dialog, "Save").click()
        await until(lambda: not dialog.isVisible())

        assert not any("hunter2" in text for text in texts)
        assert field(dialog, "Password").placeholderText() == "unchanged"
        settings = place.core.downloaders.state("NAS").settings
        assert (settings.name, settings.password.reveal()) == ("Attic", "hunter2")


async def test_a_stored_key_can_be_taken_away(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, place):
        field(dialog, "API key").actions()[0].trigger()
        button(dialog, "Save").click()
        await until(lambda: not dialog.isVisible())

        settings = place.core.downloaders.state("NAS").settings
        assert not settings.api_key
        assert settings.password.reveal() == "hunter2"


async def test_a_name_in_use_is_refused_in_place(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, place):
        field(dialog, "Name").setText("Home")
        button(dialog, "Save").click()
        await until(lambda: says(dialog, "Another downloader is called “Home” already."))
        await settle()

        assert dialog.isVisible()
        assert button(dialog, "Save").isEnabled()
        assert place.core.downloaders.state("NAS").settings.name == "NAS"


async def test_the_test_button_says_what_answers_or_why_not(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, place):
        button(dialog, "Test").click()
        await until(lambda: dialog.said == "Connected to Scripted 5.3.0.")
        place.downloaders["NAS"].error = AccessDenied(Text("downloader-denied"))
        await until(lambda: button(dialog, "Test").isEnabled())
        button(dialog, "Test").click()
        await until(lambda: dialog.said.startswith("Wrong user name or password."))


async def test_the_focus_stays_at_the_button_that_tests(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, _place):
        dialog.activateWindow()
        test = button(dialog, "Test")
        test.setFocus()
        test.click()
        assert not test.isEnabled()
        await until(test.isEnabled)

        assert dialog.focusWidget() is test


async def test_a_certificate_is_trusted_and_tried_again_at_once(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, place):
        tried = place.downloaders["NAS"]
        text = Text("certificate-unknown", {"subject": "nas.local"})
        tried.error = UntrustedCertificate(text, PRINT)
        button(dialog, "Test").click()
        await until(lambda: says(dialog, "3F:A2:07:C1"))
        assert dialog.said.startswith("Its certificate (for nas.local")
        tried.error = None
        await until(lambda: button(dialog, "Test").isEnabled())
        button(dialog, "Trust this certificate").click()
        await until(lambda: dialog.said == "Connected to Scripted 5.3.0.")
        button(dialog, "Save").click()
        await until(lambda: not dialog.isVisible())

        assert place.core.downloaders.state("NAS").settings.trusted_certificate == PRINT


async def test_a_found_one_comes_with_kind_and_url(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        window = QWidget()
        qtbot.addWidget(window)
        dialog = DownloaderEditor(
            place.core, None, window, kind="raccoonfink/deluge", endpoint="http://127.0.0.1:8112"
        )
        dialog.show()

        assert field(dialog, "URL").text() == "http://127.0.0.1:8112"
        button(dialog, "Add").click()
        await until(lambda: not dialog.isVisible())
        added = place.core.downloaders.states()[-1].settings
        assert (added.type, added.name, added.rpc_url) == ("raccoonfink/deluge", "Deluge", "/json")


async def test_an_error_in_a_hidden_field_brings_it_to_light(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, _place):
        deadline = field(dialog, "Give up after (s)")
        assert not deadline.isVisible()
        deadline.setText("soon")
        button(dialog, "Save").click()

        assert deadline.isVisible()
        assert says(dialog, "Allowed: seconds, at least 1")


async def test_the_deadline_is_seconds_here_and_milliseconds_in_the_file(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot) as (dialog, place):
        field(dialog, "Give up after (s)").setText("2.5")
        button(dialog, "Save").click()
        await until(lambda: not dialog.isVisible())

        assert place.core.downloaders.state("NAS").settings.sweep_deadline == 2500


async def test_a_new_one_without_name_and_url_gets_the_usual_ones(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with editor_over(tmp_path, appearance, qtbot, edits=False) as (dialog, place):
        button(dialog, "Add").click()
        await until(lambda: not dialog.isVisible())

        added = place.core.downloaders.states()[-1].settings
        assert (added.name, added.endpoint) == ("qBittorrent", "http://127.0.0.1:8080")
        assert dialog.result() == QDialog.DialogCode.Accepted
