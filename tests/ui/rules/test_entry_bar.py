"""The bar in which a pattern is typed."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.ui.rules.entry_bar import PatternBar


@pytest.fixture
def bar(qtbot: QtBot) -> PatternBar:
    made = PatternBar()
    qtbot.addWidget(made)
    made.show()
    return made


def combo(bar: PatternBar, name: str) -> QComboBox:
    return next(c for c in bar.findChildren(QComboBox) if c.accessibleName() == name)


def test_method_text_and_outcome_make_a_rule(bar: PatternBar, qtbot: QtBot) -> None:
    combo(bar, "How the name is compared").setCurrentText("contains")
    combo(bar, "What follows").setCurrentText("spare")
    bar.field.setText("Xunlei")
    with qtbot.waitSignal(bar.entered, timeout=1000) as caught:
        bar.enter()

    assert caught.args == [['{"method":"CONTAINS","content":"Xunlei","hit":"FALSE"}']]


def test_a_rule_that_the_fields_can_say_is_loaded_into_them(bar: PatternBar) -> None:
    bar.load('{"method":"ENDS_WITH","content":"x","hit":"FALSE"}')

    assert combo(bar, "How the name is compared").currentText() == "ends with"
    assert combo(bar, "What follows").currentText() == "spare"
    assert bar.field.text() == "x"


def test_any_other_rule_is_loaded_as_json(bar: PatternBar) -> None:
    bar.load('{"method":"ENDS_WITH","content":"x","miss":"TRUE"}')

    assert combo(bar, "How the name is compared").currentText() == "JSON"
    assert not combo(bar, "What follows").isVisible()


def test_typing_on_takes_the_refusal_away(bar: PatternBar, qtbot: QtBot) -> None:
    bar.enter()
    assert bar.wrong
    qtbot.keyClicks(bar.field, "x")

    assert not bar.wrong
