"""Which downloads are known, and which of them are asked for their peers."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from app.adapters.downloaders.biglybt.torrents import EVERYTHING_EVERY, TorrentTable
from app.adapters.downloaders.biglybt.wire import DownloadWire
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.turn import LONELY
from app.domain.address import Translation
from tests.adapters.downloaders.biglybt.fake import SIZE, download

A, B = "A" * 40, "b" * 40


def read(*told: dict[str, Any]) -> list[DownloadWire]:
    return msgspec.json.decode(json.dumps(told), type=list[DownloadWire], strict=False)


async def take(table: TorrentTable, *told: dict[str, Any], everything: bool = True) -> None:
    await table.take(read(*told), Effort(), everything=everything)


def due(table: TorrentTable) -> list[str]:
    """Those that are due, as if all were asked."""
    found = table.begin_sweep()
    for watched in found:
        watched.turn.done()
    return [watched.torrent.id for watched in found]


async def test_all_that_is_told_arrives() -> None:
    table = TorrentTable(Translation())
    told = download(
        A,
        completedInThousandNotation=500,
        remainingBytes=1_000_000,
        uploaded=77,
        rtUploadSpeed=5,
        rtDownloadSpeed=6,
        privateTorrent=True,
        categoryName="linux",
        tags=["a", "b"],
    )
    await take(table, told)
    torrent = table.entries[A].torrent
    assert (torrent.id, torrent.hash, torrent.name) == (A, A.lower(), "A torrent")
    assert (torrent.size, torrent.completed_size) == (SIZE, SIZE - 1_000_000)
    assert torrent.progress == 0.5
    assert (torrent.upload_rate, torrent.download_rate, torrent.uploaded) == (5, 6, 77)
    assert torrent.private
    assert (torrent.category, torrent.tags) == ("linux", ("a", "b"))
    assert torrent.tracker == "tracker.example"


async def test_what_is_null_is_empty() -> None:
    table = TorrentTable(Translation())
    nulls = {"name": None, "categoryName": None, "tags": None, "trackers": None, "stats": None}
    await take(table, download(A) | nulls)
    torrent = table.entries[A].torrent
    assert torrent.name == "file in the torrent"
    assert (torrent.category, torrent.tags, torrent.tracker) == ("", (), "")
    assert torrent.completed_size == -1


async def test_a_torrent_without_metadata_and_one_that_was_removed_are_none() -> None:
    table = TorrentTable(Translation())
    await take(table, download(A, removed=True), download(B) | {"torrent": None})
    assert not table.entries


async def test_no_more_of_an_announce_url_than_its_host_is_kept() -> None:
    table = TorrentTable(Translation())
    await take(
        table,
        download(A, trackers=[None, [], ["https://private.example:2710/0123passkey/announce"]]),
        download(B, trackers=[["http://[broken/announce"]]),
    )
    assert [each.torrent.tracker for each in table.entries.values()] == ["private.example", ""]


async def test_one_that_moves_is_asked_each_time_and_one_that_rests_rarely() -> None:
    table = TorrentTable(Translation())
    asked = []
    for _ in range(LONELY):
        await take(table, download(A, rtUploadSpeed=1), download(B))
        asked += due(table)
    assert asked.count(A) == LONELY
    assert asked.count(B) == 1


async def test_bytes_that_moved_between_two_looks_are_noticed() -> None:
    table = TorrentTable(Translation())
    for sent in (10, 10, 10):
        await take(table, download(A, uploaded=sent))
        due(table)
    await take(table, download(A, uploaded=11))
    assert due(table) == [A]


async def test_stopped_ones_stay_known_and_are_not_asked() -> None:
    table = TorrentTable(Translation())
    await take(table, download(A, state=7), download(B, state=5, rtUploadSpeed=1))
    assert set(table.entries) == {A, B}
    for _ in range(LONELY):
        await take(table, download(B, rtUploadSpeed=1), everything=False)
        assert due(table) == [B]


async def test_one_that_leaves_the_active_ones_is_looked_for_in_the_whole_list() -> None:
    table = TorrentTable(Translation())
    await take(table, download(A, rtUploadSpeed=9), download(B))
    wanted = [table.wants_everything]
    await take(table, download(B), everything=False)
    assert [*wanted, table.wants_everything] == [False, True]
    assert table.entries[A].torrent.upload_rate == 0
    await take(table, download(B))
    assert set(table.entries) == {B}


async def test_the_whole_list_is_wanted_now_and_then() -> None:
    table = TorrentTable(Translation())
    await take(table, download(A))
    for _ in range(EVERYTHING_EVERY):
        assert not table.wants_everything
        await take(table, download(A), everything=False)
    assert table.wants_everything


async def test_what_did_not_change_is_the_same_object() -> None:
    table = TorrentTable(Translation())
    await take(table, download(A))
    first = table.entries[A].torrent
    await take(table, download(A), everything=False)
    assert table.entries[A].torrent is first
