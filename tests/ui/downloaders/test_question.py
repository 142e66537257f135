"""A question is asked in full, and only its own button means yes."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.ui.downloaders.question import Question
from tests.ui.finding import button, says

PRINT = "3fa207c1905e4d8b0011223344556677" * 2


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def asked(window: QWidget, *, yes: str = "", fingerprint: str = "") -> Question:
    made = Question(window, "Install it?", "It does this.", yes=yes, fingerprint=fingerprint)
    made.open()
    return made


def test_its_button_means_yes(window: QWidget) -> None:
    question = asked(window, yes="Install it")
    assert says(question, "Install it?")
    assert says(question, "It does this.")
    button(question, "Install it").click()

    assert question.result() == QDialog.DialogCode.Accepted


def test_anything_else_means_no(window: QWidget) -> None:
    question = asked(window, yes="Trust it", fingerprint=PRINT)
    assert says(question, "3F:A2:07:C1")
    button(question, "Not now").click()

    assert question.result() == QDialog.DialogCode.Rejected


def test_where_nothing_is_asked_it_can_only_be_closed(window: QWidget) -> None:
    question = asked(window)

    assert [b.accessibleName() for b in question.findChildren(type(button(question, "Close")))] == [
        "Close"
    ]
