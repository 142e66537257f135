"""What is known of downloaders: their last state and our entries in their ban lists; runs on the storage thread."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from peewee import SqliteDatabase

from app.adapters.storage.columns import (
    UnreadableRow,
    UnreadableRows,
    clamped,
    clean,
    prefix_text,
    text_of,
)
from app.adapters.storage.models import Downloaders, Owned
from app.adapters.storage.sql import as_bytes, built, insertion, run, run_many
from app.adapters.storage.thread import unhurried
from app.domain.address import Prefix, parse_prefix
from app.services.ports import LastState

STALE: Final = 10 * 60 * 1000
"""Milliseconds after which a state that only got older is written again; every sweep would be gigabytes a year."""

_OWN: Final = built(insertion(Owned, Owned.downloader, Owned.prefix).on_conflict_ignore())
_DISOWN: Final = built(Owned.delete().where((Owned.downloader == "") & (Owned.prefix == "")))
_OWNED: Final = built(Owned.select(as_bytes(Owned.prefix)).where(Owned.downloader == ""))


class StateTable:
    """The last state of each downloader; what is not worth a write yet is only remembered."""

    def __init__(self) -> None:
        self._written: dict[str, LastState] = {}
        self._latest: dict[str, LastState] = {}

    def save(self, db: SqliteDatabase, downloader: str, state: LastState) -> None:
        """Remember `state`, and write it when it says something new or the last write is long ago."""
        self._latest[downloader] = state
        last = self._written.get(downloader)
        if (
            last is None
            or (last.version, last.torrents) != (state.version, state.torrents)
            or abs(state.at - last.at) >= STALE
        ):
            self._write(db, downloader, state)

    def flush(self, db: SqliteDatabase) -> None:
        """Write what was only remembered."""
        for downloader, state in self._latest.items():
            if self._written.get(downloader) != state:
                self._write(db, downloader, state)

    def load(self, db: SqliteDatabase) -> dict[str, LastState]:
        """The last states by downloader id; a row that cannot be read is reported in the log and left out."""
        query = Downloaders.select(
            as_bytes(Downloaders.id),
            Downloaders.at,
            as_bytes(Downloaders.version),
            Downloaders.torrents,
        )
        found = {}
        unreadable = UnreadableRows("last state of downloader")
        for key, at, version, torrents in query.tuples().execute(db):
            try:
                found[text_of(key)] = _state(at, version, torrents)
            except UnreadableRow as error:
                unreadable.add(key, error)
        unreadable.report()
        return found | self._latest

    def delete(self, db: SqliteDatabase, downloader: str) -> None:
        """Forget one downloader."""
        self._latest.pop(downloader, None)
        self._written.pop(downloader, None)
        Downloaders.delete().where(Downloaders.id == downloader).execute(db)

    def forget_writes(self) -> None:
        """What was written last is not stored after all: write it again."""
        self._written.clear()

    def _write(self, db: SqliteDatabase, downloader: str, state: LastState) -> None:
        row = {
            Downloaders.id: downloader,
            Downloaders.at: clamped(state.at),
            Downloaders.version: clean(state.version),
            Downloaders.torrents: state.torrents,
        }
        kept = [Downloaders.at, Downloaders.version, Downloaders.torrents]
        query = Downloaders.insert(row)
        query.on_conflict(conflict_target=[Downloaders.id], preserve=kept).execute(db)
        self._written[downloader] = state


def owned(db: SqliteDatabase, downloader: str) -> set[Prefix]:
    """Our entries there; one that cannot be read is reported in the log and left out."""
    found = set()
    unreadable = UnreadableRows(f"entry at downloader {downloader}")
    for (column,) in unhurried(run(db, _OWNED, (downloader,))):
        try:
            found.add(parse_prefix(text_of(column)))
        except ValueError as error:
            unreadable.add(column, error)
    unreadable.report()
    return found


def change_owned(
    db: SqliteDatabase, downloader: str, added: Collection[Prefix], removed: Collection[Prefix]
) -> None:
    """Remember and forget entries; one that is both is remembered."""
    run_many(db, _DISOWN, ((downloader, prefix_text(prefix)) for prefix in removed))
    run_many(db, _OWN, ((downloader, prefix_text(prefix)) for prefix in added))


def disown_all(db: SqliteDatabase, downloader: str) -> None:
    """Forget all entries there."""
    Owned.delete().where(Owned.downloader == downloader).execute(db)


def _state(at: object, version: object, torrents: object) -> LastState:
    if not (isinstance(at, int) and isinstance(torrents, int)):
        raise UnreadableRow("a number is none")
    return LastState(at=at, version=text_of(version), torrents=torrents)
