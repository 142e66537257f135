"""Replaces a file so that a reader, or a crash, sees either all of the old or all of the new."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
"""What nobody but the owner may read."""

_ATTEMPTS: Final = 5
_PAUSE_SECONDS: Final = 0.1


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path`; a new file is private, an old one keeps its mode and owner.

    Blocks until it is on disk. Raises OSError, and the old file is then as it was.
    """
    # A link stays a link: what it points to is replaced.
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(fresh, target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def put_in_place(fresh: Path, target: Path) -> None:
    """Make `fresh`, which is on disk in the same folder, the new `target`; raises OSError."""
    _take_over_rights(target, fresh)
    _replace(fresh, target)
    _sync_folder(target.parent)


def _take_over_rights(old: Path, new: Path) -> None:
    try:
        state = old.stat()
    except FileNotFoundError:
        return
    new.chmod(state.st_mode & 0o7777)
    if os.name == "posix":
        own = new.stat()
        if (own.st_uid, own.st_gid) != (state.st_uid, state.st_gid):
            try:
                os.chown(new, state.st_uid, state.st_gid)
            except PermissionError:
                # Only root may give files away; the content matters more than the owner.
                return


def _replace(new: Path, old: Path) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            new.replace(old)
        except PermissionError:
            # On Windows a virus scanner or an editor may hold the file for a moment.
            if os.name != "nt" or attempt == _ATTEMPTS - 1:
                raise
            threading.Event().wait(_PAUSE_SECONDS)
        else:
            return


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
