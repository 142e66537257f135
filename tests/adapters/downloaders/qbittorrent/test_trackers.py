"""The trackers of a torrent: read tier by tier, replaced without a moment that has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.qbittorrent.trackers import lines, spellings, tier_of_each, tiers_of
from app.demo.server import Fault, running
from app.demo.swarm import Swarm
from app.demo.trackers import added, removed
from app.domain.reason import Text
from app.locale.texts import say
from app.services.errors import ProtocolMismatch
from app.services.ports import Tiers
from tests.adapters.downloaders.qbittorrent.scripted import opened

KEY = "0123456789abcdef"
ONE, TWO, THREE = (f"http://tracker.example/{name}/{KEY}/announce" for name in "abc")
URLS = st.text("ab%|7C/", min_size=1, max_size=5).map("http://x/{}".format)


@pytest.mark.parametrize("version", ["4.5.2", "5.1.0", "5.3.0"])
async def test_trackers_are_replaced_tier_by_tier(version: str) -> None:
    async with running(Swarm(peers=0, torrents=1), version=version) as server:
        downloader = opened(server.url)
        (torrent,) = server.swarm.torrents()
        wanted: Tiers
        for wanted in (((ONE, TWO), (THREE,)), ((THREE,),), ((TWO,), (ONE, THREE)), ()):
            await downloader.replace_trackers(torrent.facts.hash, wanted)
            assert await downloader.trackers(torrent.facts.hash) == wanted
        await downloader.close()


async def test_the_entries_for_dht_and_its_like_are_no_trackers() -> None:
    async with running(Swarm(peers=0, torrents=1)) as server:
        downloader = opened(server.url)
        (torrent,) = server.swarm.torrents()
        tiers = await downloader.trackers(torrent.facts.hash)
        assert tiers == tuple((url,) for url in torrent.facts.trackers)
        await downloader.close()


async def test_the_same_trackers_are_not_written_again() -> None:
    async with running(Swarm(peers=0, torrents=1)) as server:
        downloader = opened(server.url)
        (torrent,) = server.swarm.torrents()
        await downloader.replace_trackers(
            torrent.facts.hash, await downloader.trackers(torrent.facts.hash)
        )
        assert not server.calls["torrents/addTrackers"] + server.calls["torrents/removeTrackers"]
        await downloader.close()


@pytest.mark.parametrize("path", ["torrents/addTrackers", "torrents/removeTrackers"])
async def test_whatever_fails_the_torrent_keeps_trackers_and_no_key_is_told(path: str) -> None:
    async with running(Swarm(peers=0, torrents=1)) as server:
        downloader = opened(server.url)
        (torrent,) = server.swarm.torrents()
        await downloader.replace_trackers(torrent.facts.hash, ((ONE,),))
        server.faults[path] = Fault.ERROR
        with pytest.raises(ProtocolMismatch) as failure:
            await downloader.replace_trackers(torrent.facts.hash, ((TWO,),))
        assert torrent.trackers
        assert KEY not in say(failure.value.text)
        assert path in say(failure.value.text)
        await downloader.close()


async def test_one_that_was_not_taken_is_told_without_its_name() -> None:
    async with running(Swarm(peers=0, torrents=1)) as server:
        downloader = opened(server.url)
        (torrent,) = server.swarm.torrents()
        with pytest.raises(ProtocolMismatch) as failure:
            await downloader.replace_trackers(torrent.facts.hash, ((f" {ONE}",),))
        assert failure.value.text.params["detail"] == Text("trackers-not-taken")
        await downloader.close()


def test_gaps_between_tiers_and_the_order_in_one_mean_nothing() -> None:
    assert tiers_of({TWO: 3, THREE: 7, ONE: 3}) == ((ONE, TWO), (THREE,))


def test_one_named_twice_belongs_to_the_first_tier() -> None:
    assert tier_of_each(((ONE,), (TWO, ONE))) == {ONE: 0, TWO: 1}


@given(st.lists(st.lists(URLS, min_size=1, max_size=3), max_size=4), st.data())
def test_what_is_written_is_read_as_it_was_meant(raw: list[list[str]], data: st.DataObject) -> None:
    tiers = tuple(map(tuple, raw))
    places = tier_of_each(tiers)
    chosen = data.draw(st.sets(st.sampled_from(sorted(places)))) if places else set()
    text = lines(tiers, chosen)
    assert added({}, text) == {url: places[url] for url in chosen}


@given(st.sets(URLS, max_size=4), st.sets(URLS, max_size=2))
def test_all_that_shall_go_goes_where_percent_signs_are_undone(
    gone: set[str], others: set[str]
) -> None:
    standing = dict.fromkeys([*gone, *others], 0)
    assert not gone & removed(standing, "|".join(spellings(gone)), unquotes=True).keys()
