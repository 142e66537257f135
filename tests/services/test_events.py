"""The event bus."""

import logging

import pytest

from app.services.events import EventBus, PauseChanged, RulesChanged


def test_listeners_get_their_class_of_event_until_they_end_it() -> None:
    bus = EventBus()
    told: list[PauseChanged] = []
    end = bus.subscribe(PauseChanged, told.append)
    bus.publish(RulesChanged())
    bus.publish(PauseChanged(paused=True))
    end()
    end()
    bus.publish(PauseChanged(paused=False))
    assert told == [PauseChanged(paused=True)]


@pytest.mark.logs_errors
def test_a_broken_listener_is_logged_and_skipped(caplog: pytest.LogCaptureFixture) -> None:
    bus = EventBus()
    told: list[RulesChanged] = []

    def broken(_event: RulesChanged) -> None:
        raise ValueError("broken")

    bus.subscribe(RulesChanged, broken)
    bus.subscribe(RulesChanged, told.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(RulesChanged())
    assert told == [RulesChanged()]
    assert "listener failed on RulesChanged" in caplog.text
