"""The folder of the user's scripts: its files, which of them are on, and the bundled ones put there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from app.adapters.atomic_file import replace_file
from app.domain.errors import AppError, NotFound, Refused
from app.domain.reason import Text
from app.domain.script import MAX_SOURCE
from app.services.script_ports import ScriptFolder, Switch

BUNDLED: Final = 3
"""Version of the bundled scripts; 1 and 2 are those of the Java program, in another language."""

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,96}\.py", re.ASCII)
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_STATE: Final = ".state.json"
_VERSION: Final = "version"
_GUIDE: Final = "README.md"
_MOST_BYTES: Final = 4 * MAX_SOURCE


class ScriptDirectory:
    """Scripts in `folder`; the bundled ones and the guide come from `bundled`."""

    def __init__(self, folder: Path, bundled: Path) -> None:
        self._folder, self._bundled = folder, bundled

    def load(self) -> ScriptFolder:
        """Everything that stands there; the bundled scripts too, if those there are older."""
        with self._reading():
            self._folder.mkdir(parents=True, exist_ok=True)
            state = self._state()
            if self._version() < BUNDLED:
                self._install(state)
            sources = {path.name: _text(path) for path in self._paths()}
            return ScriptFolder(sources=sources, switches=_switches(state))

    def stamp(self) -> object:
        """Names, sizes and times of the files."""
        with self._reading():
            if not self._folder.is_dir():
                return ()
            states = [(path.name, path.stat()) for path in self._paths()]
            return tuple(sorted((name, st.st_mtime_ns, st.st_size) for name, st in states))

    def save(self, name: str, source: str) -> None:
        """Replace or create a script."""
        path = self._path(name)
        if len(source) > MAX_SOURCE:
            raise Refused(Text("script-too-long", {"limit": MAX_SOURCE}))
        with self._writing(path):
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, source.encode("utf-8", "replace"))

    def delete(self, name: str) -> None:
        """Take a script away; a bundled one does not come back."""
        path = self._path(name)
        with self._writing(path):
            try:
                path.unlink()
            except FileNotFoundError:
                raise NotFound(Text("script-unknown", {"name": name})) from None

    def switch(self, switches: Mapping[str, Switch]) -> None:
        """Remember which scripts are on."""
        with self._writing(self._folder / _STATE):
            state = self._state()
            state["switches"] = {
                name: {"on": switch.on, "of": switch.source_hash}
                for name, switch in switches.items()
            }
            self._remember(state)

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None or _DEVICES.fullmatch(name) is not None:
            raise Refused(Text("script-name-bad", {"name": name[:100]}))
        path = self._folder / name
        if path.is_symlink():
            raise Refused(Text("script-name-bad", {"name": name}))
        return path

    def _paths(self) -> Iterator[Path]:
        for path in self._folder.iterdir():
            if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                yield path

    def _version(self) -> int:
        try:
            return int((self._folder / _VERSION).read_text("utf-8").strip())
        except (FileNotFoundError, ValueError):
            return 0

    def _install(self, state: dict[str, Any]) -> None:
        """Put the bundled scripts there, except over those that the user edited or took away."""
        installed = state.setdefault("bundled", {})
        for path in sorted(self._bundled.glob("*.py")):
            fresh, there = path.read_bytes(), self._folder / path.name
            before = installed.get(path.name)
            current = _digest(there.read_bytes()) if there.is_file() else None
            if current == before:  # absent and never put there, or as we put it
                replace_file(there, fresh)
                installed[path.name] = _digest(fresh)
        replace_file(self._folder / _GUIDE, (self._bundled / _GUIDE).read_bytes())
        self._remember(state)
        replace_file(self._folder / _VERSION, f"{BUNDLED}\n".encode())

    def _state(self) -> dict[str, Any]:
        """What we noted; nothing when the file is gone or no longer ours."""
        try:
            state = json.loads((self._folder / _STATE).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        if not isinstance(state, dict):
            return {}
        return {key: value for key, value in state.items() if isinstance(value, dict)}

    def _remember(self, state: Mapping[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        replace_file(self._folder / _STATE, json.dumps(state, indent=1).encode())

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AppError(_why("scripts-unreadable", self._folder, error)) from error

    @contextmanager
    def _writing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AppError(_why("script-unwritable", path, error)) from error


def _why(text_id: str, path: Path, error: OSError) -> Text:
    return Text(text_id, {"path": str(path), "reason": error.strerror or str(error)})


def _text(path: Path) -> str | None:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _switches(state: Mapping[str, Any]) -> dict[str, Switch]:
    return {
        name: Switch(on=bool(entry.get("on")), source_hash=str(entry.get("of", "")))
        for name, entry in state.get("switches", {}).items()
        if isinstance(name, str) and isinstance(entry, dict)
    }
