"""The list of torrents is followed by changes."""

from __future__ import annotations

import msgspec
from msgspec import structs

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.qbittorrent.torrents import TorrentTable
from app.adapters.downloaders.qbittorrent.wire import MainData, Properties
from app.adapters.downloaders.reading import decode_now
from app.domain.address import Translation
from app.domain.torrent import Torrent

A, B = "a" * 40, "b" * 40


async def merge(table: TorrentTable, rid: int, **members: object) -> None:
    """Take over an answer."""
    answer = decode_now(msgspec.json.encode({"rid": rid, **members}), MainData)
    await table.merge(answer, Effort())


def shown(table: TorrentTable, torrent_id: str = A) -> Torrent:
    return table.entries[torrent_id].show(ignore_private=False).torrent


FULL = {
    "name": "Debian",
    "total_size": 1000,
    "size": 900,
    "progress": 0.5,
    "completed": 450,
    "upspeed": 3,
    "dlspeed": 4,
    "uploaded": 5,
    "num_leechs": 2,
    "num_seeds": 1,
    "category": "linux",
    "tags": "iso, big,",
    "tracker": "https://tracker.example.org:443/announce?passkey=hunter2",
    "private": True,
    "piece_size": 300,
    "pieces_have": 2,
}


async def test_every_member_is_taken_over_and_the_passkey_is_not() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL})
    assert shown(table) == Torrent(
        id=A,
        hash=A,
        name="Debian",
        size=1000,
        completed_size=600,
        progress=0.5,
        upload_rate=3,
        download_rate=4,
        uploaded=5,
        private=True,
        category="linux",
        tags=("iso", "big"),
        tracker="tracker.example.org",
    )
    assert table.entries[A].connected == 3


async def test_changes_are_merged_and_what_did_not_change_is_the_same_object() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL, B: FULL})
    before, other = table.entries[A].show(ignore_private=False), shown(table, B)
    await merge(table, 2, torrents={A: {"time_active": 9, "eta": 1}})
    assert table.entries[A].show(ignore_private=False) is before
    await merge(table, 3, torrents={A: {"upspeed": 0, "uploaded": 99}})
    assert shown(table) == structs.replace(before.torrent, upload_rate=0, uploaded=99)
    assert shown(table, B) is other
    assert table.rid == 3


async def test_torrents_come_and_go() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL})
    await merge(table, 2, torrents={B: FULL})
    assert set(table.entries) == {A, B}
    await merge(table, 3, torrents_removed=[A, "unknown"])
    assert set(table.entries) == {B}
    await merge(table, 4)
    assert set(table.entries) == {B}


async def test_a_full_answer_replaces_what_was_known_and_keeps_what_is_equal() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL, B: FULL})
    before = shown(table)
    await merge(table, 1, full_update=True, torrents={A: FULL})
    assert set(table.entries) == {A}
    assert shown(table) is before
    await merge(table, 2, full_update=True, torrents={A: {"name": "Debian"}})
    assert shown(table) == Torrent(id=A, hash=A, name="Debian")


async def test_an_empty_list_may_lack_its_member() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL})
    await merge(table, 1, full_update=True)  # 5.1.0 without torrents
    assert table.entries == {}


async def test_old_versions_are_asked_for_what_the_list_lacks_until_more_is_finished() -> None:
    table = TorrentTable(Translation())
    lacking = {"private", "piece_size", "pieces_have"}
    old = {name: value for name, value in FULL.items() if name not in lacking}
    await merge(table, 1, full_update=True, torrents={A: old})
    watched = table.entries[A]
    assert watched.wants_properties
    assert (watched.torrent.private, watched.torrent.completed_size) == (False, -1)
    watched.learn(Properties(is_private=True, piece_size=300, pieces_have=4))
    assert (watched.torrent.private, watched.torrent.completed_size) == (True, 1000)
    await merge(table, 2, torrents={A: {"uploaded": 6}})
    assert not table.entries[A].wants_properties
    await merge(table, 3, torrents={A: {"completed": 500}})
    assert table.entries[A].wants_properties


async def test_new_versions_are_not() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL})
    assert not table.entries[A].wants_properties


async def test_a_magnet_link_without_metadata_is_neither_private_nor_held() -> None:
    table = TorrentTable(Translation())
    magnet = FULL | {"private": None, "piece_size": -1, "pieces_have": -1, "total_size": -1}
    await merge(table, 1, full_update=True, torrents={A: magnet})
    assert (shown(table).private, shown(table).completed_size) == (False, -1)
    await merge(table, 2, torrents={A: {"private": True}})
    assert shown(table).private


async def test_members_without_a_value_are_empty() -> None:
    table = TorrentTable(Translation())
    none = dict.fromkeys(("name", "category", "tags", "tracker", "progress"))
    await merge(table, 1, full_update=True, torrents={A: FULL | none})
    assert (shown(table).name, shown(table).category, shown(table).progress) == ("", "", 0.0)
    assert (shown(table).tags, shown(table).tracker) == ((), "")


async def test_both_names_of_the_private_flag_count() -> None:
    table = TorrentTable(Translation())
    other = {name: value for name, value in FULL.items() if name != "private"}
    await merge(table, 1, full_update=True, torrents={A: other | {"is_private": True}})
    assert shown(table).private


async def test_an_ignored_private_torrent_is_not_to_be_judged() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL})
    assert not table.entries[A].show(ignore_private=True).judged
    assert table.entries[A].show(ignore_private=False).judged


async def test_falling_totals_tell_a_restart() -> None:
    table = TorrentTable(Translation())

    def answer(up: int, down: int) -> MainData:
        state = {"up_info_data": up, "dl_info_data": down}
        return decode_now(msgspec.json.encode({"rid": 1, "server_state": state}), MainData)

    assert not table.restarted(answer(0, 0))
    assert not table.restarted(answer(10, 5))
    assert not table.restarted(
        decode_now(b'{"rid":1,"server_state":{"up_info_data":11}}', MainData)
    )
    assert not table.restarted(decode_now(b'{"rid":1}', MainData))
    assert table.restarted(answer(0, 6))
    assert not table.restarted(answer(1, 6))


async def test_what_is_no_url_is_no_tracker() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: {"tracker": "http://[bad"}})
    assert shown(table).tracker == ""


async def test_of_a_large_session_at_rest_few_are_asked_at_first() -> None:
    table, resting = TorrentTable(Translation()), {**FULL, "upspeed": 0, "dlspeed": 0}
    lonely = {**resting, "num_leechs": 0, "num_seeds": 0}
    many = {f"{number:040x}": lonely for number in range(600)}
    await merge(
        table, 1, full_update=True, torrents={**many, A: resting, B: {**resting, "upspeed": 1}}
    )
    asked = {watched.id for watched in await table.begin_sweep(Effort())}
    assert {A, B} <= asked
    assert len(asked) < 60


async def test_a_rate_that_the_last_peer_left_behind_is_no_movement() -> None:
    table = TorrentTable(Translation())
    await merge(table, 1, full_update=True, torrents={A: FULL})
    await table.begin_sweep(Effort())
    await merge(table, 2, torrents={A: {"num_leechs": 0, "num_seeds": 0}})
    asked = 0
    for _ in range(20):
        for watched in await table.begin_sweep(Effort()):
            asked += 1
            watched.turn.done()
    assert asked <= 3
