"""The tables, from the first version on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from peewee import SqliteDatabase, TextField
from playhouse.migrate import SqliteMigrator

from app.adapters.storage import open_store, schema
from app.adapters.storage.migrations import STEPS
from app.adapters.storage.models import MODELS
from app.adapters.storage.schema import APPLICATION_ID, HISTORY_TABLE


def tables(path: Path) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE ?"
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute(query, (f"%{HISTORY_TABLE}%",)).fetchall())


def migrated(path: Path) -> list[str]:
    db = SqliteDatabase(str(path))
    try:
        return schema.migrate(db)
    finally:
        db.close()


def test_the_steps_make_what_the_models_say(tmp_path: Path) -> None:
    migrated(tmp_path / "steps.db")
    models = SqliteDatabase(str(tmp_path / "models.db"))
    with models.bind_ctx(MODELS):
        models.create_tables(MODELS, safe=False)
    models.close()

    assert tables(tmp_path / "steps.db") == tables(tmp_path / "models.db")


def test_steps_run_once_and_in_order(tmp_path: Path) -> None:
    names = [name for name, _ in STEPS]

    assert names == sorted(names)
    assert migrated(tmp_path / "new.db") == names
    assert migrated(tmp_path / "new.db") == []


def test_a_step_that_fails_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(ModuleType):
        @staticmethod
        def up(migrator: SqliteMigrator, _db: SqliteDatabase) -> None:
            migrator.migrate(migrator.add_column("bans", "more", TextField(default="")))
            raise KeyError("bug")

    path = tmp_path / "new.db"
    migrated(path)
    before = tables(path)
    broken = ("0999_broken", Broken("broken"))
    monkeypatch.setattr(schema, "STEPS", (*STEPS, broken))
    monkeypatch.setattr(schema, "_MODULES", dict((*STEPS, broken)))

    with pytest.raises(KeyError):
        migrated(path)
    assert tables(path) == before


async def test_a_new_database_says_that_it_is_ours(path: Path) -> None:
    await (await open_store(path)).close()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
