"""qBittorrent Enhanced, with shadow bans and without, keeps the contract; so does qBittorrent itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_address

import pytest

from app.adapters.downloaders.qbittorrent.flavour import (
    ENHANCED,
    PLAIN,
    SHADOW,
    Flavour,
    flavour_of,
)
from app.adapters.downloaders.qbittorrent.version import Version
from app.demo import version as versions
from app.demo.banned_ips import BanList
from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.errors import NeedsAction
from app.settings.downloader_kind import QBITTORRENT_EE
from tests.adapters.downloaders.contract import (
    BAD,
    FOREIGN,
    GOOD,
    DownloaderContract,
    Ledger,
    Subject,
    opened,
    sweep_until,
)
from tests.adapters.downloaders.qbittorrent.family import EnhancedApi, family
from tests.adapters.downloaders.qbittorrent.scripted import settings


class TestEnhancedWithShadowBans(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with family(shadow=True) as (_, subject):
            yield subject


class TestEnhanced(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with family() as (_, subject):
            yield subject


class TestQBittorrent(DownloaderContract):
    @pytest.fixture(params=["4.5.2", "5.3.0"])
    async def subject(self, request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
        async with family(versions.version(request.param)) as (_, subject):
            yield subject


async def test_a_shadow_banned_peer_stays_connected_and_is_not_shown() -> None:
    async with family(shadow=True) as (server, subject), opened(subject) as downloader:
        ledger = Ledger(await downloader.connect())
        await subject.meet(BAD, GOOD)
        await sweep_until(downloader, subject, lambda peers: {BAD, GOOD} <= set(peers))
        await downloader.apply(ledger.push(BAD, everything=True))
        await sweep_until(downloader, subject, lambda peers: set(peers) == {GOOD})
        torrent = server.hosts.torrent_of_all
        assert len(torrent.peers) == 2
        assert server.banned == ()
        assert not torrent.feeds(BAD)


@pytest.mark.parametrize(
    ("shadow", "path"), [(True, "transfer/shadowbanPeers"), (False, "transfer/banPeers")]
)
async def test_single_additions_go_to_the_path_of_the_list(*, shadow: bool, path: str) -> None:
    async with family(shadow=shadow) as (server, subject):
        wanted = replace(subject.settings, increment_ban=True)
        async with opened(subject, wanted) as downloader:
            ledger = Ledger(await downloader.connect())
            await subject.meet(BAD)
            await subject.add_foreign(FOREIGN)
            server.calls.clear()
            await downloader.apply(ledger.push(BAD))
            assert server.calls == {path: 1}
            await subject.wait_dropped(BAD)
            assert FOREIGN in await subject.foreign()


@pytest.mark.parametrize("shadow", [True, False])
async def test_our_entries_leave_the_other_list_when_the_user_changes_the_way(
    *, shadow: bool
) -> None:
    async with family(shadow=shadow) as (server, subject):
        assert isinstance(server.api, EnhancedApi)
        await subject.add_foreign(FOREIGN)
        async with opened(subject) as downloader:
            ledger = Ledger(await downloader.connect())
            await downloader.apply(ledger.push(BAD, everything=True))
        changed = replace(subject.settings, use_shadow_ban=not shadow)
        async with opened(subject, changed) as downloader:
            await downloader.connect()
            await downloader.apply(ledger.push(BAD, everything=True))
        old, new = str(server.api.bans), str(server.api.shadow_bans)
        if shadow:
            old, new = new, old
        assert old.split() == [str(FOREIGN.network_address)]
        assert BAD in new.split()


async def test_shadow_bans_that_are_off_are_a_matter_for_the_user() -> None:
    async with family(shadow=True) as (server, subject), opened(subject) as downloader:
        server.api.preferences["shadow_ban_enabled"] = False
        with pytest.raises(NeedsAction) as failure:
            await downloader.connect()
        assert failure.value.text == Text("shadow-ban-off")
        server.api.preferences["shadow_ban_enabled"] = True
        assert (await downloader.connect()).product == "qBittorrentEE"


async def test_one_without_shadow_bans_is_too_old_for_them() -> None:
    async with family(versions.version("4.5.2")) as (_, subject):
        wanted = replace(subject.settings, type=QBITTORRENT_EE, use_shadow_ban=True)
        async with opened(subject, wanted) as downloader:
            with pytest.raises(NeedsAction) as failure:
                await downloader.connect()
            assert failure.value.text == Text("shadow-ban-unknown", {"version": "4.5.2"})


async def test_a_peer_that_the_user_shadow_banned_is_left_alone() -> None:
    async with family() as (server, subject), opened(subject) as downloader:
        await subject.meet(BAD, GOOD)
        server.hosts.torrent_of_all.shadowed = BanList().adding([ip_address(BAD)])
        await sweep_until(downloader, subject, lambda peers: set(peers) == {GOOD})


@pytest.mark.parametrize(
    ("numbers", "flavour", "prefixes"),
    [
        ((5, 3, 0), PLAIN, True),
        ((5, 2, 0), PLAIN, False),
        ((5, 3, 0), ENHANCED, True),
        ((4, 6, 7), ENHANCED, False),
        ((5, 3, 0), SHADOW, False),
    ],
)
def test_blocks_are_taken_by_late_versions_and_never_as_shadow_bans(
    numbers: tuple[int, int, int], flavour: Flavour, *, prefixes: bool
) -> None:
    assert flavour.capabilities(Version("", numbers)) == Capabilities(prefixes=prefixes)


def test_only_the_enhanced_edition_has_shadow_bans() -> None:
    where = "http://127.0.0.1:8080"
    assert flavour_of(settings(where, use_shadow_ban=True)) is PLAIN
    assert flavour_of(settings(where, type=QBITTORRENT_EE)) is ENHANCED
    assert flavour_of(settings(where, type=QBITTORRENT_EE, use_shadow_ban=True)) is SHADOW
