"""Brings a database to the shape that this version knows, by playhouse's runner over our bundled steps."""

from __future__ import annotations

from types import ModuleType
from typing import Final

from peewee import SqliteDatabase
from playhouse.migrations import Migration, Runner

from app.adapters.storage.migrations import STEPS

APPLICATION_ID: Final = 0x50576472
"""`PWdr` in the header of our files, so that no other program's database is taken for ours."""

HISTORY_TABLE: Final = "schema_migration"
"""Where the runner remembers by name what was applied; part of our format, as read_only.py reads it too."""

LATEST: Final = STEPS[-1][0]
_MODULES: Final = dict(STEPS)


class _Step(Migration):  # type: ignore[misc] # playhouse has no types
    """A migration that is part of the program instead of a file."""

    __slots__ = ()

    def load(self) -> ModuleType:
        return _MODULES[self.name]


class _Bundled(Runner):  # type: ignore[misc] # the same
    """Finds the steps in `STEPS` instead of a folder."""

    def migrations(self) -> list[Migration]:
        return [_Step(int(name[:4]), name, name, None) for name, _ in STEPS]


def migrate(db: SqliteDatabase) -> list[str]:
    """Apply the steps that are missing, each in a transaction of its own; returns their names.

    A kill between two steps leaves a sound database that the next start brings further.
    """
    if db.application_id != APPLICATION_ID:
        db.application_id = APPLICATION_ID
    return list(_Bundled(db, table_name=HISTORY_TABLE).up())


def unknown_steps(applied: list[str]) -> list[str]:
    """Those of the `applied` names that came after this version."""
    return sorted(name for name in applied if name not in _MODULES)
