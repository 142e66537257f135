"""Alerts wait for front ends that come later."""

from app.domain.reason import Text
from app.services.alerts import Alerts
from app.services.events import AlertEnded, AlertRaised, EventBus


def test_the_newest_of_each_kind_is_kept_until_it_is_dismissed() -> None:
    bus = EventBus()
    alerts = Alerts(bus)
    first, second, other = (
        AlertRaised(kind=kind, text=Text("pass", {"n": n}))
        for kind, n in (("a", 1), ("a", 2), ("b", 1))
    )
    for alert in (first, other, second):
        bus.publish(alert)
    assert alerts.entries() == (other, second)
    alerts.dismiss("a")
    alerts.dismiss("nothing")
    assert alerts.entries() == (other,)


def test_an_alert_goes_when_what_it_told_is_over() -> None:
    bus = EventBus()
    alerts = Alerts(bus)
    bus.publish(AlertRaised(kind="a", text=Text("pass")))
    bus.publish(AlertEnded("a"))
    bus.publish(AlertEnded("nothing"))
    assert not alerts.entries()
