"""Bytes that went to banned peers, in the database."""

from __future__ import annotations

from msgspec.structs import replace

from app.adapters.storage import SqliteStore
from app.services.leakage import Leak
from tests.adapters.storage import examples

BAN = examples.ban()


def leak(count: int, since: int = BAN.since) -> Leak:
    return Leak(prefix=BAN.prefix, since=since, bytes=count)


async def leaked(store: SqliteStore) -> int:
    return (await store.history(offset=0, limit=1))[1][0].leaked


async def test_it_stands_beside_the_ban_and_in_its_history(store: SqliteStore) -> None:
    await store.commit_bans([BAN], ())
    assert await leaked(store) == 0
    await store.leaks.save([leak(70)])
    assert await store.leaks.load() == {(BAN.prefix, BAN.since): 70}
    assert await leaked(store) == 70
    assert await store.load_bans() == [BAN]


async def test_a_ban_that_is_gone_is_found_in_the_history(store: SqliteStore) -> None:
    await store.commit_bans([BAN], ())
    await store.commit_bans((), [BAN.prefix])
    await store.leaks.save([leak(70)])
    assert await store.leaks.load() == {}
    assert await leaked(store) == 70


async def test_what_is_stored_never_falls_and_belongs_to_one_ban(store: SqliteStore) -> None:
    await store.commit_bans([BAN], ())
    await store.leaks.save([leak(70), leak(900, since=5)])
    await store.leaks.save([leak(30)])
    assert await leaked(store) == 70


async def test_a_ban_with_another_end_keeps_it_and_another_ban_does_not(store: SqliteStore) -> None:
    await store.commit_bans([BAN], ())
    await store.leaks.save([leak(70)])
    await store.commit_bans([replace(BAN, until=BAN.until + 1)], (), record=False)
    assert await store.leaks.load() == {(BAN.prefix, BAN.since): 70}
    await store.commit_bans([replace(BAN, since=BAN.since + 1)], ())
    assert await store.leaks.load() == {}
