"""What rules in shadow would have banned, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from peewee import SqliteDatabase

from app.adapters.storage.codec import BanDecoder, BanEncoder
from app.adapters.storage.columns import UnreadableRow, UnreadableRows, clamped, clean
from app.adapters.storage.models import ShadowDecisions
from app.adapters.storage.sql import Row, as_bytes, built, insertion, run, run_many
from app.adapters.storage.thread import DatabaseThread
from app.services.shadow_log import ShadowDecision

FORGET_AT_ONCE: Final = 200
"""Rows deleted per transaction, so that others get their turn."""

_KEY: Final = (
    ShadowDecisions.rule,
    ShadowDecisions.downloader,
    ShadowDecisions.torrent,
    ShadowDecisions.ip,
)
_UPSERT: Final = (
    built(
        insertion(
            ShadowDecisions,
            *_KEY,
            ShadowDecisions.first_at,
            ShadowDecisions.last_at,
            ShadowDecisions.until,
            ShadowDecisions.count,
            ShadowDecisions.payload,
        ).on_conflict(
            conflict_target=_KEY,
            preserve=[ShadowDecisions.last_at, ShadowDecisions.until, ShadowDecisions.payload],
        )
    )
    # peewee would put the table's name before the column that is set.
    + ', "count" = "shadow_decisions"."count" + EXCLUDED."count"'
)
_NEWEST: Final = built(
    ShadowDecisions.select(
        as_bytes(ShadowDecisions.ip),
        ShadowDecisions.last_at,
        ShadowDecisions.until,
        as_bytes(ShadowDecisions.payload),
        ShadowDecisions.first_at,
        ShadowDecisions.count,
    )
    .where(ShadowDecisions.rule == "")
    .order_by(ShadowDecisions.last_at.desc(), ShadowDecisions.id.desc())
    .limit(1)
)
_Old: Final = ShadowDecisions.alias("old")
_FORGET: Final = built(
    ShadowDecisions.delete().where(
        ShadowDecisions.id << _Old.select(_Old.id).where(_Old.last_at < 1).limit(1)
    )
)


class SqliteShadows:
    """Implements `ShadowStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def add(self, decisions: Sequence[ShadowDecision]) -> None:
        """See `ShadowStore`."""

        def work(db: SqliteDatabase) -> None:
            encoder = BanEncoder()
            run_many(db, _UPSERT, (_row(each, encoder) for each in decisions))

        await self._thread.run(work)

    async def recent(self, rule: str, *, limit: int) -> Sequence[ShadowDecision]:
        """Newest first; a row that cannot be read is left out and logged."""
        return await self._thread.run(partial(_recent, rule=rule, limit=limit))

    async def forget(self, *, before: int) -> int:
        """Delete rows last seen before `before` (epoch ms); returns how many."""
        forgotten = 0
        while True:
            some = await self._thread.run(partial(_forget, before=before))
            forgotten += some
            if some < FORGET_AT_ONCE:
                return forgotten


def _row(decision: ShadowDecision, encoder: BanEncoder) -> Row:
    ban = decision.ban
    return (
        *map(clean, decision.key),
        clamped(decision.first_at),
        clamped(ban.since),
        clamped(ban.until),
        decision.count,
        encoder.payload(ban),
    )


def _recent(db: SqliteDatabase, rule: str, limit: int) -> list[ShadowDecision]:
    decoder, unreadable = BanDecoder(), UnreadableRows("decision in shadow")
    found = []
    for ip, last_at, until, payload, first_at, count in run(db, _NEWEST, (clean(rule), limit)):
        try:
            ban = decoder.ban(ip, last_at, until, b"rule", payload)
        except UnreadableRow as error:
            unreadable.add(ip, error)
        else:
            found.append(ShadowDecision(ban=ban, first_at=first_at, count=count))
    unreadable.report()
    return found


def _forget(db: SqliteDatabase, before: int) -> int:
    return int(run(db, _FORGET, (before, FORGET_AT_ONCE)).rowcount)
