"""Sets up logging: standard error, a rotating file in the data directory, and the ring for front ends."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.domain.errors import AppError
from app.domain.reason import Text
from app.services.log_ring import LogRing

_FILE_SIZE: Final = 5 * 1024 * 1024
_FILES: Final = 4
_LINE: Final = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
# They tell each request or socket event at INFO or DEBUG; qasync would drown everything else.
# Which migrations ran, the storage says itself.
_CHATTY: Final = ("httpx", "httpcore", "qasync", "aiohttp.access", "asyncio", "peewee.migrations")


@contextmanager
def logging_to(folder: Path, level: str) -> Iterator[LogRing]:
    """Log to standard error, `folder`/logs and the ring that is returned, until the block ends. Raises AppError."""
    try:
        (folder / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise AppError(
            Text("data-dir-unusable", {"path": str(folder / "logs"), "reason": reason})
        ) from None
    ring = LogRing()
    handlers: list[logging.Handler] = [
        logging.StreamHandler(sys.stderr),
        logging.handlers.RotatingFileHandler(
            folder / "logs" / "peerwarden.log",
            maxBytes=_FILE_SIZE,
            backupCount=_FILES,
            encoding="utf-8",
            delay=True,
        ),
    ]
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_LINE))
    ring.setFormatter(logging.Formatter("%(message)s"))
    root = logging.getLogger()
    before = root.level
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in (*handlers, ring):
        root.addHandler(handler)
    try:
        yield ring
    finally:
        root.setLevel(before)
        for handler in (*handlers, ring):
            root.removeHandler(handler)
            handler.close()
