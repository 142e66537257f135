"""The way through our own plugin."""

from __future__ import annotations

from tests.adapters.downloaders.contract import BAD, BAD6, NEAR_BAD, Ledger
from tests.adapters.downloaders.deluge.fake import HASH, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened


async def test_only_what_changed_is_sent() -> None:
    async with fake_deluge() as fake, opened(fake, allow_plugin=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        await downloader.apply(ledger.push(BAD, "240e:3a1::/52"))
        await downloader.apply(ledger.push("240e:3a1::/52"))
        sent = [call for call in fake.log if call[0].endswith("_bans")]
        assert sent == [
            ("peerwarden.replace_bans", [[f"{BAD}/32"], []]),
            ("peerwarden.change_bans", [["240e:3a1::/52"], []]),
            ("peerwarden.change_bans", [[], [f"{BAD}/32"]]),
        ]


async def test_a_plugin_that_holds_another_number_is_given_all() -> None:
    async with fake_deluge() as fake, opened(fake, allow_plugin=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        fake.bans.replace([], [])
        await downloader.apply(ledger.push(BAD, NEAR_BAD))
        assert len(fake.bans) == 2


async def test_a_plugin_that_was_started_anew_is_a_new_session() -> None:
    async with fake_deluge() as fake, opened(fake, allow_plugin=True) as downloader:
        first = await downloader.connect()
        await downloader.snapshot()
        fake.instance += 1
        await downloader.snapshot()
        second = await downloader.connect()
        assert second.session == first.session + 1
        await downloader.snapshot()
        assert await downloader.connect() == second


async def test_one_whose_bans_somebody_took_away_is_a_new_session() -> None:
    async with fake_deluge() as fake, opened(fake, allow_plugin=True) as downloader:
        first = await downloader.connect()
        await downloader.apply(Ledger(first).push(BAD, everything=True))
        fake.bans.replace([], [])
        await downloader.snapshot()
        assert (await downloader.connect()).session == first.session + 1


async def test_lists_of_thousands_are_sent_whole() -> None:
    async with fake_deluge() as fake, opened(fake, allow_plugin=True) as downloader:
        ledger = Ledger(await downloader.connect())
        many = [f"36.110.{n >> 8}.{n & 255}" for n in range(0, 2_400, 2)]
        await downloader.apply(ledger.push(*many, BAD6, everything=True))
        assert len(fake.bans) == 1_201


async def test_peers_of_a_torrent_that_is_not_listed_do_no_harm() -> None:
    async with fake_deluge() as fake, opened(fake, allow_plugin=True) as downloader:
        fake.has_bare_magnet = True
        listed = (await downloader.snapshot()).torrents
        assert {each.torrent.id for each in listed} == {HASH, "ab" * 20}
