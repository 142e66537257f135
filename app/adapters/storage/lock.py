"""Sees to it that one process at a time works in a data directory, by a lock that ends with the process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from app.domain.errors import AppError
from app.domain.reason import Text
from app.services.errors import StorageError

LOCK_FILE: Final = "peerwarden.lock"
"""Stays where it is: deleting it could take the lock from under another process."""

_LOCKED_BYTE: Final = 1 << 20
"""Windows lets nobody read what is locked, so the lock lies behind the number that others may read."""


class AlreadyRunning(AppError):
    """Another process works in this data directory."""

    def __init__(self, folder: Path, pid: str) -> None:
        super().__init__(Text("already-running", {"path": str(folder), "pid": pid}))


@contextmanager
def directory_lock(folder: Path) -> Iterator[None]:
    """Hold `folder`, which exists, for this process.

    Raises AlreadyRunning when another one holds it, StorageError when nothing can be written there. A process that was
    killed holds nothing.
    """
    try:
        file = (folder / LOCK_FILE).open("a+b")
    except OSError as error:
        raise StorageError(str(error)) from error
    with file:
        try:
            _lock(file)
        except OSError as error:
            raise AlreadyRunning(folder, _owner(file)) from error
        _sign(file)
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


def _sign(file: BinaryIO) -> None:
    """Leave our process number for whoever comes second; a full disk is no reason not to start."""
    try:
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
    except OSError:
        return


def _owner(file: BinaryIO) -> str:
    try:
        file.seek(0)
        return file.read(20).decode("ascii", "replace").strip() or "?"
    except OSError:
        return "?"
