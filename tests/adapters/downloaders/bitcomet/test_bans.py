"""What is sent so that BitComet's filter is ours, and what of its user's stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network

import pytest

from app.adapters.downloaders.bitcomet.bans import BanWriter
from app.adapters.downloaders.bitcomet.session import Session
from app.domain.address import Prefix
from app.services.errors import NeedsAction, ProtocolMismatch
from app.services.ports import Push
from tests.adapters.downloaders.bitcomet.fake import FakeBitComet, fake_bitcomet
from tests.adapters.downloaders.bitcomet.opened import settings
from tests.adapters.downloaders.simulated import until


def nets(*texts: str) -> frozenset[Prefix]:
    return frozenset(map(ip_network, texts))


def push(
    wanted: Collection[Prefix], *, removed: Collection[Prefix] = (), everything: bool = False
) -> Push:
    return Push(
        wanted=wanted,
        added=wanted,
        removed=removed,
        owned=frozenset((*wanted, *removed)),
        everything=everything,
    )


@asynccontextmanager
async def writer(fake: FakeBitComet) -> AsyncIterator[BanWriter]:
    session = Session(settings(fake))
    try:
        yield BanWriter(session)
    finally:
        await session.close()


async def test_the_whole_list_goes_out_with_what_its_user_put_there() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        theirs = ["# mine: ä", "7.7.7.7", "# and", "5.5.5.0 - 5.5.5.9 , 000 , theirs"]
        fake.put(["1.1.1.1", *theirs])
        wanted = nets("8.8.8.8", "10.0.0.0/8", "240e::/32", "::ffff:8.8.8.8")
        await bans.apply(push(wanted, removed=nets("1.1.1.1")), ())
        (sent,) = fake.uploads
        assert sent[: len(theirs)] == theirs
        assert nets(*sent[len(theirs) :]) == wanted
        assert fake.lines == sent


async def test_a_list_that_stands_is_not_sent_again() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        fake.put(["1.2.3.4", "10.0.0.0 - 10.255.255.255"])
        wanted = nets("1.2.3.4", "10.0.0.0/8")
        await bans.apply(push(wanted, everything=True), ())
        assert not fake.uploads
        await bans.apply(push(wanted, everything=True), (ip_address("1.2.3.4"),))
        assert len(fake.uploads) == 1  # the peer is still there


async def test_where_nothing_is_told_the_list_is_sent_each_time_and_not_waited_for() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        fake.tells_filter = False
        wanted = nets("1.2.3.4")
        for _ in range(2):
            await bans.apply(push(wanted, everything=True), ())
        assert fake.uploads == [["1.2.3.4"], ["1.2.3.4"]]
        assert await bans.confirm()


async def test_nothing_is_sent_when_the_filter_cannot_be_read_this_time() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        fake.put(["7.7.7.7"])
        await bans.apply(push(nets("1.1.1.1")), ())
        fake.uploads.clear()
        fake.statuses["api/config/ipfilter/download"] = 500
        with pytest.raises(ProtocolMismatch):
            await bans.apply(push(nets("1.1.1.1", "2.2.2.2")), ())
        assert not fake.uploads


async def test_who_is_let_in_again_is_named_by_plain_addresses() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        removed = nets("1.2.3.4", "::ffff:1.2.3.4", "240e::1", "9.9.9.0/30")
        await bans.apply(push(nets(), removed=removed), ())
        (named,) = fake.unbanned
        assert sorted(named) == [
            "1.2.3.4",
            "240e::1",
            "9.9.9.0",
            "9.9.9.1",
            "9.9.9.2",
            "9.9.9.3",
        ]


async def test_of_a_large_block_those_are_named_whom_it_dropped() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        fake.swarm.meet("36.110.0.1")
        await until(lambda: fake.swarm.connected, "connected")
        block = nets("36.110.0.0/16")
        await bans.apply(push(block), (ip_address("36.110.0.1"),))
        await fake.swarm.wait_dropped("36.110.0.1")
        await bans.apply(push(nets(), removed=block), ())
        assert fake.unbanned == [["36.110.0.1"]]
        await fake.swarm.wait_back("36.110.0.1")


async def test_a_list_that_is_slow_to_come_into_force_is_waited_for_and_then_sent_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        fake.takes_filters = False
        monkeypatch.setattr("app.adapters.downloaders.bitcomet.bans._LOOK_AFTER", (0.0, 0.01))
        await bans.apply(push(nets("1.2.3.4")), ())
        assert await bans.confirm()
        monkeypatch.setattr("app.adapters.downloaders.bitcomet.bans._PATIENCE", 0.0)
        assert not await bans.confirm()
        assert "1.2.3.4" in caplog.text
        assert await bans.confirm()  # said once for each list that was sent
        fake.takes_filters = True
        await bans.apply(push(nets("1.2.3.4"), everything=True), ())
        await until(lambda: fake.lines == ["1.2.3.4"], "in force")
        assert await bans.confirm()


async def test_a_filter_that_its_user_switched_off_is_switched_on_with_a_full_push() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        await bans.apply(push(nets("1.2.3.4")), ())
        fake.filter["enable_ipfilter"] = False
        await bans.apply(push(nets("1.2.3.4"), everything=True), ())
        assert fake.filter["enable_ipfilter"] is True
        fake.filter |= {"enable_ipfilter": False}
        fake.filter_is_fixed = True
        with pytest.raises(NeedsAction):
            await bans.apply(push(nets("1.2.3.4"), everything=True), ())


async def test_a_long_list_goes_out_and_is_found_in_force() -> None:
    async with fake_bitcomet() as fake, writer(fake) as bans:
        wanted = frozenset(ip_network((0x24000000 + (n << 8), 32)) for n in range(2000))
        await bans.apply(push(wanted, everything=True), ())
        assert nets(*fake.lines) == wanted
        assert await bans.confirm()
