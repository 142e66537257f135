"""The progress rule's memory across restarts and unbans."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pytest
from msgspec import structs

from app.domain.address import Endpoint, PeerAddress, Prefix, parse_ip
from app.domain.ban import Ban
from app.domain.peer import Peer
from app.domain.progress_memory import Key, ProgressMemory, Wanted
from app.domain.progress_record import ProgressRecord
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.sighting import Batch, Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode
from app.services.events import BansChanged, EventBus
from app.services.progress_records import ProgressRecords
from app.settings.modules import ProgressCheatBlocker
from tests.domain import examples
from tests.services.fakes import NOW, HandClock
from tests.services.progress_fakes import MemoryProgress

DAY = 24 * 3_600_000
SIZE = 1_000_000_000
TORRENT = Torrent(id="t", hash="aa" * 20, name="t", size=SIZE, completed_size=SIZE, progress=1.0)


@dataclass
class House:
    """One run of the program over a store that outlives it."""

    store: MemoryProgress = field(default_factory=MemoryProgress)
    clock: HandClock = field(default_factory=HandClock)
    settings: ProgressCheatBlocker = field(default_factory=ProgressCheatBlocker)

    def __post_init__(self) -> None:
        self.bus = EventBus()
        self.memory = ProgressMemory()
        self.rule = ProgressCheat(memory=self.memory)
        self.records = ProgressRecords(self.memory, self.store, self.bus, self.clock, self.settings)

    async def judge(self, uploaded: int, progress: float = 0.0, ip: str = "203.0.113.9") -> Action:
        seen = self.sighting(uploaded, progress, ip)
        await self.records.prepare([Batch([seen])])
        return self.rule.judge(seen).action

    def sighting(self, uploaded: int, progress: float = 0.0, ip: str = "203.0.113.9") -> Sighting:
        end = Endpoint(parse_ip(ip), 6881)
        peer = Peer(
            address=PeerAddress(raw=end, effective=end),
            uploaded=uploaded,
            progress=progress,
            upload_rate=1,
        )
        return Sighting(at=self.clock.now, downloader="one", torrent=TORRENT, peer=peer)

    def unban(self, prefix: str, *, until: int) -> None:
        self.bus.publish(BansChanged(removed=(ban(prefix, until=until),)))


def ban(prefix: str, *, until: int) -> Ban:
    return examples.ban(prefix, since=NOW - 1_000, until=until)


async def test_what_a_peer_got_before_a_restart_counts_after_it() -> None:
    first = House()
    assert await first.judge(90_000_000) is Action.NO_ACTION
    await first.records.close()

    second = House(first.store)
    second.clock.now += 60_000
    assert await second.judge(20_000_000) is Action.BAN_FOR_DISCONNECT


async def test_records_are_asked_for_once() -> None:
    house = House()
    peers = [house.sighting(1, ip=f"203.0.113.{n}") for n in range(200)]
    greeting = structs.replace(peers[0], peer=structs.replace(peers[0].peer, handshaking=True))
    await house.records.prepare([Batch(peers[:150]), Batch([*peers[150:], greeting])])
    for peer in peers:
        house.rule.judge(peer)
    await house.records.prepare([Batch(peers)])
    assert [len(keys) for keys in house.store.loads] == [200]


async def test_nothing_is_read_or_written_when_that_is_off() -> None:
    house = House(settings=ProgressCheatBlocker(enable_persist=False))
    await house.judge(50_000_000)
    house.unban("203.0.113.9", until=NOW + DAY)
    await house.records.clean_up()
    await house.records.close()
    assert house.store == MemoryProgress()


async def test_a_rule_that_is_off_asks_for_nothing() -> None:
    house = House(settings=ProgressCheatBlocker(mode=Mode.OFF))
    await house.records.prepare([Batch([house.sighting(1)])])
    assert house.store.loads == []


async def test_records_are_loaded_as_each_settings_of_the_rule_cut_them() -> None:
    house = House(settings=ProgressCheatBlocker(mode=Mode.OFF))
    house.records.use(
        house.settings, ProgressCheatBlocker(), ProgressCheatBlocker(ipv4_prefix_length=24)
    )
    await house.records.prepare([Batch([house.sighting(1)])])
    ((first, second),) = house.store.loads
    assert (first[0][3], second[0][3]) == (32, 24)


async def test_an_unban_resets_memory_and_database() -> None:
    house = House()
    await house.judge(90_000_000)
    await house.judge(90_000_000, ip="203.0.113.10")
    await house.records.flush()
    house.unban("203.0.113.9", until=NOW + DAY)
    assert await house.judge(20_000_000) is Action.NO_ACTION
    await house.records.flush()
    assert {record.total for record in house.store.rows.values()} == {20_000_000, 90_000_000}
    assert await house.judge(110_000_000, ip="203.0.113.10") is Action.BAN_FOR_DISCONNECT


async def test_a_ban_that_ran_out_leaves_the_memory_as_it_is() -> None:
    house = House()
    await house.judge(90_000_000)
    house.unban("203.0.113.9", until=NOW)
    assert await house.judge(110_000_000) is Action.BAN_FOR_DISCONNECT


async def test_unbanning_everybody_resets_everybody() -> None:
    house = House()
    for n in range(100):
        await house.judge(90_000_000, ip=f"203.0.113.{n}")
    await house.records.flush()
    house.bus.publish(
        BansChanged(removed=tuple(ban(f"203.0.113.{n}", until=NOW + DAY) for n in range(100)))
    )
    await house.records.flush()
    assert len(house.memory) == 0
    assert house.store.rows == {}


async def test_a_database_that_refuses_is_complained_about_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House(MemoryProgress(fails=True))
    with caplog.at_level(logging.WARNING):
        assert await house.judge(90_000_000) is Action.NO_ACTION
        await house.records.flush()
        await house.records.clean_up()
    assert len(caplog.messages) == 1
    house.store.fails = False
    await house.records.flush()
    assert len(house.store.rows) == 1


async def test_a_database_that_takes_its_time_is_not_waited_for(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(MemoryProgress):
        async def load(self, wanted: Wanted, *, since: int) -> Sequence[tuple[Key, ProgressRecord]]:
            await asyncio.Event().wait()
            return await super().load(wanted, since=since)

    monkeypatch.setattr("app.services.progress_records._PATIENCE", 0.01)
    house = House(Slow())
    assert await house.judge(90_000_000) is Action.NO_ACTION
    assert "not loaded in time" in caplog.text


async def test_what_was_not_seen_for_too_long_is_forgotten_every_eight_hours() -> None:
    house = House()
    await house.judge(90_000_000)
    await house.records.flush()
    await house.records.clean_up()
    house.clock.now += 15 * DAY
    await house.records.clean_up()
    assert house.store.rows == {}
    assert len(house.memory) == 0
    await house.judge(1, ip="203.0.113.10")
    await house.records.flush()
    house.clock.now += 3_600_000
    house.store.rows = {
        key: structs.replace(row, last_seen=0) for key, row in house.store.rows.items()
    }
    await house.records.clean_up()
    assert len(house.store.rows) == 1


async def test_running_forgets_at_once_who_was_unbanned() -> None:
    forgotten = asyncio.Event()

    class Telling(MemoryProgress):
        async def forget(self, prefixes: Collection[Prefix]) -> None:
            await super().forget(prefixes)
            forgotten.set()

    house = House(Telling())
    await house.judge(90_000_000)
    await house.records.flush()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(house.records.run())
        await asyncio.sleep(0)
        house.unban("203.0.113.9", until=NOW + DAY)
        async with asyncio.timeout(5):
            await forgotten.wait()
        running.cancel()
    assert house.store.rows == {}
