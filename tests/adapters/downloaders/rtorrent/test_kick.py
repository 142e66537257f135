"""Who is banned while connected is hung up on, also when it takes more than one try."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from app.adapters.downloaders.rtorrent import kick
from app.adapters.downloaders.rtorrent.kick import hang_up
from app.adapters.downloaders.rtorrent.session import Session
from tests.adapters.downloaders.rtorrent.fake import (
    HASH,
    FakeRTorrent,
    ScgiServer,
    peer,
    torrent,
)
from tests.adapters.downloaders.rtorrent.opened import settings

OTHER = "00" * 20
BANNED = {ip_network("36.110.0.0/16")}


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ScgiServer]:
    monkeypatch.setattr(kick, "_PAUSE", 0.0)
    server = ScgiServer(FakeRTorrent())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def fake(server: ScgiServer) -> FakeRTorrent:
    server.fake.torrents[OTHER] = torrent(OTHER)
    server.fake.peers[OTHER] = [peer("36.110.9.9", 3)]
    server.fake.peers[HASH] = [peer("36.110.0.1", 1), peer("114.114.0.1", 2), peer("240e::1", 4)]
    return server.fake


@pytest.fixture
def session(server: ScgiServer) -> Session:
    return Session(settings(server.url))


async def test_all_banned_peers_of_all_torrents_go_and_no_other(
    fake: FakeRTorrent, session: Session
) -> None:
    assert set(await hang_up(session, BANNED)) == {HASH, OTHER}
    assert fake.peers[OTHER] == []
    assert [row["address"] for row in fake.peers[HASH]] == ["114.114.0.1", "[240e::1]"]
    assert fake.calls["p.disconnect"] == 2


async def test_nobody_is_asked_when_nobody_is_banned(fake: FakeRTorrent, session: Session) -> None:
    assert await hang_up(session, ()) == ()
    assert not fake.calls


async def test_torrents_without_peers_are_not_asked(fake: FakeRTorrent, session: Session) -> None:
    fake.peers[OTHER] = []
    await hang_up(session, {ip_network("1.1.1.1/32")})
    assert fake.asked == [HASH]


async def test_one_that_clings_is_told_again_but_not_for_ever(
    fake: FakeRTorrent, session: Session
) -> None:
    first = fake.peers[HASH][0]["id"]
    fake.clings[first] = 2
    await hang_up(session, BANNED)
    assert len(fake.peers[HASH]) == 2
    fake.peers[HASH].append(peer("36.110.0.1", 1))
    fake.clings[first] = 1_000
    assert set(await hang_up(session, BANNED)) == {HASH}
    assert len(fake.peers[HASH]) == 3


async def test_a_torrent_that_was_removed_meanwhile_is_no_trouble(
    fake: FakeRTorrent, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connected(_session: Session) -> list[str]:
        return [HASH, "11" * 20]

    monkeypatch.setattr(kick, "_connected", connected)
    assert set(await hang_up(session, BANNED)) == {HASH}
