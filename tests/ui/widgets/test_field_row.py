"""Forms keep what the user wrote and say what is wrong with it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets import Form, text_field


def test_an_error_takes_the_place_of_the_hint_and_goes_again(qtbot: QtBot) -> None:
    page, form = QWidget(), Form()
    page.setLayout(form)
    qtbot.addWidget(page)
    row = form.add("Ban for", text_field("0.8"), unit="d", hint="between 1 and 30", width=72)
    page.show()

    row.set_error("At least 1; you wrote 0.8")

    assert row.field.property("wrong") is True
    assert row.field.accessibleDescription() == "At least 1; you wrote 0.8"
    assert "At least 1; you wrote 0.8" in [label.text() for label in page.findChildren(QLabel)]
    row.set_error("")
    assert row.field.property("wrong") is False
    assert row.field.accessibleDescription() == "between 1 and 30"


def test_a_hint_does_not_hide_an_error(qtbot: QtBot) -> None:
    page, form = QWidget(), Form()
    page.setLayout(form)
    qtbot.addWidget(page)
    row = form.add("Address", text_field())
    row.set_error("Not an address")

    row.set_hint("for example 127.0.0.1")
    assert row.field.accessibleDescription() == "Not an address"

    row.set_error("")
    assert row.field.accessibleDescription() == "for example 127.0.0.1"


def test_a_field_is_called_by_its_label_and_unit(qtbot: QtBot) -> None:
    page, form = QWidget(), Form()
    page.setLayout(form)
    qtbot.addWidget(page)
    row = form.add("Ban for", text_field(), unit="d")

    assert row.field.accessibleName() == "Ban for (d)"
    assert row.name.buddy() is row.field
    row.set_visible(False)
    assert row.field.isHidden()
    assert row.name.isHidden()


def test_a_secret_is_not_shown(qtbot: QtBot) -> None:
    field = text_field("geheim", secret=True)
    qtbot.addWidget(field)

    assert field.displayText() != "geheim"
    assert field.echoMode() is QLineEdit.EchoMode.Password
