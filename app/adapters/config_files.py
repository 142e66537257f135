"""Reads and writes config.yml and profile.yml of a data directory; comments and order stay."""

from __future__ import annotations

import io
import secrets
import threading
import uuid
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from app.adapters.atomic_file import replace_file
from app.adapters.yaml_document import Document, decode, parse
from app.adapters.yaml_edit import CannotEdit, edited
from app.domain.reason import Text
from app.resource import resource
from app.settings.change import REMOVE, Changes, as_read, changed, plain
from app.settings.config import Config, read_config
from app.settings.errors import (
    InvalidSetting,
    Problem,
    UnreadableSettings,
    UnwritableSettings,
)
from app.settings.profile import Profile, in_step, read_profile

T = TypeVar("T")

CONFIG: Final = "config.yml"
PROFILE: Final = "profile.yml"


class ConfigFiles:
    """Both files of one data directory. Calls block and may come from any thread.

    Errors are SettingsError: InvalidSetting, UnreadableSettings, UnwritableSettings. After one, the
    files are as they were.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def load(self) -> tuple[Config, Profile]:
        """The values of both files; one that is missing is made first, with the defaults."""
        with self._lock:
            documents = self._documents()
            return _both(documents[CONFIG], documents[PROFILE])

    def change(self, file: str, changes: Changes) -> tuple[Config, Profile]:
        """Write typed or plain values to keys of CONFIG or PROFILE (REMOVE takes one out).

        The files are read anew before, so that what a user edited meanwhile is kept, and counts.
        Returns the values of both; when any would be invalid, nothing is written.
        """
        with self._lock:
            documents = self._documents()
            old = documents[file]
            values = {
                path: value if value is REMOVE else plain(value) for path, value in changes.items()
            }
            if file == PROFILE:
                values = in_step(values, old.values)
            new = _with_changes(old, values)
            result = _both(
                *(new if name == file else documents[name] for name in (CONFIG, PROFILE))
            )
            if new.text != old.text:
                _write(self._folder / file, new)
            return result

    def _documents(self) -> dict[str, Document]:
        return {name: self._document(self._folder / name) for name in (CONFIG, PROFILE)}

    def _document(self, path: Path) -> Document:
        if not path.exists():
            _make(path)
        return _read(path)


def read_profile_file(path: Path) -> Profile:
    """A profile that stands anywhere; raises SettingsError."""
    profile, problems = _checked(_read(path), read_profile)
    if profile is None or problems:
        raise InvalidSetting(*problems)
    return profile


def _read(path: Path) -> Document:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableSettings(str(path), error.strerror or str(error)) from error
    return decode(content, str(path))


def _write(path: Path, document: Document) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, document.encoded())
    except OSError as error:
        raise UnwritableSettings(str(path), error.strerror or str(error)) from error


def _make(path: Path) -> None:
    """Write the default file, with a token and an id that nobody else has."""
    document = _read(resource(f"defaults/{path.name}"))
    if path.name == CONFIG:
        own: dict[tuple[str, ...], object] = {
            ("server", "token"): secrets.token_urlsafe(24),
            ("installation-id",): str(uuid.uuid4()),
        }
        document = _with_changes(document, own)
    _write(path, document)


def _both(config_file: Document, profile_file: Document) -> tuple[Config, Profile]:
    config, problems = _checked(config_file, read_config)
    profile, more = _checked(profile_file, read_profile)
    if config is None or profile is None or problems or more:
        raise InvalidSetting(*problems, *more)
    return config, profile


def _checked(
    document: Document, read: Callable[[object], T]
) -> tuple[T | None, tuple[Problem, ...]]:
    """The values, and what is wrong with them in the order of the file."""
    problems = list(document.repeated())
    values = None
    try:
        values = read(document.values)
    except InvalidSetting as error:
        problems += (
            problem.at(document.file, document.line(problem.path)) for problem in error.problems
        )
    return values, tuple(sorted(problems, key=lambda problem: problem.line))


def _with_changes(document: Document, changes: Changes) -> Document:
    """`document` with `changes` made, in place where that is possible."""
    wanted = changed(document.values, {path: as_read(value) for path, value in changes.items()})
    for write in (edited, _rewritten):
        try:
            new = replace(parse(write(document, changes), document.file), marked=document.marked)
        except (CannotEdit, UnreadableSettings):
            continue
        # A file without any key means nothing at all.
        if (new.values or {}) == (wanted or {}):
            return new
    raise UnwritableSettings(document.file, Text("settings-too-clever"))


def _rewritten(document: Document, changes: Changes) -> str:
    """The whole file written anew: keeps comments, but not every blank."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    target = io.StringIO()
    try:
        root = yaml.load(document.text.replace("\r\n", "\n")) or CommentedMap()
        for path, value in changes.items():
            _set(root, path, value)
        yaml.dump(root, target)
    except (YAMLError, ValueError, TypeError, AttributeError) as error:
        raise CannotEdit from error
    return target.getvalue().replace("\n", document.newline)


def _set(node: MutableMapping[str, object], path: tuple[str, ...], value: object) -> None:
    *outer, key = path
    for step in outer:
        inside = node.get(step)
        if not isinstance(inside, MutableMapping):
            if value is REMOVE:
                return
            inside = node[step] = CommentedMap()
        node = inside
    if value is REMOVE:
        node.pop(key, None)
    else:
        node[key] = value
