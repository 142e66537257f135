"""Builds areas of settings, frozen dataclasses, out of what a file or a JSON object holds.

An area's fields are made by `setting` (one value) and `section` (an area inside), so that key,
default, unit and limits stand in one place. `check` is every area's `__post_init__`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Final, Protocol, TypeVar, cast

from app.domain.reason import Text
from app.settings.errors import InvalidSetting, KeyPath, Problem, refuse
from app.settings.kind import Kind

T = TypeVar("T")

_SETTING: Final = "setting"
_SECTION: Final = "section"
_SHAPE: Final = Text("allowed-section")


class _Unset:
    """Where None would be a value."""


_UNSET: Final = _Unset()


class Area(Protocol):
    """A dataclass of settings."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


A = TypeVar("A", bound=Area)


@dataclass(frozen=True, slots=True)
class _Setting:
    key: str
    kind: Kind[object]
    absent: object
    """What a file means that lacks the key, where that is not the default."""


def setting(
    kind: Kind[T], default: T | _Unset = _UNSET, *, key: str = "", absent: object = _UNSET
) -> T:
    """A field for one value, required without a default; `key` where the name is another."""
    metadata = {_SETTING: _Setting(key, kind, absent)}
    if isinstance(default, _Unset):
        return field(metadata=metadata)  # type: ignore[no-any-return]
    return field(default=default, metadata=metadata)


def section(area: Callable[[], T], path: str = "") -> T:
    """A field for the area below `path` (dotted; the field's name when it is empty)."""
    return field(default_factory=area, metadata={_SECTION: path})


def kebab(name: str) -> str:
    """A field's name as files spell it: `increment-ban`."""
    return name.replace("_", "-")


def camel(name: str) -> str:
    """A field's name as REST spells it: `incrementBan`."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def check(area: Area) -> None:
    """Bring each setting of `area` into its normal form, or raise InvalidSetting naming all bad."""
    problems: list[Problem] = []
    for spec in fields(area):
        found = spec.metadata.get(_SETTING)
        if found is None:
            continue
        try:
            value = found.kind.read(getattr(area, spec.name))
        except InvalidSetting as error:
            key = found.key or kebab(spec.name)
            problems += (problem.below((key,)) for problem in error.problems)
        else:
            object.__setattr__(area, spec.name, value)
    if problems:
        raise InvalidSetting(*problems)


def values(area: Area) -> dict[tuple[str, ...], object]:
    """Every setting of `area` by its keys as files spell them, typed."""
    found: dict[tuple[str, ...], object] = {}
    for spec in fields(area):
        value = getattr(area, spec.name)
        if _SETTING in spec.metadata:
            found[spec.metadata[_SETTING].key or kebab(spec.name),] = value
        elif _SECTION in spec.metadata:
            path = _steps(spec, kebab)
            found |= {(*path, *below): part for below, part in values(value).items()}
    return found


def first_key(spec: Field[Any]) -> str:
    """The key under which a file holds a field, the outermost one of a section."""
    if _SECTION in spec.metadata:
        return _steps(spec, kebab)[0]
    found: _Setting | None = spec.metadata.get(_SETTING)
    return (found.key if found is not None else "") or kebab(spec.name)


def kind_of(spec: Field[Any]) -> Kind[object] | None:
    """What a field made by `setting` takes; None for every other field."""
    found: _Setting | None = spec.metadata.get(_SETTING)
    return None if found is None else found.kind


class Reader:
    """Reads areas and gathers every problem on the way, so that a user sees all of them at once."""

    def __init__(self, spell: Callable[[str], str] = kebab) -> None:
        self.problems: list[Problem] = []
        self.spell = spell

    def finish(self, found: T | None) -> T:
        """`found` when all went well, else InvalidSetting with every problem."""
        if self.problems or found is None:
            raise InvalidSetting(*self.problems)
        return found

    def mapping(self, raw: object, path: KeyPath) -> Mapping[str, object]:
        """`raw` when it holds keys with values; nothing when it is absent or something else."""
        if isinstance(raw, Mapping):
            return raw
        if raw is not None:
            self.add(refuse(raw, _SHAPE), path)
        return {}

    def add(self, error: InvalidSetting, path: KeyPath) -> None:
        """Take over the problems of `error`, which stand below `path`."""
        self.problems += (problem.below(path) for problem in error.problems)

    def area(self, kind: type[A], raw: object, path: KeyPath = (), /, **given: object) -> A | None:
        """`raw` as a `kind`, with `given` fields as they are; None after a problem in this area."""
        before = len(self.problems)
        mapping = self.mapping(raw, path)
        found = dict(given)
        for spec in fields(kind):
            if spec.name in given or not spec.init:
                continue
            value: object = _UNSET
            if _SETTING in spec.metadata:
                value = self._value(spec, mapping, path)
            elif _SECTION in spec.metadata:
                value = self._section(spec, mapping, path)
            if value is not _UNSET:
                found[spec.name] = value
        if len(self.problems) > before:
            return None
        try:
            return kind(**found)
        except InvalidSetting as error:
            self.add(error, path)
            return None

    def _value(self, spec: Field[Any], mapping: Mapping[str, object], path: KeyPath) -> object:
        found: _Setting = spec.metadata[_SETTING]
        key = found.key or self.spell(spec.name)
        raw = mapping.get(key)
        if raw is None:
            if found.absent is _UNSET and spec.default is MISSING:
                self.add(refuse(None, found.kind.allowed, key), path)
            return found.absent
        try:
            return found.kind.read(raw)
        except InvalidSetting as error:
            self.add(error, (*path, key))
            return _UNSET

    def _section(self, spec: Field[Any], mapping: Mapping[str, object], path: KeyPath) -> object:
        raw: object = mapping
        for key in _steps(spec, self.spell):
            raw = self.mapping(raw, path).get(key)
            path = (*path, key)
        built = self.area(cast("type[Area]", spec.default_factory), raw, path)
        return _UNSET if built is None else built


def _steps(spec: Field[Any], spell: Callable[[str], str]) -> tuple[str, ...]:
    path: str = spec.metadata[_SECTION]
    return tuple(path.split(".")) if path else (spell(spec.name),)
