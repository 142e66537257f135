"""The peers of this run as rows."""

from __future__ import annotations

from msgspec.structs import replace

from app.adapters.storage import SqliteStore
from app.services.meter import Reading
from app.services.swarm_tracking import SwarmReport
from tests.domain.examples import UBUNTU, peer


def report(port: int = 6881) -> SwarmReport:
    return SwarmReport(
        downloader="one",
        torrent=replace(UBUNTU, private=True),
        peer=peer(port=port),
        uploaded=Reading(5, 0, 5),
        downloaded=Reading(0, 7, 7),
        upload_rate_max=9,
        download_rate_max=0,
        first_seen=1_000,
        last_seen=2_000,
    )


async def test_a_peer_is_read_as_it_was_written(store: SqliteStore) -> None:
    await store.swarm.write([report()])
    (row,) = await store.swarm.page(offset=0, limit=10)

    assert (row.info_hash, row.private, row.size) == (UBUNTU.hash, True, UBUNTU.size)
    assert (row.downloader_progress, row.client_name) == (1.0, "qBittorrent/4.6.5")
    assert (row.uploaded, row.downloaded, row.upload_rate_max) == (5, 7, 9)
    assert (row.first_seen, row.last_seen) == (1_000, 2_000)


async def test_a_cursor_sees_each_row_once_and_never_an_id_again(store: SqliteStore) -> None:
    await store.swarm.write([report(port) for port in range(1, 6)])
    cursor, seen = 0, []
    while rows := await store.swarm.after(cursor, limit=2):
        cursor = rows[-1].id
        seen += [row.port for row in rows]
    assert seen == [1, 2, 3, 4, 5]
    assert [row.port for row in await store.swarm.page(offset=3, limit=9)] == [4, 5]

    await store.swarm.empty()
    assert await store.swarm.count() == 0
    await store.swarm.write([report()])
    assert [row.id for row in await store.swarm.after(cursor, limit=2)] == [cursor + 1]


async def test_many_rows_are_emptied_whole(store: SqliteStore) -> None:
    await store.swarm.write([report(port) for port in range(1, 4_002)])
    assert await store.swarm.count() == 4_001
    await store.swarm.empty()
    assert await store.swarm.count() == 0
