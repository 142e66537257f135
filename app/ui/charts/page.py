"""The Charts page: what is given, to whom, and how many are banned, while it happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QLabel
from typing_extensions import override

from app.locale import _, ngettext
from app.services.statistics import SAMPLE_MS
from app.ui.charts.series import SPANS, Point, Span, Trend, nearest, rate_unit, runs
from app.ui.charts.swatch import Swatch
from app.ui.desk import Desk
from app.ui.format import clock, count, rate
from app.ui.page import Page
from app.ui.widgets import QuickFilters, column, frame, label, row

if TYPE_CHECKING:  # it brings pyqtgraph along, which only an opened chart needs
    from app.ui.charts.plot import Chart

_SECOND: Final = 1000
_SHORTEST: Final = 10 * 60 * _SECOND
"""A chart of the first minutes still spans ten, so that a minute never looks like a day."""


class ChartsPage(Page):
    """Draws only while it is in sight."""

    key = "charts"
    icon = "chart-area"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Charts"))
        self._trend = Trend(SPANS[0])
        self._points: list[Point] = []
        self._bars: list[tuple[int, int]] = []
        self._upload: Chart | None = None
        self._bans: Chart | None = None
        self._span = QuickFilters([(span.key, _(span.name)) for span in SPANS])
        self._span.chosen.connect(lambda _key: self.follow())
        self._resolution = label("", "muted")
        self._good = Swatch(0, _("to peers that share"))
        self._banned = Swatch(1, _("to banned peers"))
        self._upload_unit = label("", "caption")
        self._bans_unit = label("", "caption")
        self._waiting = label("", "muted")
        self._upload_card, self._upload_place = _chart_card(
            _("Upload"), self._upload_unit, self._good, self._banned
        )
        self._in_force = label("", "caption")
        self._bans_card, self._bans_place = _chart_card(_("Bans"), self._bans_unit, self._in_force)
        head = row(self._span, None, self._waiting, self._resolution, gap=16)
        areas = column(head, self._upload_card, self._bans_card, gap=12, margins=(16, 14, 16, 14))
        areas.setStretch(1, 3)
        areas.setStretch(2, 2)
        self.setLayout(areas)
        self._timer = QTimer(self, interval=SAMPLE_MS)
        self._timer.timeout.connect(self.follow)
        desk.appearance.changed.connect(self._dress)

    @property
    def upload(self) -> Chart | None:
        """The chart of the upload, once it was opened."""
        return self._upload

    def follow(self) -> None:
        """Draw what was sampled up to now."""
        if self._upload is None or self._bans is None:
            return
        span = self._chosen()
        core = self.desk.core
        now = core.clock()
        if self._trend.span is not span:
            self._trend = Trend(span)
        self._trend.update(core.statistics, now)
        self._points, self._bars = self._trend.points, self._trend.bars
        self._say(span, now)
        self._draw_upload(self._upload, span)
        self._draw_bans(self._bans, span)
        oldest = self._points[0].at if self._points else now
        low = max(now - span.length, min(oldest, now - _SHORTEST))
        times = [point.at / _SECOND for point in self._points]
        self._upload.show_span(low / _SECOND, now / _SECOND, times)
        middles = [(start + span.bar / 2) / _SECOND for start, _number in self._bars]
        self._bans.show_span(low / _SECOND, now / _SECOND, middles)

    @override
    def on_shown(self) -> None:
        # After the page itself is on the screen: the first import takes a moment.
        QTimer.singleShot(0, self, self._open)
        self._timer.start()

    @override
    def on_hidden(self) -> None:
        self._timer.stop()

    @override
    def saved(self) -> dict[str, Any]:
        return {"span": self._span.current}

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        if any(span.key == state.get("span") for span in SPANS):
            self._span.choose(str(state["span"]))

    # What happens inside

    def _open(self) -> None:
        if self._upload is None:
            from app.ui.charts.plot import Chart  # noqa: PLC0415 - pyqtgraph, only when needed

            self._upload = Chart(self._say_upload)
            self._upload.setAccessibleName(_("Upload over time"))
            self._bans = Chart(self._say_bans)
            self._bans.setAccessibleName(_("Bans over time"))
            self._upload_place.layout().addWidget(self._upload)  # type: ignore[union-attr]
            self._bans_place.layout().addWidget(self._bans)  # type: ignore[union-attr]
        self.follow()

    def _dress(self) -> None:
        for chart in (self._upload, self._bans):
            if chart is not None:
                chart.dress()

    def _chosen(self) -> Span:
        return next(span for span in SPANS if span.key == self._span.current)

    def _say(self, span: Span, now: int) -> None:
        self._resolution.setText(
            _("{resolution}, sum of all downloaders").format(resolution=_(span.step_words))
        )
        started = self.desk.core.statistics.started
        short = now - started < span.length
        words = _("Collecting since {time}").format(time=clock(started))
        self._waiting.setText(words if short else "")
        in_force = self._points[-1].bans if self._points else 0
        words = ngettext("{count} ban in force", "{count} bans in force", in_force)
        self._in_force.setText(words.format(count=count(in_force)))

    def _draw_upload(self, chart: Chart, span: Span) -> None:
        highest = max((max(point.good, point.banned) for point in self._points), default=0.0)
        unit, size = rate_unit(highest)
        self._upload_unit.setText(unit)
        parts = runs(self._points, span.step)
        areas = [
            [([p.at / _SECOND for p in part], [p.good / size for p in part]) for part in parts],
            [([p.at / _SECOND for p in part], [p.banned / size for p in part]) for part in parts],
        ]
        chart.show_areas(areas, highest / size or 1.0)

    def _draw_bans(self, chart: Chart, span: Span) -> None:
        self._bans_unit.setText(_(span.bar_words))
        highest = max((number for _start, number in self._bars), default=0)
        chart.show_bars(
            [start / _SECOND for start, _number in self._bars],
            [float(number) for _start, number in self._bars],
            span.bar / _SECOND,
            float(max(highest, 1)),
        )

    def _say_upload(self, at: float | None) -> str:
        place = -1 if at is None else nearest(self._points, at * _SECOND)
        if place < 0:
            return ""
        point = self._points[place]
        return _("{time}   to peers that share {good}   to banned peers {banned}").format(
            time=clock(point.at), good=rate(point.good), banned=rate(point.banned)
        )

    def _say_bans(self, at: float | None) -> str:
        if at is None:
            return ""
        middle = at * _SECOND - self._chosen().bar / 2
        start, number = min(self._bars, key=lambda bar: abs(bar[0] - middle), default=(0, 0))
        words = ngettext("{time}   {count} ban", "{time}   {count} bans", number)
        return words.format(time=clock(start), count=count(number)) if number else ""


def _chart_card(title: str, unit: QLabel, *beside: Swatch | QLabel) -> tuple[QFrame, QFrame]:
    """A card with a place for a chart, which is made when it is first seen."""
    place = frame("", column())
    head = row(label(title, "section"), 12, *beside, None, gap=12)
    made = frame("card", column(head, row(12, unit, None), place, gap=4, margins=(16, 12, 16, 8)))
    whole = made.layout()
    if whole is not None:
        whole.setStretch(2, 1)  # type: ignore[attr-defined] # a column, which the stubs do not know
    return made, place
