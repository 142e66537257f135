"""The torrents that were seen, by info hash; all of it runs on the storage thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from peewee import EXCLUDED, SQL, Case, SqliteDatabase

from app.adapters.storage.columns import clamped, clean
from app.adapters.storage.models import Torrents
from app.adapters.storage.sql import built, insertion, run_many
from app.adapters.storage.thread import unhurried
from app.domain.torrent import Torrent

_MAX_KNOWN: Final = 200_000
_AT_A_TIME: Final = 500

# A magnet link has neither name nor size at first. Once private stays private: not every downloader says so.
_UPSERT: Final = built(
    insertion(
        Torrents, Torrents.info_hash, Torrents.name, Torrents.size, Torrents.private_torrent
    ).on_conflict(
        conflict_target=[Torrents.info_hash],
        update={
            Torrents.name: EXCLUDED.name,
            Torrents.size: Case(None, [(EXCLUDED.size > SQL("0"), EXCLUDED.size)], Torrents.size),
            Torrents.private_torrent: Torrents.private_torrent | EXCLUDED.private_torrent,
        },
        where=(
            (Torrents.name != EXCLUDED.name)
            | ((Torrents.size != EXCLUDED.size) & (EXCLUDED.size > SQL("0")))
            | (Torrents.private_torrent < EXCLUDED.private_torrent)
        ),
    )
)


class TorrentTable:
    """Writes what is new; remembers what each downloader said last, so that most sweeps write nothing."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, int, bool]] = {}

    def save(self, db: SqliteDatabase, downloader: str, torrents: Iterable[Torrent]) -> None:
        """Store those of `torrents` that are new or have another name, size or privacy."""
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        run_many(db, _UPSERT, self._news(downloader, torrents))

    def forget(self) -> None:
        """What was written last is not stored after all: write it again."""
        self._known.clear()

    def _news(
        self, downloader: str, torrents: Iterable[Torrent]
    ) -> Iterator[tuple[str, str, int, bool]]:
        for torrent in torrents:
            key = (downloader, torrent.hash)
            shown = (torrent.name, torrent.size, torrent.private)
            if self._known.get(key) != shown:
                self._known[key] = shown
                yield _row(torrent)


def save_torrents(db: SqliteDatabase, torrents: Iterable[Torrent]) -> dict[str, int]:
    """Store `torrents` and return the keys of their rows by info hash."""
    by_hash = {clean(torrent.hash): torrent for torrent in unhurried(torrents)}
    run_many(db, _UPSERT, map(_row, by_hash.values()))
    hashes, keys = list(by_hash), {}
    for start in range(0, len(hashes), _AT_A_TIME):
        some = hashes[start : start + _AT_A_TIME]
        query = Torrents.select(Torrents.info_hash, Torrents.id).where(Torrents.info_hash << some)
        keys.update(query.tuples().execute(db))
    return keys


def _row(torrent: Torrent) -> tuple[str, str, int, bool]:
    return clean(torrent.hash), clean(torrent.name), clamped(torrent.size), torrent.private
