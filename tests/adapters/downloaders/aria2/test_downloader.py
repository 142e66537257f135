"""One aria2 is asked little, and Aria2Next is told the whole list."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from app.domain.address import Prefix
from app.services.errors import NotSupported, ProtocolMismatch
from app.services.ports import Push, UploadLimits
from tests.adapters.downloaders.aria2.fake import GID, download, fake_aria2, peer
from tests.adapters.downloaders.aria2.opened import Clock, opened


def held(*texts: str, everything: bool = True) -> Push:
    wanted: frozenset[Prefix] = frozenset(map(ip_network, texts))
    return Push(
        wanted=wanted,
        added=wanted if everything else (),
        removed=(),
        owned=wanted,
        everything=everything,
    )


async def test_torrents_and_peers_come_with_two_requests() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        fake.peers[GID] = [peer("36.110.0.1")]
        fake.active.append(download("b" * 16, infoHash="00" * 20, uploadSpeed="7"))
        fake.waiting.append(download("c" * 16, infoHash="11" * 20))
        fake.stopped.append(download("d" * 16, infoHash="22" * 20))
        await downloader.connect()
        snapshot = await downloader.snapshot()
        assert (snapshot.requests, snapshot.upload_rate) == (2, 7)
        assert [each.torrent.id for each in snapshot.torrents] == [
            GID,
            "b" * 16,
            "c" * 16,
            "d" * 16,
        ]
        assert fake.asked == [GID]
        assert len(snapshot.torrents[0].peers) == 1


async def test_what_is_no_torrent_or_only_led_to_one_is_left_out() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        web = download("b" * 16)
        del web["bittorrent"]
        fake.active.append(web)
        fake.stopped.append(download("c" * 16, followedBy=[GID]))
        assert [each.torrent.id for each in (await downloader.snapshot()).torrents] == [GID]


async def test_one_that_stops_meanwhile_is_shown_without_peers() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        gone = download("b" * 16, infoHash="00" * 20)
        fake.waiting.append(gone)
        fake.peers["b" * 16] = [peer("36.110.0.1")]
        snapshot = await downloader.snapshot()
        assert fake.asked == ["b" * 16]
        assert snapshot.torrents[1].peers == ()


async def test_bytes_of_aria2_grow_with_the_clock() -> None:
    clock = Clock()
    async with fake_aria2("") as fake, opened(fake, clock) as downloader:
        fake.peers[GID] = [peer("36.110.0.1", uploadSpeed="1000")]
        await downloader.snapshot()
        clock.now += 5_000
        (found,) = (await downloader.snapshot()).torrents[0].peers
        assert (found.uploaded, found.estimated) == (5_000, True)


async def test_the_list_is_replaced_as_a_whole_and_not_sent_for_nothing() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        await downloader.apply(held("36.110.0.0/16", "240e:3a1::1"))
        assert set(fake.blocked) == {ip_network("36.110.0.0/16"), ip_network("240e:3a1::1")}
        await downloader.apply(held("36.110.0.0/16", everything=False))
        assert fake.revision == 1
        await downloader.apply(held())
        assert fake.blocked == ()


async def test_rules_that_it_does_not_take_are_reported() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        fake.swallows = 1
        with pytest.raises(ProtocolMismatch, match="bans-not-taken"):
            await downloader.apply(held("36.110.0.1", "36.110.0.2"))
        with pytest.raises(ProtocolMismatch, match="call-refused"):
            await downloader.apply(held("::ffff:36.110.0.0/112"))


async def test_a_restart_is_a_new_session() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        assert (await downloader.connect()).session == 1
        fake.session += 1
        await downloader.snapshot()
        assert (await downloader.connect()).session == 2


async def test_its_port_is_read_from_what_may_be_a_range() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        assert await downloader.listen_port() == 6881
        await downloader.listen_at(7_000)
        assert await downloader.listen_port() == 7_000
        fake.options["listen-port"] = ""
        assert await downloader.listen_port() == 0


async def test_what_it_cannot_do_is_refused() -> None:
    async with fake_aria2("") as fake, opened(fake) as downloader:
        for refused in (
            downloader.trackers(GID),
            downloader.replace_trackers(GID, ()),
            downloader.listen_port(),
            downloader.listen_at(1),
        ):
            with pytest.raises(NotSupported):
                await refused


async def test_its_limit_is_set_to_the_byte() -> None:
    async with fake_aria2("") as fake, opened(fake) as downloader:
        await downloader.limit_upload(UploadLimits(rate=1))
        assert await downloader.upload_limits() == UploadLimits(rate=1)
        assert fake.options["max-overall-upload-limit"] == "1"


async def test_a_list_that_is_refused_is_a_wrong_answer() -> None:
    async with fake_aria2() as fake, opened(fake) as downloader:
        await downloader.connect()
        fake.missing = {"aria2.tellStopped"}
        with pytest.raises(ProtocolMismatch):
            await downloader.snapshot()
