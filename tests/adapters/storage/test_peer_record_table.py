"""The ledger of peers as rows; what is reported when is tested with the service."""

from __future__ import annotations

from ipaddress import ip_address

from msgspec import structs

from app.adapters.storage import SqliteStore
from app.services.meter import Reading
from app.services.peer_recording import PeerReport
from tests.domain.examples import UBUNTU, peer


def report(ip: str = "203.0.113.9", *, seen: int = 1_000, uploaded: int = 5) -> PeerReport:
    return PeerReport(
        downloader="one",
        torrent=UBUNTU,
        peer=structs.replace(peer(ip), peer_id="-qB4650-abcdefgh"),
        uploaded=Reading(uploaded, 0, uploaded),
        downloaded=Reading(0, 7, 7),
        first_seen=seen,
        last_seen=seen,
    )


async def test_a_record_is_read_as_it_was_written(store: SqliteStore) -> None:
    await store.peer_records.write([report()])
    total, (row,) = await store.peer_records.of_address(
        ip_address("203.0.113.9"), offset=0, limit=10
    )

    assert total == 1
    assert (row.info_hash, row.torrent, row.peer_id) == (UBUNTU.hash, UBUNTU.name, "-qB4650-")
    assert (row.address, row.port) == (ip_address("203.0.113.9"), 6881)
    assert (row.uploaded, row.downloaded, row.first_seen) == (5, 7, 1_000)


async def test_pages_begin_with_who_was_seen_last(store: SqliteStore) -> None:
    hashes = [f"{n:040x}" for n in range(5)]
    await store.peer_records.write(
        [
            structs.replace(report(seen=n), torrent=structs.replace(UBUNTU, hash=info_hash))
            for n, info_hash in enumerate(hashes)
        ]
    )
    total, rows = await store.peer_records.of_address(ip_address("203.0.113.9"), offset=1, limit=2)

    assert total == 5
    assert [row.info_hash for row in rows] == [hashes[3], hashes[2]]


async def test_both_families_are_found_in_any_spelling(store: SqliteStore) -> None:
    await store.peer_records.write([report("2001:db8::1"), report("::ffff:203.0.113.9")])
    for text in ("2001:0db8:0::1", "203.0.113.9"):
        total, _ = await store.peer_records.of_address(ip_address(text), offset=0, limit=1)
        assert total == 1


async def test_only_old_records_go_also_where_ids_have_gaps(store: SqliteStore) -> None:
    await store.peer_records.write(
        [report(f"10.0.{n >> 8}.{n & 255}", seen=1_000 + n % 2) for n in range(900)]
    )
    assert await store.peer_records.forget(before=1_001) == 450
    assert await store.peer_records.forget(before=1_001) == 0
    assert await store.peer_records.forget(before=2_000) == 450
    assert await store.peer_records.forget(before=2_000) == 0
