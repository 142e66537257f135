"""The database files in the data directory: opening what is new, taking in what comes."""

from __future__ import annotations

import contextlib
import logging
import lzma
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

from app.adapters.geoip.database import Database, sweep_scratch
from app.adapters.geoip.reader import GeoReader
from app.domain.reason import Text
from app.locale.texts import say
from app.services.place_files import (
    DatabaseFile,
    DatabaseUnusable,
    GeoKind,
    Opened,
)

log = logging.getLogger(__name__)

NAMES: Final[Mapping[GeoKind, str]] = {
    GeoKind.CITY: "GeoIP-City.mmdb",
    GeoKind.ASN: "GeoIP-ASN.mmdb",
    GeoKind.GEOCN: "GeoCN.mmdb",
}
"""As PBH calls them in its own data directory."""
LARGEST: Final = 1024**3
"""Bytes of a database; MaxMind's paid ones come near."""
_PART: Final = 1024**2
_XZ: Final = b"\xfd7zXZ\x00"


class GeoFiles:
    """Opens the files of `folder`; `scratch` takes the private copies that are mapped."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self._folder, self._scratch = folder, scratch
        self._databases: dict[GeoKind, Database] = {}
        self._seen: dict[GeoKind, tuple[int, ...] | None] = {}
        self._problems: dict[GeoKind, Text] = {}
        self._reader = GeoReader({})

    def target(self, kind: GeoKind) -> Path:
        """Where a download may put its file; raises DatabaseUnusable when there can be no such place."""
        self._make_folder()
        return self._download(kind)

    def discard(self, kind: GeoKind) -> None:
        """Delete what was downloaded."""
        with contextlib.suppress(OSError):
            self._download(kind).unlink(missing_ok=True)

    def refresh(self) -> Opened:
        """Open what is new; a deleted file is no longer used."""
        sweep_scratch(self._scratch)
        changed = [self._reopen(kind) for kind in GeoKind]
        if any(changed):
            self._reader = GeoReader(self._databases)
        return Opened(reader=self._reader, files={kind: self._state(kind) for kind in GeoKind})

    def adopt(self, kind: GeoKind, source: Path) -> None:
        """Check `source` and put a copy in place; raises DatabaseUnusable."""
        self._make_folder()
        try:
            handle, name = tempfile.mkstemp(
                dir=self._folder, prefix=f".{NAMES[kind]}.", suffix=".tmp"
            )
        except OSError as error:
            raise _unread(self._folder, error) from error
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                _copy(source, file)
                file.flush()
                os.fsync(file.fileno())
            Database(fresh, kind, self._scratch)
            fresh.replace(self._folder / NAMES[kind])
        except DatabaseUnusable as error:
            raise DatabaseUnusable(source.name, error.why) from error
        except (lzma.LZMAError, EOFError) as error:
            raise DatabaseUnusable(source.name, Text("place-file-damaged")) from error
        except OSError as error:
            raise _unread(source, error) from error
        finally:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)

    def _download(self, kind: GeoKind) -> Path:
        return self._folder / f".{NAMES[kind]}.download"

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unread(self._folder, error) from error

    def _reopen(self, kind: GeoKind) -> bool:
        """Whether another database, or none, is in use now."""
        path = self._folder / NAMES[kind]
        signature = _signature(path)
        if kind in self._seen and self._seen[kind] == signature:
            return False
        self._seen[kind] = signature
        self._problems.pop(kind, None)
        if signature is None:
            return self._databases.pop(kind, None) is not None
        try:
            self._databases[kind] = Database(path, kind, self._scratch)
        except DatabaseUnusable as error:
            self._problems[kind] = error.why
            log.warning("%s", say(error.text))
            return False
        return True

    def _state(self, kind: GeoKind) -> DatabaseFile:
        path = self._folder / NAMES[kind]
        database = self._databases.get(kind)
        state = _stat(path)
        return DatabaseFile(
            kind=kind,
            path=path,
            size=None if state is None else state.st_size,
            changed_at=None if state is None else state.st_mtime_ns // 1_000_000,
            built=None if database is None else database.built,
            problem=self._problems.get(kind),
        )


def _copy(source: Path, file: BinaryIO) -> None:
    """Copy, unpacking xz; raises OSError, LZMAError, EOFError, and DatabaseUnusable for what is too large."""
    with source.open("rb") as raw:
        packed = raw.read(len(_XZ)) == _XZ
        raw.seek(0)
        left = LARGEST
        with lzma.open(raw) if packed else contextlib.nullcontext(raw) as content:
            while part := content.read(_PART):
                left -= len(part)
                if left < 0:
                    why = Text("place-file-too-large", {"limit_bytes": LARGEST})
                    raise DatabaseUnusable(source.name, why)
                file.write(part)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _signature(path: Path) -> tuple[int, ...] | None:
    state = _stat(path)
    return None if state is None else (state.st_ino, state.st_size, state.st_mtime_ns)


def _unread(source: Path, error: OSError) -> DatabaseUnusable:
    reason = error.strerror or type(error).__name__
    return DatabaseUnusable(source.name, Text("place-file-unread", {"reason": reason}))
