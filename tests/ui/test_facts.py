"""Names and values stand one a line, whatever strangers put into the values."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.facts import Elided, Facts

TURNED = "qB\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe"


@pytest.fixture
def facts(qtbot: QtBot) -> Facts:
    made = Facts((("client", "Client"), ("torrent", "Torrent")))
    qtbot.addWidget(made)
    made.show()
    return made


def _shown(facts: Facts) -> list[str]:
    return [shown.text() for shown in facts.findChildren(QLabel) if shown.isVisible()]


def test_a_line_without_a_value_is_left_out(facts: Facts) -> None:
    facts.set("client", "qBittorrent/5.1.0")
    facts.set("torrent", "")
    assert _shown(facts) == ["Client", "qBittorrent/5.1.0"]

    facts.set("torrent", "debian.iso")
    facts.set("client", "")
    assert _shown(facts) == ["Torrent", "debian.iso"]


def test_a_screen_reader_hears_name_and_value(facts: Facts) -> None:
    facts.set("client", TURNED)

    spoken = [shown.accessibleName() for shown in facts.findChildren(Elided)]
    assert spoken[0] == "Client: qB\N{REPLACEMENT CHARACTER}gpj.exe"


def test_a_name_cannot_turn_its_line_around_or_carry_markup(facts: Facts) -> None:
    facts.set("client", TURNED)
    assert facts.value("client") == "qB\N{REPLACEMENT CHARACTER}gpj.exe"

    facts.set("client", "<b>qB</b>")
    value = facts.findChildren(Elided)[0]
    assert value.textFormat() is Qt.TextFormat.PlainText
    assert value.toolTip() == "<qt>&lt;b&gt;qB&lt;/b&gt;</qt>"


def test_more_can_be_told_about_a_value(facts: Facts) -> None:
    facts.set("client", "qB")
    facts.tell("client", "one\ntwo")

    assert facts.findChildren(Elided)[0].toolTip() == "<qt>one<br>two</qt>"


def test_a_long_value_is_cut_instead_of_widening_the_window(qtbot: QtBot) -> None:
    line = Elided()
    qtbot.addWidget(line)
    line.say("short")
    assert _drawn(line, 120) == _drawn(line, 900)

    line.say("a torrent with a very long name " * 20)
    assert line.minimumSizeHint().width() == 0
    assert _drawn(line, 120) != _drawn(line, 900)


def _drawn(line: Elided, width: int) -> QImage:
    """The first 120 pixels of `line` at some width."""
    line.resize(width, 20)
    picture = QImage(line.size(), QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    line.render(picture)
    return picture.copy(0, 0, 120, 20)
