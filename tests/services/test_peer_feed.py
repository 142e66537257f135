"""What sweeps saw reaches the records in order, and nobody's trouble stops it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from app.services.errors import StorageError
from app.services.events import (
    DownloadersChanged,
    EventBus,
    JudgedPeer,
    PeerKey,
    SettingsChanged,
)
from app.services.peer_feed import PeerFeed, begun, is_due
from tests.domain import examples
from tests.services.fakes import HandClock
from tests.services.record_examples import judged, swept


@dataclass(eq=False)
class Listener:
    """A recorder that notes what it hears."""

    on: bool = True
    fails: bool = False
    heard: list[object] = field(default_factory=list)
    known: list[PeerKey] = field(default_factory=list)
    attended: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.goes_on.set()

    def saw(self, at: int, judged: JudgedPeer) -> None:
        self.heard.append((at, judged.key))
        self.known.append(judged.key)

    def lost(self, key: PeerKey) -> None:
        self.heard.append(key)

    def swept(self, downloader: str, at: int) -> None:
        self.heard.append((downloader, at))

    def live(self, downloader: str) -> Collection[PeerKey]:
        return [key for key in self.known if key.downloader == downloader]

    async def attend(self, now: int) -> None:
        del now
        self.attended.set()
        await self.goes_on.wait()
        if self.fails:
            raise StorageError("disk full")

        self.heard.append("attended")

    async def flush(self) -> None:
        if self.fails:
            raise StorageError("disk full")
        self.heard.append("flushed")


PEER = judged(examples.peer())
OTHER = judged(examples.peer("203.0.113.10"))


async def test_a_sweep_is_told_in_order() -> None:
    bus, listener, deaf = EventBus(), Listener(), Listener(on=False)
    feed = PeerFeed((deaf, listener), bus, HandClock())
    bus.publish(swept(1, PEER))
    bus.publish(swept(2, OTHER, gone=[PEER.key]))
    bus.publish(DownloadersChanged())
    bus.publish(DownloadersChanged(gone=("one",)))
    await feed.attend()

    assert [each for each in listener.heard if each != "attended"] == [
        ("one", 1),
        (1, PEER.key),
        PEER.key,
        ("one", 2),
        (2, OTHER.key),
        PEER.key,
        OTHER.key,
    ]
    assert deaf.heard == ["attended"]


async def test_many_peers_leave_the_loop_free() -> None:
    bus, listener = EventBus(), Listener()
    feed = PeerFeed((listener,), bus, HandClock())
    bus.publish(swept(1, *(judged(examples.peer(port=port)) for port in range(1, 20_000))))
    turns = 0
    async with asyncio.TaskGroup() as group:
        work = group.create_task(feed.attend())
        while not work.done():
            turns += 1
            await asyncio.sleep(0)

    assert len(listener.heard) == 20_001
    assert turns > 3


async def test_one_that_cannot_write_is_logged_once_and_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus, broken, sound = EventBus(), Listener(fails=True), Listener()
    feed = PeerFeed((broken, sound), bus, HandClock())
    for _ in range(3):
        await feed.attend()
    assert sound.attended.is_set()
    assert len(caplog.records) == 1
    await feed.close()
    assert sound.heard[-1] == "flushed"


async def test_it_works_when_something_happens() -> None:
    bus, listener = EventBus(), Listener()
    feed = PeerFeed((listener,), bus, HandClock())
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(feed.run())
        for event in (swept(1, PEER), SettingsChanged()):
            await listener.attended.wait()
            listener.attended.clear()
            bus.publish(event)
        await listener.attended.wait()
        task.cancel()

    assert [each for each in listener.heard if each != "attended"] == [("one", 1), (1, PEER.key)]


async def test_a_write_that_is_under_way_at_the_end_is_waited_for() -> None:
    listener = Listener()
    listener.goes_on.clear()
    feed = PeerFeed((listener,), EventBus(), HandClock())
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(feed.run())
        await listener.attended.wait()
        task.cancel()
        closing = group.create_task(feed.close())
        await asyncio.sleep(0)
        assert listener.heard == []
        listener.goes_on.set()
        await closing

    assert listener.heard == ["attended", "flushed"]


def test_a_clock_that_was_set_back_makes_everything_due() -> None:
    assert is_due(100, 160, 60)
    assert not is_due(100, 159, 60)
    assert is_due(100, 99, 60)


def test_the_first_interval_is_short() -> None:
    assert begun(1_000_000, 3_600_000) + 3_600_000 == 1_000_000 + 180_000
    assert begun(1_000_000, 60_000) == 1_000_000
