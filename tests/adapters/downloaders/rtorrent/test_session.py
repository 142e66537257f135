"""A restart of rTorrent is noticed, and a refusal is not repeated."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.adapters.downloaders.rtorrent.session import STATE, Session
from app.adapters.downloaders.rtorrent.xml import Call, Fault
from app.services.errors import AccessDenied, NeedsAction, ProtocolMismatch, Unreachable
from tests.adapters.downloaders.rtorrent.fake import FakeRTorrent, ScgiServer, Site
from tests.adapters.downloaders.rtorrent.opened import settings


@pytest.fixture
async def server() -> AsyncIterator[ScgiServer]:
    server = ScgiServer(FakeRTorrent())
    await server.start()
    yield server
    await server.stop()


async def test_it_is_asked_once_who_it_is(server: ScgiServer) -> None:
    session = Session(settings(server.url))
    first = await session.open()
    assert (first.product, first.version, first.session) == ("rTorrent", "0.9.8", 1)
    assert await session.open() is first
    assert server.fake.calls["system.multicall"] == 1


async def test_another_process_is_a_new_session(server: ScgiServer) -> None:
    session = Session(settings(server.url))
    await session.open()
    session.look(await session.batch(STATE))
    assert session.number == 1
    server.fake.restart()
    server.fake.version = "0.16.17"
    session.look(await session.batch(STATE))
    assert session.number == 2
    assert (await session.open()).version == "0.16.17"
    assert (await session.open()).session == 2


async def test_a_filter_that_lost_entries_is_a_new_session_under_the_same_number(
    server: ScgiServer,
) -> None:
    session = Session(settings(server.url))
    await session.open()
    session.filter_size = 24
    server.fake.put("1.1.1.1")
    session.look(await session.batch(STATE))
    assert session.number == 2
    session.look(await session.batch(STATE))
    assert session.number == 2


async def test_an_older_one_must_be_updated(server: ScgiServer) -> None:
    server.fake.missing = {"ipv4_filter.dump"}
    with pytest.raises(NeedsAction):
        await Session(settings(server.url)).open()


async def test_something_else_is_no_rtorrent(server: ScgiServer) -> None:
    server.fake.missing = {"system.client_version"}
    with pytest.raises(ProtocolMismatch):
        await Session(settings(server.url)).open()


async def test_a_refused_call_is_told_with_its_reason(server: ScgiServer) -> None:
    session = Session(settings(server.url))
    with pytest.raises(ProtocolMismatch, match="not defined"):
        await session.call("d.name")
    (fault,) = await session.batch([Call("d.name")])
    assert isinstance(fault, Fault)


async def test_a_refusal_is_remembered_until_the_user_asks() -> None:
    site = Site(FakeRTorrent())
    await site.server.start()
    session = Session(settings(site.url))
    for _ in range(3):
        with pytest.raises(AccessDenied):
            await session.open()
    assert site.refused == 1
    session.forget_refusal()
    with pytest.raises(AccessDenied):
        await session.open()
    assert site.refused == 2
    await session.close()
    await site.server.stop()


async def test_who_was_away_is_asked_again_who_it_is(server: ScgiServer) -> None:
    session = Session(settings(server.url))
    await session.open()
    await server.stop()
    with pytest.raises(Unreachable):
        await session.call("system.pid")
    with pytest.raises(Unreachable):
        await session.open()
    await server.start()
    assert (await session.open()).session == 1  # nothing was lost
