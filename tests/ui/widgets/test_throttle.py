"""Many events, few refreshes."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets import Throttle


def test_many_requests_make_one_refresh(qtbot: QtBot) -> None:
    page, done = QWidget(), list[int]()
    qtbot.addWidget(page)
    page.show()
    throttle = Throttle(page, lambda: done.append(1), per_second=50)

    for _ in range(100):
        throttle.request()
    assert done == []
    qtbot.waitUntil(lambda: done == [1])

    throttle.request()
    throttle.request()
    qtbot.waitUntil(lambda: done == [1, 1])


def test_a_hidden_page_is_refreshed_when_it_is_shown(qtbot: QtBot) -> None:
    page, done = QWidget(), list[int]()
    qtbot.addWidget(page)
    throttle = Throttle(page, lambda: done.append(1), per_second=1000)
    throttle.request()
    throttle.request()
    assert done == []

    page.show()

    qtbot.waitUntil(lambda: done == [1])


def test_nothing_happens_when_nothing_was_asked_for(qtbot: QtBot) -> None:
    page, done = QWidget(), list[int]()
    qtbot.addWidget(page)
    throttle = Throttle(page, lambda: done.append(1))
    page.show()
    throttle.flush()
    assert done == []

    throttle.request()
    throttle.flush()

    assert done == [1]
