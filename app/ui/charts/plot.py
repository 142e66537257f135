"""One chart: areas or bars over time, with a cursor. Imported when the first chart is opened: pyqtgraph is large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy
from typing_extensions import override

from app.ui.charts.axes import amount_ticks, time_ticks
from app.ui.format import clock
from app.ui.theme import color, font, metrics, theme

_AREA_ALPHA: Final = 45
_TICK_EVERY: Final = 110
"""Pixels."""
_LEVEL_EVERY: Final = 36
_HALF_NUMBER: Final = 8
_ROOM: Final = 1.12
"""Above the highest value."""


class Chart(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Time runs along x in epoch seconds, amounts from 0 up y; the pointer or ←/→ move the cursor."""

    def __init__(self, say: Callable[[float | None], str]) -> None:
        """`say` gives the words at the cursor for a time in epoch seconds, and remembers it; None for no cursor."""
        self._times, self._amounts = _TimeAxis("bottom"), _AmountAxis("left")
        super().__init__(axisItems={"bottom": self._times, "left": self._amounts})
        self._say = say
        self._top = 1.0
        self._steps: Sequence[float] = ()
        self._at: float | None = None
        self._curves: list[tuple[Any, int]] = []
        self._bars: Any = None
        plot = self.getPlotItem()
        for axis in (self._times, self._amounts):
            axis.setZValue(-100)  # the plot raises its axes: the grid would lie over the data
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setContentsMargins(0, 4, 10, 0)
        view = plot.getViewBox()
        view.setMouseEnabled(x=False, y=False)
        view.setDefaultPadding(0)
        self._cursor = pg.InfiniteLine(angle=90)
        self._words = pg.TextItem(anchor=(0, 0))
        for item in (self._cursor, self._words):
            item.setZValue(20)
            item.hide()
            plot.addItem(item, ignoreBounds=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.scene().sigMouseMoved.connect(self._point_at)
        self.dress()

    @property
    def words(self) -> str:
        """What stands at the cursor, empty without one."""
        return str(self._words.toPlainText()) if self._words.isVisible() else ""

    def show_areas(
        self, areas: Sequence[Sequence[tuple[Sequence[float], Sequence[float]]]], top: float
    ) -> None:
        """Draw one area for each of `areas`: runs of times and amounts; `top` is the highest amount."""
        plot = self.getPlotItem()
        wanted = [(run, series) for series, runs in enumerate(areas) for run in runs]
        while len(self._curves) > len(wanted):
            plot.removeItem(self._curves.pop()[0])
        while len(self._curves) < len(wanted):
            curve = pg.PlotDataItem(fillLevel=0, antialias=True)
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
            plot.addItem(curve)
            self._curves.append((curve, -1))
        for place, ((times, amounts), series) in enumerate(wanted):
            curve, before = self._curves[place]
            curve.setData(times, amounts)
            if before != series:
                self._curves[place] = curve, series
                self._dress_curve(curve, series)
        self._set_top(top)

    def show_bars(
        self, starts: Sequence[float], heights: Sequence[float], width: float, top: float
    ) -> None:
        """Draw bars of `width` seconds that begin at `starts`."""
        plot = self.getPlotItem()
        if self._bars is not None:
            plot.removeItem(self._bars)
        middles = [start + width / 2 for start in starts]
        self._bars = pg.BarGraphItem(x=middles, height=heights, width=width * 0.7)
        self._bars.setOpts(brush=QColor(theme().series[1]), pen=None)
        plot.addItem(self._bars)
        self._set_top(top)

    def show_span(self, low: float, high: float, steps: Sequence[float]) -> None:
        """Show the time from `low` to `high`; the cursor stops at `steps`."""
        self._steps = steps
        self.getPlotItem().setXRange(low, high, padding=0)
        if self._at is not None:
            self.move_cursor(self._at)

    def move_cursor(self, at: float | None) -> None:
        """Put the cursor at a time, or take it away."""
        words = self._say(at)
        self._at = at if words else None
        for item in (self._cursor, self._words):
            item.setVisible(bool(words))
        if at is None or not words:
            return
        self._cursor.setValue(at)
        self._words.setText(words)
        self.setAccessibleDescription(words)
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        # On the other side of the line when there is no room at the right.
        self._words.setAnchor((0, 0) if at < (low + high) / 2 else (1, 0))
        self._words.setPos(QPointF(at, self._top))

    def dress(self) -> None:
        """Take the colours of the theme in force."""
        self.setBackground(color("surface"))
        for axis in (self._times, self._amounts):
            axis.dress()
        self._amounts.setWidth(metrics("caption", tabular=True).horizontalAdvance("0,000.0") + 8)
        for curve, series in self._curves:
            self._dress_curve(curve, series)
        if self._bars is not None:
            self._bars.setOpts(brush=QColor(theme().series[1]), pen=None)
        self._cursor.setPen(pg.mkPen(color("line_strong"), width=1))
        self._words.setColor(color("text"))
        self._words.border = pg.mkPen(color("line_strong"), width=1)
        self._words.fill = pg.mkBrush(color("raised"))
        self._words.setFont(font("caption", tabular=True))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self.move_cursor(None)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._at is not None:
            self.move_cursor(None)
        elif steps is not None and self._steps:
            self._step(steps)
        else:
            event.ignore()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.move_cursor(None)
        self.viewport().update()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(color("accent"), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def _step(self, steps: int) -> None:
        times = self._steps
        if self._at is None:
            self.move_cursor(times[-1])
            return
        at = self._at
        place = min(range(len(times)), key=lambda i: abs(times[i] - at)) + steps
        self.move_cursor(times[min(max(place, 0), len(times) - 1)])

    def _point_at(self, place: QPointF) -> None:
        view = self.getPlotItem().getViewBox()
        inside: QRectF = view.sceneBoundingRect()
        if inside.contains(place) and self._steps:
            wanted = view.mapSceneToView(place).x()
            self.move_cursor(min(self._steps, key=lambda at: abs(at - wanted)))
        elif not self.hasFocus():
            self.move_cursor(None)

    def _dress_curve(self, curve: Any, series: int) -> None:  # noqa: ANN401 - no types
        ink = QColor(theme().series[series])
        ground = QColor(ink)
        ground.setAlpha(_AREA_ALPHA)
        curve.setPen(pg.mkPen(ink, width=1))
        curve.setFillBrush(pg.mkBrush(ground))

    def _set_top(self, top: float) -> None:
        self._top = max(top, 1e-9) * _ROOM
        self.getPlotItem().setYRange(0, self._top, padding=0)


class _Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Hairlines and captions only."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, maxTickLevel=0, autoExpandTextSpace=False)

    def dress(self) -> None:
        grid = color("line")
        self.setPen(pg.mkPen(grid, width=1))
        self.setTickPen(pg.mkPen(grid, width=1))
        self.setTextPen(pg.mkPen(color("faint")))
        self.setTickFont(font("caption", tabular=True))


class _TimeAxis(_Axis):
    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802 - pyqtgraph's name
        return [(1.0, time_ticks(low, high, max(1, int(size / _TICK_EVERY))))]

    def tickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:  # noqa: N802
        return [clock(at * 1000) for at in values]


class _AmountAxis(_Axis):
    def __init__(self, side: str) -> None:
        super().__init__(side)
        # Without transparency: a grid line is a hairline like any other.
        self.setGrid(255)

    def tickValues(self, _low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        # At the very top there is no room for the number.
        seen = high * (1 - _HALF_NUMBER / max(size, _LEVEL_EVERY))
        return [(1.0, amount_ticks(seen, max(1, int(size / _LEVEL_EVERY))))]

    def tickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:  # noqa: N802
        return [f"{value:,.6g}" for value in values]
