"""What the user should know: the newest of each kind, until it is dismissed or over."""

from __future__ import annotations

from app.services.events import AlertEnded, AlertRaised, EventBus


class Alerts:
    """Keeps alerts for front ends that come later than the event."""

    def __init__(self, bus: EventBus) -> None:
        self._alerts: dict[str, AlertRaised] = {}
        bus.subscribe(AlertRaised, self._keep)
        bus.subscribe(AlertEnded, self._end)

    def entries(self) -> tuple[AlertRaised, ...]:
        """Oldest first."""
        return tuple(self._alerts.values())

    def dismiss(self, kind: str) -> None:
        """The user has seen it."""
        self._alerts.pop(kind, None)

    def _keep(self, alert: AlertRaised) -> None:
        self._alerts.pop(alert.kind, None)
        self._alerts[alert.kind] = alert

    def _end(self, event: AlertEnded) -> None:
        self.dismiss(event.kind)
