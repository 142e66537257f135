"""When another plugin bans from now on, the bans of the one before end as they shall."""

from __future__ import annotations

import pytest

from app.services.errors import ProtocolMismatch
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import BAD, NEAR_BAD, Ledger
from tests.adapters.downloaders.deluge.fake import ADAPTER, OURS, FakeDeluge, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened
from tests.adapters.downloaders.transmission.shelf import served_shelf

THEIRS = "9.9.9.9"


def is_blocked(fake: FakeDeluge, ip: str) -> bool:
    return fake.libtorrent.filter.access(ip) == 1


@pytest.mark.parametrize(
    ("before", "after"), [("Blocklist", OURS), ("Blocklist", ADAPTER), (ADAPTER, OURS)]
)
async def test_bans_of_the_plugin_before_end_by_the_one_after(before: str, after: str) -> None:
    async with fake_deluge() as fake, served_shelf() as shelf:
        if before == ADAPTER:
            fake.enabled.add(ADAPTER)
            fake.adapter_ips.add(THEIRS)
        around = surroundings(shelf=shelf)
        fake.libtorrent.filter.add_rule(THEIRS, THEIRS, 1)
        async with opened(fake, around) as downloader:
            ledger = Ledger(await downloader.connect())
            await downloader.apply(ledger.push(BAD, NEAR_BAD, everything=True))
        if after == ADAPTER:
            fake.enabled.add(ADAPTER)
        async with opened(fake, around, allow_plugin=after == OURS) as downloader:
            await downloader.connect()
            assert after in fake.enabled
            for _ in range(2):  # the second is one as always
                await downloader.apply(ledger.push(NEAR_BAD, everything=True))
                assert not is_blocked(fake, BAD)
                assert is_blocked(fake, NEAR_BAD)
                assert is_blocked(fake, THEIRS)
            await downloader.apply(ledger.push())
            assert not is_blocked(fake, NEAR_BAD)
            assert is_blocked(fake, THEIRS)
        assert fake.block_config["url"] == ""
        assert fake.adapter_ips <= {THEIRS}


async def test_a_list_of_the_user_s_is_not_retired() -> None:
    async with fake_deluge(ADAPTER, "Blocklist") as fake, served_shelf() as shelf:
        around = surroundings(shelf=shelf)
        fake.block_config["url"] = "http://lists.example/level1"
        async with opened(fake, around) as downloader:
            ledger = Ledger(await downloader.connect())
            await downloader.apply(ledger.push(BAD, everything=True))
        async with opened(fake, around, allow_plugin=True) as downloader:
            await downloader.connect()
            await downloader.apply(ledger.push(everything=True))
        assert fake.block_config["url"] == "http://lists.example/level1"


async def test_our_plugin_when_its_user_disables_it_is_followed_by_another() -> None:
    async with fake_deluge() as fake, served_shelf() as shelf:
        around = surroundings(shelf=shelf)
        async with opened(fake, around, allow_plugin=True) as downloader:
            await downloader.connect()
        async with opened(fake, around) as downloader:
            first = await downloader.connect()
            fake._core_disable_plugin(OURS)  # noqa: SLF001 - as its user does
            fake.failures["peerwarden.get_peers"] = (4, "Failure: the plugin is disabled")
            await downloader.snapshot()
            second = await downloader.connect()
            assert second.session > first.session
            assert not second.capabilities.ipv6


async def test_exceptions_that_a_crash_left_end_with_the_plugin_that_made_them() -> None:
    async with fake_deluge() as fake, served_shelf() as shelf:
        around = surroundings(shelf=shelf)
        async with opened(fake, around) as downloader:
            ledger = Ledger(await downloader.connect())
            await downloader.apply(ledger.push(BAD, everything=True))
            fake.block_config["whitelisted"] = ["8.8.8.8"]
            fake.failures["blocklist.check_import"] = (4, "Failure: crash")
            with pytest.raises(ProtocolMismatch):
                await downloader.apply(ledger.push())
            assert set(fake.block_config["whitelisted"]) == {"8.8.8.8", BAD}
        async with opened(fake, around, allow_plugin=True) as downloader:
            ledger = Ledger(await downloader.connect())
            await downloader.apply(ledger.push(NEAR_BAD, everything=True))
        assert fake.block_config["whitelisted"] == ["8.8.8.8"]
