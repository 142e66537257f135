"""A chart shows values at its cursor, by pointer and by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.charts.plot import Chart
from app.ui.theme import Appearance, Scheme
from app.ui.widgets import column

TIMES = [1_763_700_000.0 + 5 * step for step in range(100)]
AMOUNTS = [float(step % 10) for step in range(100)]


def say(at: float | None) -> str:
    return "" if at is None else f"at {at - TIMES[0]:g}"


def in_a_window(qtbot: QtBot) -> tuple[Chart, QWidget]:
    """As on its page: pyqtgraph does not survive being closed as a window of its own. Keep both."""
    made, window = Chart(say), QWidget()
    qtbot.addWidget(window)
    window.setLayout(column(made))
    window.resize(700, 240)
    window.show()
    return made, window


@pytest.fixture
def chart(qtbot: QtBot) -> Iterator[Chart]:
    made, window = in_a_window(qtbot)
    made.show_areas(
        [[(TIMES, AMOUNTS)], [(TIMES[:40], AMOUNTS[:40]), (TIMES[60:], AMOUNTS[60:])]], 9
    )
    made.show_span(TIMES[0], TIMES[-1], TIMES)
    yield made
    window.hide()


def picture(chart: Chart) -> QImage:
    grabbed: QPixmap = chart.grab()
    return grabbed.toImage()


def test_the_arrow_keys_move_the_cursor_from_the_newest_value(chart: Chart, qtbot: QtBot) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.words == "at 495"
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.words == "at 490"
    assert chart.accessibleDescription() == "at 490"
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.words == ""


def test_the_cursor_stays_at_its_time_when_new_values_come(chart: Chart) -> None:
    chart.move_cursor(TIMES[50])
    chart.show_span(TIMES[10], TIMES[-1], TIMES)

    assert chart.words == "at 250"


def test_it_follows_the_theme(chart: Chart, appearance: Appearance) -> None:
    chart.show_bars([TIMES[3]], [4.0], 20.0, 9.0)
    light = picture(chart)
    appearance.choose(Scheme.DARK)
    chart.dress()

    assert picture(chart) != light
    assert picture(chart).pixelColor(2, 2).lightness() < 60


def test_fewer_runs_leave_nothing_behind(chart: Chart) -> None:
    assert len(chart.getPlotItem().listDataItems()) == 3
    chart.show_areas([[], []], 1.0)

    assert chart.getPlotItem().listDataItems() == []
