"""What rules in shadow would have banned, in the database."""

from __future__ import annotations

from dataclasses import replace

from app.adapters.storage import SqliteStore
from app.adapters.storage.shadow_table import FORGET_AT_ONCE
from app.domain.address import parse_prefix
from app.domain.ban import Ban, DownloaderRef
from app.domain.verdict import Action, Mode
from app.services.shadow_log import ShadowDecision
from tests.domain.examples import UBUNTU, peer, verdict

RULE = "auto-range-ban"


def decision(ip: str, *, at: int, rule: str = RULE, count: int = 1) -> ShadowDecision:
    line = verdict(rule, Action.BAN, 5_000, Mode.SHADOW)
    ban = Ban(
        prefix=parse_prefix(ip),
        since=at,
        until=at + 5_000,
        verdict=line,
        trace=(line,),
        downloader=DownloaderRef(id="qb", name="my qB", kind="qBittorrent"),
        torrent=UBUNTU,
        peer=peer(ip),
    )
    return ShadowDecision(ban=ban, first_at=at, count=count)


async def test_what_is_kept_comes_back_with_the_newest_first(store: SqliteStore) -> None:
    one, two = decision("203.0.113.1", at=10), decision("2001:db8::1", at=20)
    await store.shadows.add([one, two, decision("203.0.113.1", at=30, rule="other")])
    assert await store.shadows.recent(RULE, limit=9) == [two, one]
    assert await store.shadows.recent(RULE, limit=1) == [two]


async def test_a_peer_that_comes_again_is_counted_and_keeps_its_first_time(
    store: SqliteStore,
) -> None:
    first, again = decision("203.0.113.1", at=10), decision("203.0.113.1", at=30, count=2)
    await store.shadows.add([first])
    await store.shadows.add([again])
    assert await store.shadows.recent(RULE, limit=9) == [replace(again, first_at=10, count=3)]


async def test_what_is_old_is_forgotten_in_batches(store: SqliteStore) -> None:
    old = [decision(f"203.0.{n // 250}.{n % 250}", at=n) for n in range(FORGET_AT_ONCE + 5)]
    new = decision("198.51.100.1", at=1_000)
    await store.shadows.add([*old, new])
    assert await store.shadows.forget(before=1_000) == len(old)
    assert await store.shadows.recent(RULE, limit=9) == [new]
