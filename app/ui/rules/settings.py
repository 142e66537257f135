"""The settings of a rule as data for forms: which there are, what they may be, what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import Field, fields, is_dataclass
from functools import cache
from typing import Any, Final

from app.domain.verdict import Mode
from app.locale import N_
from app.services.ports import Settings
from app.settings.area import kebab, kind_of
from app.settings.kind import Choice, Kind
from app.settings.list_kind import Lines, Ports, Prefixes, Rules, SystemNumbers
from app.settings.profile import MODULES, RULES, area_field
from app.ui.rules.words import WORDINGS, Wording
from app.ui.settings_page.item import DEFAULTS, PROFILE, Item

_APART: Final = ("mode", "ban_duration")
"""Shown for every rule, in fields of their own."""
_LISTS: Final = (Prefixes, Ports, SystemNumbers, Lines, Rules)
_PRESETS: Final = "presets"


@cache
def rule_items(rule: str) -> tuple[Item, ...]:
    """What the form of `rule` shows, in the order of its area."""
    area = getattr(DEFAULTS.profile, area_field(rule))
    return tuple(
        _item(rule, spec, getattr(area, spec.name))
        for spec in fields(area)
        if spec.name not in _APART and not _is_list(spec) and spec.name in WORDINGS.get(rule, {})
    )


@cache
def list_fields(rule: str) -> tuple[str, ...]:
    """The fields of its area that are lists, which the user edits row by row."""
    return tuple(spec.name for spec in fields(RULES[rule]) if _is_list(spec))


def list_kind(rule: str, name: str) -> Kind[Any]:
    """What one of them takes."""
    spec = next(spec for spec in fields(RULES[rule]) if spec.name == name)
    kind = kind_of(spec)
    if kind is None:
        raise KeyError(name)
    return kind


def unnamed(rule: str) -> Iterator[str]:
    """Fields that no form shows for want of words: a test says that there are none."""
    named = {*_APART, "lists", *list_fields(rule), *WORDINGS.get(rule, {})}
    return (spec.name for spec in fields(RULES[rule]) if spec.name not in named)


def mode_item(rule: str) -> Item:
    """The mode, where it is one setting among others."""
    return Item(
        file=PROFILE,
        path=(MODULES, rule, "mode"),
        name=N_("Mode"),
        kind=Choice(Mode),
        value=_value(rule, "mode"),
        choices=(
            (Mode.ENFORCE, N_("enforce")),
            (Mode.SHADOW, N_("shadow")),
            (Mode.OFF, N_("off")),
        ),
    )


def _item(rule: str, spec: Field[Any], default: object) -> Item:
    words: Wording = WORDINGS[rule][spec.name]
    path: tuple[str, ...] = (kebab(spec.name),)
    kind = kind_of(spec)
    value = _value(rule, spec.name)
    if kind is None and is_dataclass(default):  # a preset: its switch is its only setting
        inner = fields(default)[0]
        kind = kind_of(inner)
        path = (_PRESETS, *path, inner.name)
        value = _value(rule, spec.name, inner.name)
    if kind is None:
        raise KeyError(spec.name)
    return Item(
        file=PROFILE,
        path=(MODULES, rule, *path),
        name=words.name,
        kind=kind,
        value=value,
        hint=words.hint,
        unit=words.unit,
        shape=words.shape,
        choices=words.choices,
    )


def _value(rule: str, *names: str) -> Callable[[Settings], object]:
    def read(settings: Settings) -> object:
        found = getattr(settings.profile, area_field(rule))
        for name in names:
            found = getattr(found, name)
        return found

    return read


def _is_list(spec: Field[Any]) -> bool:
    return isinstance(kind_of(spec), _LISTS)
