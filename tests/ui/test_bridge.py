"""Events become signals, and many of them one refresh."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services.events import EventBus, PauseChanged, RulesChanged
from app.ui.bridge import Bridge
from tests.ui.fakes import until


def test_an_event_arrives_as_it_is(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = Bridge(bus)
    heard: list[object] = []
    bridge.pause_changed.connect(heard.append)
    bus.publish(PauseChanged(paused=True))
    assert heard == [PauseChanged(paused=True)]

    bridge.close()
    bus.publish(PauseChanged(paused=False))
    assert len(heard) == 1


async def test_many_events_make_one_refresh_and_none_while_hidden(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = Bridge(bus)
    page = QWidget()
    qtbot.addWidget(page)
    done: list[int] = []
    bridge.refresh(page, lambda: done.append(1), bridge.rules_changed, per_second=100)
    for _event in range(20):
        bus.publish(RulesChanged())
    assert done == []

    page.show()
    await until(lambda: done)
    assert done == [1]
    for _event in range(20):
        bus.publish(RulesChanged())
    await until(lambda: len(done) == 2)
