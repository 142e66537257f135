"""What the desktop remembers from one start to the next: places, sizes, columns. Losing it loses no work."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

log = logging.getLogger(__name__)

_FILE: Final = "cache/desktop.json"
_LARGEST: Final = 1 << 20


class Remembered:
    """JSON values by key, in a file under the data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / _FILE
        self._values: dict[str, Any] = _read(self._file)
        self._changed = False

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - any JSON value
        """What was stored under `key`. It comes from a file: check its shape before use."""
        return self._values.get(key, default)

    def area(self, key: str) -> Mapping[str, Any]:
        """The object stored under `key`, an empty one when there is none."""
        value = self._values.get(key)
        return value if isinstance(value, Mapping) else {}

    def put(self, key: str, value: object) -> None:
        """Remember a JSON value; it reaches the disk with `save`."""
        if self._values.get(key) != value:
            self._values[key] = value
            self._changed = True

    def save(self) -> None:
        """Write the file in one go. Blocks; a failure is logged and costs nothing but the remembering."""
        if not self._changed:
            return
        text = json.dumps(self._values, ensure_ascii=False, indent=1)
        try:
            _write(self._file, text)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._file, error.strerror or error)
        else:
            self._changed = False


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _LARGEST:
            return {}
        values = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read and is made anew: %s", file, error)
        return {}
    return values if isinstance(values, dict) else {}


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as made:
            made.write(text)
        Path(name).replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
