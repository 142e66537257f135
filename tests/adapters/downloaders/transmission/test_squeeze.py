"""Dropping peers by a limit of none: whatever happens in between, no torrent is left with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest

from app.adapters.downloaders.transmission import squeeze as module
from app.adapters.downloaders.transmission.downloader import Transmission
from app.adapters.downloaders.transmission.rpc import Rpc
from app.adapters.downloaders.transmission.squeeze import Squeeze
from app.domain.address import IPAddress
from app.services.errors import StorageError
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.transmission import fake as fake_module
from tests.adapters.downloaders.transmission.conftest import settings_for
from tests.adapters.downloaders.transmission.fake import (
    FakePeer,
    FakeTorrent,
    FakeTransmission,
    until,
)
from tests.adapters.downloaders.transmission.shelf import ServedShelf
from tests.services.record_fakes import MemoryFacts

KEY = "transmission/lab/peer-limits"
BAD, GOOD = "36.110.0.1", "114.114.0.1"


@pytest.fixture
def version() -> str:
    return "3.00 (bb6b5a062e)"


@pytest.fixture
async def squeeze(rpc: Rpc, facts: MemoryFacts) -> AsyncIterator[Squeeze]:
    found = Squeeze(rpc, facts, KEY)
    yield found
    await found.close()


@pytest.fixture(autouse=True)
def _swarm(fake: FakeTransmission) -> None:
    """Three torrents with limits of their own; one who was just banned is still at two of them."""
    bad, also_bad = FakePeer(BAD, connected=True), FakePeer(BAD, connected=True)
    fake.torrents = [
        FakeTorrent(1, "a" * 40, limit=60, peers=[bad, FakePeer(GOOD)]),
        FakeTorrent(2, "b" * 40, limit=7, peers=[also_bad]),
        FakeTorrent(3, "c" * 40, limit=9, peers=[FakePeer(GOOD)]),
    ]
    number = int(ip_address(BAD))
    fake.banned = [(4, number, number)]


def is_bad(address: IPAddress) -> bool:
    return address == ip_address(BAD)


def limits(fake: FakeTransmission) -> list[int]:
    return [torrent.limit for torrent in fake.torrents]


async def test_torrents_with_a_banned_peer_let_go_of_all_and_others_of_none(
    fake: FakeTransmission, squeeze: Squeeze
) -> None:
    await squeeze.drop([1, 2, 3], is_bad)
    await squeeze.settled()
    fake.pulse()
    assert [[peer.ip for peer in torrent.connected] for torrent in fake.torrents] == [
        [GOOD],
        [],
        [GOOD],
    ]
    assert limits(fake) == [60, 7, 9]
    assert [call["peer-limit"] for call in fake.named("torrent-set")] == [0, 60, 7]


async def test_without_a_banned_peer_nothing_is_changed(
    fake: FakeTransmission, squeeze: Squeeze
) -> None:
    await squeeze.drop([1, 2, 3], lambda _address: False)
    await squeeze.drop([], is_bad)
    assert not fake.named("torrent-set")


async def test_one_that_may_have_no_peers_anyway_stays_so(
    fake: FakeTransmission, squeeze: Squeeze
) -> None:
    await squeeze.drop([1], is_bad)
    await squeeze.settled()
    fake.torrents[0].limit = 0
    fake.torrents[0].peers = [FakePeer(BAD, connected=True)]
    fake.calls.clear()
    await squeeze.drop([1], is_bad)
    assert not fake.named("torrent-set")


async def test_limits_are_remembered_before_they_are_changed(
    fake: FakeTransmission, squeeze: Squeeze, facts: MemoryFacts
) -> None:
    facts.fails = True
    with pytest.raises(StorageError):
        await squeeze.drop([1, 2], is_bad)
    assert not fake.named("torrent-set")
    facts.fails = False
    await squeeze.drop([1, 2], is_bad)
    assert json.loads(facts.facts[KEY]) == {"a" * 40: 60, "b" * 40: 7}


async def test_the_sweep_does_not_wait_until_all_are_gone_but_the_next_one_does(
    fake: FakeTransmission, squeeze: Squeeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_module, "PULSE", 0.3)
    await squeeze.drop([1, 2], is_bad)
    assert limits(fake) == [0, 0, 9]
    await squeeze.settled()
    assert limits(fake) == [60, 7, 9]


@pytest.mark.parametrize("at_once", [True, False])
async def test_who_closes_half_way_gives_them_back(
    fake: FakeTransmission, squeeze: Squeeze, monkeypatch: pytest.MonkeyPatch, *, at_once: bool
) -> None:
    monkeypatch.setattr(fake_module, "PULSE", 60)
    await squeeze.drop([1, 2], is_bad)
    assert limits(fake) == [0, 0, 9]
    if not at_once:
        fake.calls.clear()
        await until(lambda: fake.named("torrent-get"))
    await squeeze.close()
    assert limits(fake) == [60, 7, 9]


async def test_who_is_cancelled_before_it_is_known_whether_they_were_changed_gives_them_back(
    fake: FakeTransmission, squeeze: Squeeze
) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(squeeze.drop([1, 2], is_bad), name="drop")
        await until(lambda: limits(fake)[:2] == [0, 0])
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # as a program in a hurry does
    await squeeze.close()
    assert limits(fake) == [60, 7, 9]


async def test_torrents_that_do_not_let_go_are_waited_for_so_long_and_no_longer(
    fake: FakeTransmission, squeeze: Squeeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_module, "PULSE", 60)
    monkeypatch.setattr(module, "_LONGEST", 0.2)
    await squeeze.drop([1, 2], is_bad)
    await squeeze.settled()
    assert limits(fake) == [60, 7, 9]


async def test_a_daemon_that_dies_half_way_is_mended_when_it_is_back(
    fake: FakeTransmission, squeeze: Squeeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_module, "PULSE", 60)
    await squeeze.drop([1, 2], is_bad)
    await fake.stop()
    await squeeze.settled()
    assert limits(fake)[:2] == [0, 0]
    await fake.start()
    await squeeze.mend()
    assert limits(fake) == [60, 7, 9]


async def test_after_a_crash_of_ours_the_next_run_mends_before_anything_else(
    fake: FakeTransmission, facts: MemoryFacts, shelf: ServedShelf
) -> None:
    facts.facts[KEY] = json.dumps({"a" * 40: 60, "c" * 40: 50, "d" * 40: 8})
    fake.torrents[0].limit = 0
    downloader = Transmission(settings_for(fake), surroundings(shelf=shelf, facts=facts))
    await downloader.connect()
    # The third one has been changed since, the last one is gone.
    assert limits(fake) == [60, 7, 9]
    await downloader.close()


async def test_what_the_daemon_had_not_saved_when_it_died_is_mended_later_too(
    fake: FakeTransmission, squeeze: Squeeze
) -> None:
    await squeeze.drop([1, 2], is_bad)
    await squeeze.settled()
    fake.torrents[0].limit = 0  # what its disk held at that moment
    await squeeze.mend()
    assert limits(fake) == [60, 7, 9]


async def test_they_are_forgotten_once_they_are_safe(
    squeeze: Squeeze, facts: MemoryFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await squeeze.drop([1, 2], is_bad)
    await squeeze.tidy()
    assert KEY in facts.facts
    monkeypatch.setattr(squeeze, "_forget_at", 0.0)
    await squeeze.tidy()
    assert KEY not in facts.facts


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"a": "b"}'])
async def test_what_is_remembered_and_unreadable_is_passed_over(
    squeeze: Squeeze, facts: MemoryFacts, fake: FakeTransmission, text: str
) -> None:
    facts.facts[KEY] = text
    await squeeze.mend()
    await squeeze.drop([1], is_bad)
    await squeeze.settled()
    assert limits(fake) == [60, 7, 9]


async def test_a_daemon_that_hangs_is_not_waited_for_and_mended_later(
    fake: FakeTransmission, squeeze: Squeeze
) -> None:
    fake.gives_back.clear()
    async with asyncio.timeout(2):
        await squeeze.drop([1, 2], is_bad)
        assert limits(fake) == [0, 0, 9]
    fake.gives_back.set()
    await until(lambda: limits(fake) == [60, 7, 9])


async def test_a_daemon_that_hangs_is_left_in_time_and_mended_by_who_comes_next(
    fake: FakeTransmission,
    rpc: Rpc,
    squeeze: Squeeze,
    facts: MemoryFacts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_SECONDS_TO_WAIT", 0.05)
    fake.gives_back.clear()
    await squeeze.drop([1, 2], is_bad)
    await squeeze.close()
    await asyncio.sleep(0)
    assert "drop-peers" not in {task.get_name() for task in asyncio.all_tasks()}
    await rpc.exchange.close()
    fake.gives_back.set()
    await Squeeze(rpc, facts, KEY).mend()
    assert limits(fake) == [60, 7, 9]
