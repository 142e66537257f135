"""One qBittorrent as the core sees it."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.qbittorrent.downloader import QBittorrent
from app.adapters.downloaders.turn import PUT_OFF, RESTING
from app.demo.server import Fault, running
from app.demo.swarm import Swarm
from app.domain.address import parse_prefix
from app.domain.snapshot import Snapshot
from app.services.errors import ProtocolMismatch, TooLate, Unreachable
from app.services.ports import Push, UploadLimits
from app.settings.secret import Secret
from tests.adapters.downloaders.qbittorrent.scripted import NOW, Scripted, opened, peer, scripted

A, B, C = "a" * 40, "b" * 40, "c" * 40


async def sweep(server: Scripted, downloader: QBittorrent) -> list[str]:
    """The torrents that one snapshot asks for their peers."""
    server.asked.clear()
    await downloader.snapshot()
    return sorted(server.asked)


async def until_rest(server: Scripted, downloader: QBittorrent) -> None:
    """Sweep until one asks for nobody's peers."""
    for _ in range(3 * RESTING):
        if not await sweep(server, downloader):
            return
    pytest.fail("it never rests")


def peers(snapshot: Snapshot, torrent_id: str) -> list[str]:
    (found,) = (each for each in snapshot.torrents if each.torrent.id == torrent_id)
    return [str(each.address.ip) for each in found.peers]


async def test_a_snapshot_shows_all_torrents_and_what_it_cost() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"), upspeed=100, dlspeed=7)
        server.add(B, peer("203.0.113.2"), upspeed=20)
        downloader = opened(url)
        await downloader.connect()
        snapshot = await downloader.snapshot()
        assert snapshot.at == NOW
        assert [each.torrent.id for each in snapshot.torrents] == [A, B]
        assert peers(snapshot, A) == ["203.0.113.1"]
        assert (snapshot.upload_rate, snapshot.download_rate) == (120, 7)
        assert snapshot.requests == 3
        assert snapshot.received > 500
        assert snapshot.fetch_time > 0
        assert snapshot.decode_time > 0
        await downloader.close()


async def test_at_first_torrents_with_peers_are_asked_and_then_those_that_move() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"))
        server.add(B, peer("203.0.113.2"))
        server.add(C)
        downloader = opened(url)
        assert set(await sweep(server, downloader)) >= {A, B}
        await until_rest(server, downloader)

        server.add(A, peer("203.0.113.1", uploaded=5), upspeed=5, uploaded=5)
        assert A in await sweep(server, downloader)
        server.torrents[A]["uploaded"] = 6
        server.torrents[A]["upspeed"] = 0
        server.connect(A, peer("203.0.113.1", uploaded=6))
        assert A in await sweep(server, downloader)
        server.connect(A, peer("203.0.113.1", uploaded=7))  # its last bytes, counted late
        server.asked.clear()
        snapshot = await downloader.snapshot()
        assert A in server.asked
        assert snapshot.torrents[0].peers[0].uploaded == 7
        await downloader.close()


async def test_what_rests_costs_one_request_and_stays_the_same_object() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"))
        server.add(B, peer("203.0.113.2"))
        downloader = opened(url)
        before = await downloader.snapshot()
        await until_rest(server, downloader)
        after = await downloader.snapshot()
        while after.requests > 1:
            after = await downloader.snapshot()
        assert all(old is new for old, new in zip(before.torrents, after.torrents, strict=True))
        assert after.received < 200
        await downloader.close()


async def test_resting_torrents_are_asked_now_and_then() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"))
        downloader = opened(url)
        await until_rest(server, downloader)
        asked = [await sweep(server, downloader) for _ in range(2 * RESTING)]
        assert asked.count([A]) == 2
        await downloader.close()


async def test_a_torrent_that_is_gone_when_asked_is_left_out() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"), upspeed=1)
        server.add(B, peer("203.0.113.2"), upspeed=1)
        downloader = opened(url)
        await downloader.snapshot()
        del server.peers[A]
        assert [each.torrent.id for each in (await downloader.snapshot()).torrents] == [B]
        del server.torrents[A]
        assert [each.torrent.id for each in (await downloader.snapshot()).torrents] == [B]
        await downloader.close()


@pytest.mark.parametrize("version", ["v4.5.2", "v5.1.0"])
async def test_old_versions_are_asked_for_properties_once(version: str) -> None:
    async with scripted() as (server, url):
        server.version = version
        server.add(A, peer("203.0.113.1"), upspeed=1)
        for name in ("private", "piece_size", "pieces_have"):
            del server.torrents[A][name]
        server.properties[A] = {"is_private": True, "piece_size": 100, "pieces_have": 4}
        downloader = opened(url)
        for _ in range(3):
            torrent = (await downloader.snapshot()).torrents[0].torrent
            assert (torrent.private, torrent.completed_size) == (True, 400)
        assert server.calls["torrents/properties"] == 1
        server.torrents[A]["completed"] = 500
        server.properties[A]["pieces_have"] = 5
        torrent = (await downloader.snapshot()).torrents[0].torrent
        assert torrent.completed_size == 500
        await downloader.close()


@pytest.mark.parametrize("listed", [True, False])
async def test_private_torrents_are_left_alone_when_the_user_wants_that(*, listed: bool) -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"), upspeed=1, private=True)
        server.add(B, peer("203.0.113.2"), upspeed=1)
        if not listed:
            for torrent_id in (A, B):
                del server.torrents[torrent_id]["private"]
            server.properties[A] = {"is_private": True}
            server.properties[B] = {"is_private": False}
        downloader = opened(url, ignore_private=True)
        snapshot = await downloader.snapshot()
        assert server.asked == [B]
        assert [(each.judged, len(each.peers)) for each in snapshot.torrents] == [
            (False, 0),
            (True, 1),
        ]
        await downloader.close()


async def test_torrents_with_peers_that_a_push_concerns_are_looked_at_next() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"), peer("203.0.113.9"))
        server.add(B, peer("::ffff:198.51.100.7"))
        server.add(C, peer("203.0.113.3"))
        downloader = opened(url)
        await until_rest(server, downloader)
        for prefix, concerned in (
            ("203.0.113.9", A),
            ("203.0.112.0/23", A),
            ("198.51.100.7", B),
            ("::ffff:c633:6407", B),
        ):
            await until_rest(server, downloader)
            ban = frozenset({parse_prefix(prefix)})
            await downloader.apply(
                Push(wanted=ban, added=ban, removed=(), owned=ban, everything=True)
            )
            assert concerned in await sweep(server, downloader)
        await downloader.close()


async def test_a_server_that_forgot_the_list_was_restarted() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"))
        downloader = opened(url)
        assert (await downloader.connect()).session == 1
        first = await downloader.snapshot()
        server.forget()
        server.add(B)
        second = await downloader.snapshot()
        assert (await downloader.connect()).session == 2
        assert second.torrents[0] is first.torrents[0]
        assert [each.torrent.id for each in second.torrents] == [A, B]
        await downloader.snapshot()
        assert (await downloader.connect()).session == 2
        await downloader.close()


async def test_with_a_key_only_falling_totals_tell_a_restart() -> None:
    async with scripted() as (server, url):
        server.add(A)
        server.totals = {"up_info_data": 100, "dl_info_data": 100}
        downloader = opened(url, api_key=Secret("qbt_key"))
        await downloader.snapshot()
        server.forget()  # another program used the session that goes with the key
        await downloader.snapshot()
        assert (await downloader.connect()).session == 1
        server.forget()
        server.totals = {"up_info_data": 3, "dl_info_data": 0}
        await downloader.snapshot()
        assert (await downloader.connect()).session == 2
        await downloader.close()


async def test_after_a_new_log_in_everything_is_asked_anew() -> None:
    async with running(Swarm(peers=20, torrents=4)) as server:
        downloader = opened(server.url)
        before = await downloader.snapshot()
        server.sessions.forget()
        after = await downloader.snapshot()
        assert (await downloader.connect()).session == 2
        assert len(after.torrents) == len(before.torrents)
        await downloader.snapshot()
        assert (await downloader.connect()).session == 2
        await downloader.close()


@pytest.mark.parametrize("path", ["sync/maindata", "sync/torrentPeers"])
@pytest.mark.parametrize("fault", list(Fault))
async def test_a_bad_answer_fails_the_snapshot_and_a_good_one_heals_it(
    fault: Fault, path: str
) -> None:
    async with running(Swarm(peers=40, torrents=4)) as server:
        downloader = opened(server.url)
        await downloader.connect()
        server.faults[path] = fault
        for _ in range(2):
            with pytest.raises((ProtocolMismatch, Unreachable)):
                await downloader.snapshot()
        server.faults.clear()
        snapshot = await downloader.snapshot()
        assert sum(len(each.peers) for each in snapshot.torrents) > 20
        assert server.calls["auth/login"] == 1
        await downloader.close()


async def test_o8_a_torrent_that_does_not_answer_in_time_holds_up_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"), upspeed=100)
        server.add(B, peer("203.0.113.2"), upspeed=100)
        downloader = opened(url)
        await downloader.snapshot()
        downloader._session.exchange._longest = 0.3  # noqa: SLF001 - a minute in earnest
        server.hangs.add(A)
        server.connect(A, peer("203.0.113.7"))
        server.connect(B, peer("203.0.113.8"))
        snapshot = await downloader.snapshot()
        assert peers(snapshot, A) == ["203.0.113.1"]
        assert peers(snapshot, B) == ["203.0.113.8"]
        server.hangs.clear()
        asked = [await sweep(server, downloader) for _ in range(PUT_OFF)]
        assert asked == [*[[B]] * (PUT_OFF - 1), [A, B]]
        snapshot = await downloader.snapshot()
        assert peers(snapshot, A) == ["203.0.113.7"]
        assert caplog.text.count("did not come in time") == 1
        await downloader.close()


async def test_where_no_torrent_answers_in_time_the_snapshot_fails() -> None:
    async with scripted() as (server, url):
        server.add(A, peer("203.0.113.1"), upspeed=100)
        server.hangs.add(A)
        downloader = opened(url)
        await downloader.connect()
        downloader._session.exchange._longest = 0.3  # noqa: SLF001 - a minute in earnest
        for _ in range(2):
            with pytest.raises(TooLate):
                await downloader.snapshot()
        await downloader.close()


async def test_nobody_there_is_said_with_the_address() -> None:
    async with running(Swarm(peers=1, torrents=1)) as server:
        url = server.url
    downloader = opened(url)
    with pytest.raises(Unreachable) as failed:
        await downloader.connect()
    assert url.removeprefix("http://") in str(failed.value.text.params["detail"])
    await downloader.close()


@pytest.mark.parametrize("version", ["4.5.2", "5.1.0", "5.3.0"])
async def test_bans_reach_the_swarm_of_every_version(version: str) -> None:
    async with running(Swarm(peers=120, torrents=12), version=version) as server:
        downloader = opened(server.url)
        connection = await downloader.connect()
        snapshot = await downloader.snapshot()
        victim = snapshot.torrents[0].peers[0].address.ip
        ban = frozenset({parse_prefix(str(victim))})
        push = Push(wanted=ban, added=ban, removed=(), owned=ban, everything=True)
        await downloader.apply(push)
        snapshot = await downloader.snapshot()
        assert str(victim) not in peers(snapshot, snapshot.torrents[0].torrent.id)
        assert connection.capabilities.prefixes is (version == "5.3.0")
        await downloader.apply(Push(wanted=(), added=(), removed=ban, owned=ban, everything=False))
        assert server.banned == ()
        await downloader.close()


async def test_both_upload_limits_are_read_and_set() -> None:
    async with running(Swarm(peers=20, torrents=4)) as server:
        downloader = opened(server.url)
        assert await downloader.upload_limits() == UploadLimits(rate=0, alternative=10_240)
        for wanted in (UploadLimits(rate=1_048_576, alternative=2_048), UploadLimits(rate=0)):
            await downloader.limit_upload(wanted)
            found = await downloader.upload_limits()
            assert found == UploadLimits(rate=wanted.rate, alternative=2_048)
        await downloader.close()


async def test_a_limit_below_a_kibibyte_does_not_become_none() -> None:
    async with running(Swarm(peers=20, torrents=4)) as server:
        downloader = opened(server.url)
        await downloader.limit_upload(UploadLimits(rate=1, alternative=1_500))
        assert await downloader.upload_limits() == UploadLimits(rate=1_024, alternative=1_024)
        await downloader.close()


async def test_its_port_is_read_and_set() -> None:
    async with running(Swarm(peers=0, torrents=1)) as server:
        downloader = opened(server.url)
        assert await downloader.listen_port() == 51_413
        await downloader.listen_at(6_882)
        assert await downloader.listen_port() == 6_882
        await downloader.close()
