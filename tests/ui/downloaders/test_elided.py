"""A text that does not fit ends in an ellipsis and is whole in its tool tip."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.downloaders.elided import ElidedLabel


def test_it_gives_way_and_keeps_the_whole_as_its_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("")
    qtbot.addWidget(label)
    label.setText("http://a-rather-long-name.example.net:8080/<b>")
    label.show()
    label.resize(600, 20)
    assert label.toolTip() == ""
    wide = label.grab().toImage()
    label.resize(80, 20)

    assert label.minimumSizeHint().width() == 40
    assert "&lt;b&gt;" in label.toolTip()
    assert label.grab().toImage() != wide.copy(0, 0, 80, 20)
