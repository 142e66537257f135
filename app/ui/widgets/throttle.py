"""Makes one refresh out of many events, and none while nobody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

_SECOND_MS: Final = 1000


class Throttle(QObject):
    """Calls `work` at most `per_second` times a second, and only while `page` is visible.

    What was asked for while the page was hidden is done once when it is shown.
    """

    def __init__(self, page: QWidget, work: Callable[[], object], *, per_second: float = 4) -> None:
        super().__init__(page)
        self._page = page
        self._work = work
        self._pause = round(_SECOND_MS / per_second)
        self._since = QElapsedTimer()
        self._wanted = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._run)
        page.installEventFilter(self)

    def request(self) -> None:
        """Ask for a refresh; may be called as often as one likes."""
        self._wanted = True
        if not self._page.isVisible() or self._timer.isActive():
            return
        gone = self._since.elapsed() if self._since.isValid() else self._pause
        # Never from inside the caller: ten events of one sweep make one refresh.
        self._timer.start(max(self._pause - gone, 0))

    def flush(self) -> None:
        """Do at once what is waiting, also while hidden."""
        if self._wanted:
            self._timer.stop()
            self._do()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched is self._page and self._wanted:
            self._timer.stop()
            self._timer.start(0)
        return super().eventFilter(watched, event)

    def _run(self) -> None:
        if self._wanted and self._page.isVisible():
            self._do()

    def _do(self) -> None:
        self._wanted = False
        self._since.restart()
        self._work()
