"""Asking the torrents that are due, several at a time."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address, ip_network

import pytest
from msgspec import Struct

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.turn import PUT_OFF
from app.adapters.downloaders.watched import Watched, ask_all, look_again, showing, some_at_a_time
from app.domain.address import Endpoint, Translation, translate
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from app.services.errors import TooLate, Unreachable


class Wire(Struct):
    ip: str


def read(wire: Wire) -> Peer:
    return Peer(address=translate(Endpoint(ip_address(wire.ip), 1), Translation()))


def watched(name: str, *, private: bool = False) -> Watched[Wire]:
    return Watched(Torrent(id=name, hash=name, name=name, private=private), read)


async def test_no_more_than_so_many_are_asked_at_once_and_all_are() -> None:
    running, most, done = 0, 0, []

    async def work(item: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done.append(item)

    await some_at_a_time(range(20), work, 3)
    assert sorted(done) == list(range(20))
    assert most == 3


async def test_the_first_failure_ends_it_and_is_told_as_it_is() -> None:
    async def work(item: int) -> None:
        if item == 1:
            raise Unreachable("gone")
        await asyncio.sleep(0)

    with pytest.raises(Unreachable):
        await some_at_a_time(range(5), work, 2)


async def test_a_bug_is_not_taken_for_a_failure() -> None:
    async def work(item: int) -> None:
        raise KeyError(item)

    with pytest.raises(ExceptionGroup):
        await some_at_a_time([1], work, 2)


async def test_one_that_comes_late_is_put_off_and_the_others_are_not_held_up() -> None:
    slow, quick = watched("slow"), watched("quick")
    asked = []

    async def ask(each: Watched[Wire]) -> None:
        asked.append(each.torrent.name)
        if each is slow:
            raise TooLate
        each.turn.done()

    await ask_all([slow, quick], ask, at_a_time=2)
    assert sorted(asked) == ["quick", "slow"]
    for sweep in range(PUT_OFF - 1):
        slow.turn.begin(sweep, moving=True, connected=1)
        assert not slow.turn.pending
    slow.turn.begin(PUT_OFF, moving=True, connected=1)
    assert slow.turn.pending


async def test_when_all_come_late_the_sweep_has_failed() -> None:
    async def ask(each: Watched[Wire]) -> None:
        raise TooLate

    with pytest.raises(TooLate):
        await ask_all([watched("a"), watched("b")], ask, at_a_time=2)


async def test_nobody_is_asked_when_nobody_is_due() -> None:
    async def ask(each: Watched[Wire]) -> None:
        raise TooLate

    await ask_all([], ask, at_a_time=2)


async def test_a_place_in_a_snapshot_stays_while_nothing_changes() -> None:
    torrent = watched("a", private=True)
    shown = torrent.show(ignore_private=True)
    assert not shown.judged
    assert torrent.show(ignore_private=True) is shown
    assert torrent.show(ignore_private=False).judged
    await torrent.table.update({"1": Wire("10.0.0.1")}, Effort())
    assert len(torrent.show(ignore_private=False).peers) == 1


@pytest.mark.parametrize("more", [0, 2000])
async def test_peers_inside_a_block_are_found_by_both_their_addresses(more: int) -> None:
    one, other = watched("one"), watched("other")
    await one.table.update({"1": Wire("::ffff:10.0.0.1"), "2": Wire("10.9.0.1")}, Effort())
    await other.table.update({"1": Wire("10.0.0.7")}, Effort())
    unrelated = [ip_network((i << 12, 32)) for i in range(more)]

    async def found(text: str) -> list[str]:
        inside = await showing([one, other], [ip_network(text), *unrelated])
        return [wire.ip for _, wire, _ in inside]

    assert await found("10.0.0.0/24") == ["::ffff:10.0.0.1", "10.0.0.7"]
    assert await found("::ffff:10.0.0.1/128") == ["::ffff:10.0.0.1"]
    assert await found("192.0.2.0/24") == []
    assert await showing([one], []) == []


async def test_only_torrents_that_show_such_a_peer_are_asked_again() -> None:
    one, other = watched("one"), watched("other")
    await one.table.update({"1": Wire("10.0.0.1")}, Effort())
    await other.table.update({"1": Wire("10.9.0.1")}, Effort())
    await look_again([one, other], [])
    assert not one.turn.pending
    await look_again([one, other], [ip_network("10.0.0.0/24")])
    assert (one.turn.pending, other.turn.pending) == (True, False)
