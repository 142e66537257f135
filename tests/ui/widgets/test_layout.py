"""The pieces from which pages are laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Appearance, Scheme
from app.ui.widgets import (
    Notice,
    Picture,
    Tone,
    card,
    clear,
    column,
    label,
    row,
    scrolled,
    set_role,
    splitter,
)


def test_what_strangers_wrote_is_never_mark_up(qtbot: QtBot) -> None:
    made = label("<b>evil</b>")
    qtbot.addWidget(made)

    assert made.textFormat() is Qt.TextFormat.PlainText


def test_items_stand_in_order_with_gaps_between(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    left, right = QLabel("a"), QLabel("b")
    made = column(row(left, None, 20, right), gap=3, margins=(1, 2, 3, 4))
    page.setLayout(made)
    page.resize(300, 50)
    page.show()

    assert left.x() == 1
    assert right.geometry().right() == 300 - 3 - 1
    assert made.spacing() == 3


def test_another_role_changes_the_look(qtbot: QtBot) -> None:
    made = label("words")
    qtbot.addWidget(made)
    made.ensurePolished()
    before = made.font().pixelSize()

    set_role(made, "figure")

    assert made.font().pixelSize() > before


def test_a_picture_follows_the_theme(qtbot: QtBot, appearance: Appearance) -> None:
    picture = Picture("shield", "accent", 20, name="Protected")
    qtbot.addWidget(picture)
    light = picture.pixmap().toImage()
    appearance.choose(Scheme.DARK)
    dark = picture.pixmap().toImage()
    assert dark != light

    picture.set("shield-alert", "bad")

    assert picture.pixmap().toImage() != dark
    assert picture.accessibleName() == "Protected"


def test_clearing_a_layout_takes_everything_out(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    layout = column(row(QLabel("a"), QLabel("b")), QLabel("c"), None)
    page.setLayout(layout)

    clear(layout)

    assert layout.count() == 0
    assert all(child.isHidden() for child in page.findChildren(QLabel))


def test_a_card_has_its_title_and_what_stands_beside_it(qtbot: QtBot) -> None:
    side = QLabel("side")
    made = card("Upload", QLabel("body"), side=side)
    qtbot.addWidget(made)

    assert made.property("role") == "card"
    assert [part.text() for part in made.findChildren(QLabel)] == ["Upload", "side", "body"]


def test_areas_share_the_room_as_they_are_told(qtbot: QtBot) -> None:
    made = splitter(Qt.Orientation.Vertical, QWidget(), QWidget(), sizes=(100, 200))
    qtbot.addWidget(made)
    made.resize(100, 301)
    made.show()

    assert made.sizes() == [100, 200]


def test_what_is_too_high_can_be_scrolled(qtbot: QtBot) -> None:
    content = QWidget()
    content.setFixedHeight(900)
    made = scrolled(content)
    qtbot.addWidget(made)
    made.resize(200, 300)
    made.show()

    assert made.verticalScrollBar().maximum() == 600


def test_a_notice_changes_its_tone_and_words(qtbot: QtBot) -> None:
    notice = Notice(Tone.WARN, "triangle-alert", "NAS does not answer.")
    qtbot.addWidget(notice)
    assert notice.property("role") == "warn"

    notice.set(Tone.GOOD, "check", "NAS answers again.")

    assert notice.property("role") == "good"
    assert notice.accessibleName() == "NAS answers again."
