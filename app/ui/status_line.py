"""What the line at the foot of the window says: downloaders, rates, the last sweep, and what the program costs."""

from __future__ import annotations

from typing import Final

import psutil
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from typing_extensions import override

from app.locale import _, ngettext
from app.services.downloader_state import DownloaderState, Status
from app.ui.desk import Desk
from app.ui.format import NOTHING, ago, rate, seconds, size
from app.ui.widgets import StatusBar, StatusPart

_COST_EVERY_MS: Final = 2_000


class StatusLine(StatusBar):
    """Each part leads to its page."""

    def __init__(self, desk: Desk, api_url: str | None) -> None:
        """`api_url` is where the REST server listens, None when it does not."""
        self._desk = desk
        self._answering = StatusPart("circle-check")
        self._up = StatusPart("arrow-up")
        self._down = StatusPart("arrow-down")
        self._sweep = StatusPart("radar")
        self._cpu = StatusPart(quiet=True)
        self._memory = StatusPart(quiet=True)
        self._api = StatusPart(words=_api_words(api_url), quiet=True)
        super().__init__(
            (self._answering, self._up, self._down, self._sweep),
            (self._cpu, self._memory, self._api),
        )
        targets = {
            self._answering: "downloaders",
            self._up: "charts",
            self._down: "charts",
            self._sweep: "downloaders",
            self._cpu: "log",
            self._memory: "log",
            self._api: "settings",
        }
        for part, page in targets.items():
            part.clicked.connect(lambda _checked=False, page=page: desk.navigate(page, ""))
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only starts the count
        self._timer = QTimer(self, interval=_COST_EVERY_MS)
        self._timer.timeout.connect(self._show_cost)
        bridge = desk.bridge
        bridge.refresh(
            self,
            self.follow,
            bridge.swept,
            bridge.sweep_failed,
            bridge.downloaders_changed,
            bridge.pause_changed,
            per_second=2,
        )
        self.follow()
        self._show_cost()

    def follow(self) -> None:
        """Show how things are now."""
        core = self._desk.core
        states = core.downloaders.states()
        self._show_answering(states)
        self._up.set(rate(sum(state.upload_rate for state in states)))
        self._up.setToolTip(_("Upload of all downloaders"))
        self._down.set(rate(sum(state.download_rate for state in states)))
        self._down.setToolTip(_("Download of all downloaders"))
        swept = [state for state in states if state.swept_at is not None]
        last = max(swept, key=lambda state: state.swept_at or 0, default=None)
        took = NOTHING if last is None or last.timings is None else _took(last.timings.total)
        self._sweep.set(_("Sweep {seconds}").format(seconds=took))
        if last is not None:
            self._sweep.setToolTip(
                _("Last sweep: {name}, {ago}").format(
                    name=last.settings.name, ago=ago(last.swept_at, core.clock())
                )
            )

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _show_answering(self, states: tuple[DownloaderState, ...]) -> None:
        watched = [state for state in states if state.status is not Status.PAUSED]
        if self._desk.core.downloaders.paused or (states and not watched):
            self._answering.set(_("Paused"), icon="pause", color="warn")
            return
        if not states:
            self._answering.set(_("No downloader yet"), icon="plug", color="muted")
            return
        well = sum(state.status is Status.HEALTHY for state in watched)
        troubled = any(s.status in (Status.ERROR, Status.NEED_TAKE_ACTION) for s in watched)
        words = ngettext(
            "{well} of {count} downloader answers",
            "{well} of {count} downloaders answer",
            len(watched),
        ).format(well=well, count=len(watched))
        if troubled:
            self._answering.set(words, icon="triangle-alert", color="warn")
        else:
            self._answering.set(words, icon="circle-check", color="muted")

    def _show_cost(self) -> None:
        with self._process.oneshot():
            cpu = self._process.cpu_percent() / (psutil.cpu_count() or 1)
            memory = self._process.memory_info().rss
        self._cpu.set(_("CPU {share} %").format(share=f"{cpu:.1f}"))
        self._cpu.setToolTip(_("Share of the whole computer that PeerWarden uses"))
        self._memory.set(_("RAM {size}").format(size=size(memory)))


def _took(total: float) -> str:
    return seconds(total * 1000)


def _api_words(url: str | None) -> str:
    if url is None:
        return _("API is off")
    return _("API on port {port}").format(port=url.rstrip("/").rpartition(":")[2])
