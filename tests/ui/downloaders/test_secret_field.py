"""A stored secret stays, is replaced, or is taken away; it is never shown."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.settings.secret import Secret
from app.ui.downloaders.secret_field import SecretField


def test_an_empty_field_keeps_what_is_stored(qtbot: QtBot) -> None:
    field = SecretField(Secret("hunter2"))
    qtbot.addWidget(field)

    assert (field.text(), field.placeholderText()) == ("", "unchanged")
    assert field.secret.reveal() == "hunter2"


def test_what_is_typed_replaces_it_hidden(qtbot: QtBot) -> None:
    field = SecretField(Secret("hunter2"))
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "new")

    assert field.secret.reveal() == "new"
    assert field.echoMode() is SecretField.EchoMode.Password


def test_it_can_be_taken_away(qtbot: QtBot) -> None:
    field = SecretField(Secret("hunter2"))
    qtbot.addWidget(field)
    field.actions()[0].trigger()

    assert not field.secret
    assert field.actions() == []


def test_there_is_nothing_to_take_away_where_nothing_is_stored(qtbot: QtBot) -> None:
    field = SecretField(Secret())
    qtbot.addWidget(field)

    assert (field.actions(), field.placeholderText()) == ([], "")
