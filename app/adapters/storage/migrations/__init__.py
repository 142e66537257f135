"""The steps from one shape of the tables to the next, oldest first.

Each module has `up(migrator, db)` as `playhouse.migrations` wants it. They are imported here by name, because the
bundled program has no folder of scripts to look into. A step that was released never changes again.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from app.adapters.storage.migrations import (
    m0001_first,
    m0002_exception_scopes,
    m0003_progress,
    m0004_records,
    m0005_subscriptions,
    m0006_shadow,
    m0007_leaks,
)

STEPS: Final[tuple[tuple[str, ModuleType], ...]] = (
    ("0001_first", m0001_first),
    ("0002_exception_scopes", m0002_exception_scopes),
    ("0003_progress", m0003_progress),
    ("0004_records", m0004_records),
    ("0005_subscriptions", m0005_subscriptions),
    ("0006_shadow", m0006_shadow),
    ("0007_leaks", m0007_leaks),
)
"""Names as the database remembers them, in order."""
