"""Bytes that peers took after they were banned."""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.address import parse_prefix
from app.domain.ban import Ban, DownloaderRef
from app.domain.decision import merge
from app.services.ban_list import BanList
from app.services.events import DownloadersChanged, EventBus, JudgedPeer, PeerKey
from app.services.leakage import Leak, Leakage
from tests.domain.examples import UBUNTU, ban, peer
from tests.services.fakes import HandClock, MemoryLeaks, MemoryStore, house
from tests.services.test_sweep import HP, swept

QB = DownloaderRef(id="qb", name="qb", kind="qBittorrent")


@dataclass
class Bench:
    leaks: MemoryLeaks = field(default_factory=MemoryLeaks)
    bus: EventBus = field(default_factory=EventBus)
    clock: HandClock = field(default_factory=lambda: HandClock(0))

    def __post_init__(self) -> None:
        self.bans = BanList(MemoryStore(), self.bus, self.clock)
        self.leakage = Leakage(self.leaks, self.bus, self.clock)

    async def look(
        self, entry: Ban, *counters: int, port: int = 6881, estimated: bool = False
    ) -> int:
        """One look for each counter of a peer of `entry`; returns what leaked by then."""
        for uploaded in counters:
            shown = replace(peer(IP, port, uploaded=uploaded), estimated=estimated)
            key = PeerKey("qb", UBUNTU.id, shown.address.raw)
            await self.leakage.see("qb", [JudgedPeer(key, UBUNTU, shown, merge((), 0), 0, entry)])
        return self.leakage.of(entry).bytes


IP = "1.2.3.4"
BAN = ban(IP)


async def test_what_grows_after_the_first_look_has_leaked() -> None:
    assert await Bench().look(BAN, 5_000, 5_000, 5_300, 5_400) == 400


async def test_of_the_peer_that_was_banned_the_ban_says_what_it_had() -> None:
    made = replace(BAN, downloader=QB, torrent=UBUNTU, peer=peer(IP, uploaded=4_000))
    assert await Bench().look(made, 5_000) == 1_000
    other = Bench()
    assert await other.look(made, 5_000, port=9) == 0


async def test_a_ban_of_an_earlier_run_says_it_of_another_connection() -> None:
    it = Bench(clock=HandClock(50_000))
    made = replace(BAN, downloader=QB, torrent=UBUNTU, peer=peer(IP, uploaded=4_000))
    assert await it.look(made, 5_000) == 0


async def test_a_counter_that_falls_belongs_to_a_new_connection() -> None:
    assert await Bench().look(BAN, 5_000, 200, 300) == 300


async def test_who_leaves_and_returns_goes_on_where_it_was() -> None:
    it = Bench()
    await it.look(BAN, 5_000)
    await it.leakage.see("qb", [])
    assert await it.look(BAN, 5_100, port=7) == 100
    await it.leakage.see("qb", [])
    assert await it.look(BAN, 30, port=8) == 130


async def test_unknown_counters_say_nothing_and_estimates_say_that_they_are() -> None:
    it = Bench()
    assert await it.look(BAN, -1, 100, -1, 150) == 50
    assert not it.leakage.of(BAN).estimated
    assert await it.look(BAN, 150, 160, estimated=True) == 60
    assert it.leakage.of(BAN).estimated


async def test_it_is_written_when_asked_and_when_the_ban_ends() -> None:
    it = Bench()
    await it.bans.add([BAN])
    await it.look(BAN, 0, 70)
    await it.leakage.flush()
    await it.leakage.flush()
    assert (it.leaks.rows, it.leaks.saves) == ({(BAN.prefix, BAN.since): 70}, 1)
    await it.look(BAN, 100)
    task = asyncio.get_running_loop().create_task(it.leakage.run())
    await it.bans.remove([BAN.prefix])
    for _ in range(5):
        await asyncio.sleep(0)
    assert it.leaks.rows == {(BAN.prefix, BAN.since): 100}
    assert it.leakage.of(BAN).bytes == 0
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_another_ban_of_the_same_address_begins_anew() -> None:
    it = Bench()
    await it.look(BAN, 0, 70)
    later = ban(IP, since=2_000)
    assert await it.look(later, 100, 110) == 10
    await it.leakage.flush()
    assert it.leaks.rows == {(BAN.prefix, 1_000): 70, (BAN.prefix, 2_000): 10}


async def test_what_leaked_is_written_also_when_very_many_are_lifted_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.services.leakage._MANY", 1)
    it = Bench(MemoryLeaks({(parse_prefix("5.6.7.8"), 3_000): 9}))
    await it.leakage.load()
    others = [ban("9.9.9.9", since=2_000), ban("5.6.7.8", since=3_000)]
    await it.bans.add([BAN, *others])
    await it.look(BAN, 0, 70)
    await it.bans.remove([BAN.prefix, *(other.prefix for other in others)])
    await it.leakage.flush()
    assert it.leaks.rows[BAN.prefix, BAN.since] == 70
    assert [it.leakage.of(each).bytes for each in (BAN, *others)] == [0, 0, 0]


async def test_a_later_run_goes_on_with_what_was_kept() -> None:
    it = Bench(MemoryLeaks({(BAN.prefix, BAN.since): 400}))
    await it.leakage.load()
    assert it.leakage.of(BAN) == Leak(prefix=BAN.prefix, since=BAN.since, bytes=400)
    assert await it.look(BAN, 10, 15) == 405


async def test_a_full_disk_is_told_once_and_nothing_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    it = Bench(MemoryLeaks(fails=True))
    await it.bans.add([BAN])
    await it.look(BAN, 0, 70)
    await it.leakage.flush()
    await it.bans.remove([BAN.prefix])
    await it.leakage.flush()
    assert caplog.text.count("not kept") == 1
    it.leaks.fails = False
    await it.leakage.flush()
    assert it.leaks.rows == {(BAN.prefix, BAN.since): 70}


async def test_who_is_cancelled_while_it_is_written_writes_it_later() -> None:
    it = Bench()
    await it.bans.add([BAN])
    await it.look(BAN, 0, 70)
    await it.bans.remove([BAN.prefix])
    save, it.leaks.save = it.leaks.save, hang  # type: ignore[method-assign, assignment]
    task = asyncio.get_running_loop().create_task(it.leakage.flush())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    it.leaks.save = save  # type: ignore[method-assign]
    await it.leakage.flush()
    assert it.leaks.rows == {(BAN.prefix, BAN.since): 70}


async def hang(_leaks: object) -> None:
    await asyncio.Event().wait()


async def test_one_that_is_no_longer_watched_is_forgotten_and_its_peers_have_left() -> None:
    it = Bench()
    await it.look(BAN, 0, 70)
    it.bus.publish(DownloadersChanged(gone=("qb",)))
    assert it.leakage._present == {}  # noqa: SLF001 - what stays in memory
    assert await it.look(BAN, 100, port=7) == 100


async def test_a_crowd_that_comes_and_goes_is_not_remembered_without_end() -> None:
    it = Bench()
    for port in range(300):
        entry = replace(BAN, prefix=parse_prefix("10.0.0.0/8"))
        shown = peer(f"10.0.{port // 256}.{port % 256}", uploaded=5)
        key = PeerKey("qb", UBUNTU.id, shown.address.raw)
        await it.leakage.see("qb", [JudgedPeer(key, UBUNTU, shown, merge((), 0), 0, entry)])
        await it.leakage.see("qb", [])
    account = it.leakage._accounts[entry.prefix]  # noqa: SLF001 - what stays in memory
    assert (len(account.left), len(account.live)) == (256, 0)


@given(st.lists(st.one_of(st.none(), st.integers(-1, 1_000)), max_size=30))
async def test_whatever_a_downloader_counts_it_never_falls(counters: list[int | None]) -> None:
    it, leaked = Bench(), 0
    for counter in counters:
        if counter is None:
            await it.leakage.see("qb", [])
            continue
        now = await it.look(BAN, counter)
        assert leaked <= now <= leaked + 1_000
        leaked = now


async def test_a_sweep_counts_what_a_disobedient_downloader_still_sends(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        qb.obeys = False
        for uploaded in (1_000, 1_500, 2_500):
            qb.show(UBUNTU, replace(HP, uploaded=uploaded))
            await swept(it)
        (made,) = it.core.bans.shown()
        assert it.core.leakage.of(made).bytes == 1_500
    assert it.store.leaks.rows == {(made.prefix, made.since): 1_500}
