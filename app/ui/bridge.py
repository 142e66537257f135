"""Turns the core's events into Qt signals; widgets connect here and never see the bus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from app.services.events import (
    AlertEnded,
    AlertRaised,
    BansChanged,
    BreakerChanged,
    CommandFailed,
    DownloadersChanged,
    EnforcementChanged,
    Event,
    EventBus,
    ListChecked,
    ListsChanged,
    PauseChanged,
    PlacesChanged,
    RulesChanged,
    ScriptsChanged,
    SettingsChanged,
    SweepFailed,
    Swept,
)
from app.ui.widgets import Throttle

_PER_SECOND: Final = 4


class Bridge(QObject):
    """One signal per kind of event, each carrying the event itself.

    A sweep is one signal however many peers it changed. `refresh` makes repaints of them at a pace that is bearable.
    """

    swept = Signal(object)
    sweep_failed = Signal(object)
    bans_changed = Signal(object)
    enforcement_changed = Signal(object)
    downloaders_changed = Signal(object)
    rules_changed = Signal(object)
    settings_changed = Signal(object)
    pause_changed = Signal(object)
    alert_raised = Signal(object)
    alert_ended = Signal(object)
    breaker_changed = Signal(object)
    lists_changed = Signal(object)
    list_checked = Signal(object)
    scripts_changed = Signal(object)
    places_changed = Signal(object)
    command_failed = Signal(object)

    def __init__(self, bus: EventBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        signals: dict[type[Event], SignalInstance] = {
            Swept: self.swept,
            SweepFailed: self.sweep_failed,
            BansChanged: self.bans_changed,
            EnforcementChanged: self.enforcement_changed,
            DownloadersChanged: self.downloaders_changed,
            RulesChanged: self.rules_changed,
            SettingsChanged: self.settings_changed,
            PauseChanged: self.pause_changed,
            AlertRaised: self.alert_raised,
            AlertEnded: self.alert_ended,
            BreakerChanged: self.breaker_changed,
            ListsChanged: self.lists_changed,
            ListChecked: self.list_checked,
            ScriptsChanged: self.scripts_changed,
            PlacesChanged: self.places_changed,
            CommandFailed: self.command_failed,
        }
        self._ends = [bus.subscribe(kind, signal.emit) for kind, signal in signals.items()]

    def refresh(
        self,
        page: QWidget,
        work: Callable[[], Any],
        *signals: SignalInstance,
        per_second: float = _PER_SECOND,
    ) -> Throttle:
        """Call `work` after any of `signals`: seldom enough, and only while `page` is visible.

        What came while it was hidden makes one call when it is shown.
        """
        throttle = Throttle(page, work, per_second=per_second)
        for signal in signals:
            signal.connect(throttle.request)
        return throttle

    def close(self) -> None:
        """Hear no more of the core; may be repeated."""
        for end in self._ends:
            end()
        self._ends.clear()
