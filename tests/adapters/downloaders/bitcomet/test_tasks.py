"""Which tasks are known, and what is asked of them when."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from app.adapters.downloaders.bitcomet.tasks import TaskTable, sum_rates
from app.adapters.downloaders.bitcomet.wire import PeerWire, Summary
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.turn import LONELY, RESTING
from app.domain.address import Translation
from tests.adapters.downloaders.bitcomet.fake import HASH, SIZE, peer, summary


def told(**changes: Any) -> Summary:  # noqa: ANN401 - JSON
    return msgspec.json.decode(json.dumps(summary(**changes)), type=Summary, strict=False)


def known(*task_ids: str, **changes: Any) -> TaskTable:  # noqa: ANN401 - JSON
    table = TaskTable(Translation())
    table.take(task_ids)
    for task in table.entries.values():
        table.learn(task, told(**changes))
    return table


def summaries(table: TaskTable, sweeps: int) -> list[int]:
    """In how many of so many sweeps each is asked for its summary."""
    return [sum(task.wants_summary() for _ in range(sweeps)) for task in table.entries.values()]


def test_all_that_is_told_arrives() -> None:
    table = known(
        "17",
        total_size="5000000",
        upload_rate=5,
        download_rate=6,
        torrent_private=True,
        download_permillage=500,
    )
    (watched,) = table.watched
    torrent = watched.torrent
    assert (torrent.id, torrent.hash, torrent.name) == ("17", HASH, "A task")
    assert (torrent.size, torrent.completed_size, torrent.progress) == (5_000_000, SIZE, 0.5)
    assert (torrent.upload_rate, torrent.download_rate) == (5, 6)
    assert torrent.private


def test_what_is_missing_is_unknown() -> None:
    table = TaskTable(Translation())
    table.take(["17"])
    table.learn(table.entries["17"], Summary())
    (watched,) = table.watched
    assert (watched.torrent.name, watched.torrent.hash) == ("17", "")
    assert watched.torrent.completed_size == -1


def test_the_second_version_of_a_hash_stands_in_for_the_first() -> None:
    (watched,) = known("17", infohash=None, infohash_v2="AB" * 32).watched
    assert watched.torrent.hash == "ab" * 32


def test_one_that_is_new_or_downloads_is_asked_for_its_summary_each_time() -> None:
    fresh = TaskTable(Translation())
    fresh.take(["1"])
    assert summaries(fresh, 3) == [3]
    assert summaries(known("1", download_permillage=5, download_rate=1), 20) == [20]


def test_one_that_rests_or_is_complete_is_asked_for_it_now_and_then() -> None:
    assert summaries(known("1", "2"), RESTING * 5) == [5, 5]
    assert summaries(known("1", upload_rate=9), RESTING * 5) == [5]


def test_those_that_rest_do_not_all_come_at_once() -> None:
    table = known(*map(str, range(60)))
    each = [sum(task.wants_summary() for task in table.entries.values()) for _ in range(RESTING)]
    assert sum(each) == 60
    assert max(each) < 30


def test_moving_ones_are_asked_for_peers_each_time_and_lonely_ones_rarely() -> None:
    for changes, expected in (({"upload_rate": 9}, LONELY), ({}, 1)):
        table = known("1", **changes)
        asked = 0
        for _ in range(LONELY):
            for watched in table.begin_sweep():
                asked += 1
                watched.turn.done()
        assert asked == expected


def test_those_that_are_not_active_any_more_are_gone() -> None:
    table = known("1", "2")
    one = table.entries["1"]
    table.take(["1"])
    assert table.entries == {"1": one}


async def test_between_summaries_its_peers_tell_how_fast_it_is() -> None:
    (watched,) = known("1").watched
    before = watched.torrent
    sum_rates(watched)
    assert watched.torrent is before
    rows = [peer("36.1.0.1", up_rate=5), peer("36.1.0.2", up_rate=6, dl_rate=1)]
    wires = msgspec.json.decode(json.dumps(rows), type=list[PeerWire])
    await watched.table.update({str(wire.ip): wire for wire in wires}, Effort())
    sum_rates(watched)
    assert (watched.torrent.upload_rate, watched.torrent.download_rate) == (11, 1)
