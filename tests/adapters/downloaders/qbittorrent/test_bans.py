"""The ban list of qBittorrent: ours in, the user's own left alone, nothing written twice."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from app.adapters.downloaders.qbittorrent.bans import is_incremental, item
from app.domain.address import Prefix, parse_prefix
from app.services.errors import ProtocolMismatch
from app.services.ports import Push
from tests.adapters.downloaders.qbittorrent.scripted import Scripted, opened, scripted


def prefixes(*texts: str) -> frozenset[Prefix]:
    return frozenset(map(parse_prefix, texts))


def push(
    wanted: Iterable[str] = (),
    *,
    added: Iterable[str] = (),
    removed: Iterable[str] = (),
    owned: Iterable[str] = (),
    everything: bool = False,
) -> Push:
    return Push(
        wanted=prefixes(*wanted),
        added=prefixes(*added),
        removed=prefixes(*removed),
        owned=prefixes(*wanted, *owned),
        everything=everything,
    )


def banned(server: Scripted) -> list[str]:
    return sorted(str(server.preferences["banned_IPs"]).split())


def test_items_have_the_form_that_is_not_ignored() -> None:
    assert item(parse_prefix("1.2.3.4")) == "1.2.3.4:1"
    assert item(parse_prefix("2001:db8::1")) == "[2001:db8::1]:1"


def test_single_additions_go_one_by_one_and_all_else_as_a_whole() -> None:
    assert is_incremental(push(["1.1.1.1"], added=["1.1.1.1"]))
    assert not is_incremental(push(["1.1.1.1"], added=["1.1.1.1"], everything=True))
    assert not is_incremental(push(["1.1.1.1"], added=["1.1.1.1"], removed=["2.2.2.2"]))
    assert not is_incremental(push(["1.1.0.0/16"], added=["1.1.0.0/16"]))
    many = [f"1.1.{n // 256}.{n % 256}" for n in range(101)]
    assert not is_incremental(push(many, added=many))
    assert is_incremental(push(many, added=many[:100]))


async def test_a_new_ban_is_one_request_when_increments_are_allowed() -> None:
    async with scripted() as (server, url):
        server.preferences["banned_IPs"] = "8.8.8.8"
        downloader = opened(url, increment_ban=True)
        await downloader.connect()
        server.calls.clear()
        new = ["1.1.1.1", "::ffff:1.1.1.1"]
        await downloader.apply(push(new, added=new))
        assert server.calls == {"transfer/banPeers": 1}
        assert banned(server) == ["1.1.1.1", "8.8.8.8", "::ffff:101:101"]
        await downloader.close()


async def test_o6_without_increments_the_whole_list_is_written_and_foreign_entries_stay() -> None:
    async with scripted() as (server, url):
        server.preferences["banned_IPs"] = "8.8.8.8\n2.2.2.2"
        downloader = opened(url)
        await downloader.apply(
            push(["1.1.1.1"], added=["1.1.1.1"], removed=["2.2.2.2"], owned=["2.2.2.2"])
        )
        assert banned(server) == ["1.1.1.1", "8.8.8.8"]
        assert len(server.written) == 1
        await downloader.close()


async def test_a_list_that_stands_there_already_is_not_written() -> None:
    async with scripted() as (server, url):
        server.preferences["banned_IPs"] = "8.8.8.8\n1.1.1.1\n2001:db8:: - 2001:db8::ffff"
        downloader = opened(url)
        ours = ["1.1.1.1", "2001:db8::/112"]
        await downloader.apply(push(ours, everything=True))
        assert server.written == []
        await downloader.close()


async def test_a_push_of_nothing_asks_nothing() -> None:
    async with scripted() as (server, url):
        downloader = opened(url)
        await downloader.connect()
        server.calls.clear()
        await downloader.apply(push(["1.1.1.1"]))
        assert not server.calls
        await downloader.close()


async def test_entries_that_do_not_stick_are_told_and_not_sent_again() -> None:
    async with scripted() as (server, url):
        server.drops = {"2001:db8::1", "2001:db8::2"}
        downloader = opened(url)
        wanted = push(["1.1.1.1", "2001:db8::1", "2001:db8::2"], everything=True)
        for _ in range(3):
            with pytest.raises(ProtocolMismatch) as failed:
                await downloader.apply(wanted)
            detail = failed.value.text.params["detail"]
            assert "bans-not-taken" in str(detail)
            assert "'count': 2" in str(detail)
        assert len(server.written) == 1
        assert banned(server) == ["1.1.1.1"]
        server.preferences["banned_IPs"] = ""  # somebody emptied it: another state, another try
        with pytest.raises(ProtocolMismatch):
            await downloader.apply(wanted)
        assert len(server.written) == 2
        await downloader.close()


async def test_a_server_without_ranges_gets_none() -> None:
    async with scripted() as (server, url):
        server.version = "v5.1.0"
        server.preferences["banned_IPs"] = "7.0.0.0 - 7.0.0.9"
        downloader = opened(url)
        await downloader.apply(push(["1.1.1.1", "1.2.0.0/16"], everything=True))
        assert server.written == [{"banned_IPs": "1.1.1.1\n7.0.0.0 - 7.0.0.9"}]
        await downloader.close()


async def test_a_long_list_arrives_whole() -> None:
    async with scripted() as (server, url):
        downloader = opened(url)
        many = [f"20.{n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(20_000)]
        await downloader.apply(push(many, added=many, everything=True))
        assert len(banned(server)) == 20_000
        await downloader.apply(push(many, everything=True))
        assert len(server.written) == 1
        await downloader.close()
