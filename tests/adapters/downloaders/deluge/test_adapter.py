"""The way through PBH's adapter plugin."""

from __future__ import annotations

import logging

import pytest

from tests.adapters.downloaders.contract import BAD, BAD6, GOOD, NEAR_BAD, Ledger
from tests.adapters.downloaders.deluge.fake import ADAPTER, HASH, FakeDeluge, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened
from tests.adapters.downloaders.simulated import until

PREFIX = "peerbanhelperadapter."


def written(fake: FakeDeluge) -> list[tuple[str, list[str]]]:
    """What was changed, by which method."""
    names = ("replace_blocklist", "ban_ips", "unban_ips")
    return [
        (method.removeprefix(PREFIX), sorted(params[0]))
        for method, params in fake.log
        if method.removeprefix(PREFIX) in names
    ]


async def test_single_addresses_of_both_families_go_one_by_one() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(everything=True))
        await downloader.apply(ledger.push(BAD, BAD6, "36.110.0.0/16"))
        await downloader.apply(ledger.push(BAD6))
        assert written(fake)[1:] == [("ban_ips", [BAD6, BAD]), ("unban_ips", [BAD])]


async def test_the_whole_list_is_replaced_with_what_is_not_ours_in_it() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.adapter_ips = {"8.8.8.8", BAD}
        ledger = Ledger(await downloader.connect())
        ledger.push(BAD)
        await downloader.apply(ledger.push(NEAR_BAD, everything=True))
        assert written(fake) == [("replace_blocklist", sorted([NEAR_BAD, "8.8.8.8"]))]


async def test_rules_of_deluge_s_own_blocklist_are_never_wiped() -> None:
    async with fake_deluge(ADAPTER, "Blocklist") as fake, opened(fake) as downloader:
        fake.libtorrent.filter.add_rule("9.0.0.0", "9.255.255.255", 1)
        fake.adapter_ips = {"8.8.8.8", BAD}
        connection = await downloader.connect()
        assert connection.advice is not None
        assert connection.advice.id == "deluge-adapter-with-blocklist"
        ledger = Ledger(connection)
        ledger.push(BAD)
        await downloader.apply(ledger.push(NEAR_BAD, everything=True))
        assert written(fake) == [("unban_ips", [BAD]), ("ban_ips", [NEAR_BAD])]
        assert fake.libtorrent.filter.access("9.1.2.3") == 1


async def test_rules_that_are_lost_behind_its_back_are_written_again() -> None:
    async with fake_deluge(ADAPTER, "Blocklist") as fake, opened(fake) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        fake.libtorrent.filter.rules.clear()
        await downloader.apply(ledger.push(BAD, everything=True))
        assert fake.libtorrent.filter.access(BAD) == 1


async def test_whole_lists_are_sent_when_the_user_wants_that() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake, increment_ban=False) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        await downloader.apply(ledger.push(BAD, NEAR_BAD))
        assert [method for method, _ in written(fake)] == ["replace_blocklist"] * 2


async def test_torrents_that_rest_are_listed_without_peers() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.is_active = False
        (listed,) = (await downloader.snapshot()).torrents
        assert (listed.torrent.id, listed.torrent.seeding, listed.peers) == (HASH, True, ())


async def test_a_magnet_that_breaks_its_listing_costs_ids_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.swarm.meet(GOOD)
        await until(lambda: fake.swarm.connected, "connected")
        fake.has_bare_magnet = True
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                listed = (await downloader.snapshot()).torrents
        (peer,) = next(each for each in listed if each.torrent.id == HASH).peers
        assert (peer.peer_id, peer.estimated) == (None, True)
        assert len(caplog.records) == 1
        fake.has_bare_magnet = False
        (peer,) = (await downloader.snapshot()).torrents[0].peers
        assert peer.peer_id is not None


async def test_counters_that_fall_mean_a_restart() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        first = await downloader.connect()
        fake.swarm.total = 1_000_000
        await downloader.snapshot()
        fake.swarm.total = 10
        await downloader.snapshot()
        assert (await downloader.connect()).session == first.session + 1
        await downloader.snapshot()
        assert (await downloader.connect()).session == first.session + 1
