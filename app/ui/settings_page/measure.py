"""Limits and values of a setting in words: in its unit, as people say it."""

from __future__ import annotations

from typing import Final

from app.domain.ban import FOREVER
from app.locale import _
from app.locale.texts import say
from app.settings.errors import InvalidSetting
from app.settings.kind import Milliseconds, Number, RuleDuration, SecretLine, Whole
from app.settings.list_kind import Lines, Prefixes, Words
from app.ui.durations import length
from app.ui.format import count, listed, seconds, sentences
from app.ui.settings_page.item import Item, Shape

_MINUTE: Final = 60_000
_ENDLESS: Final = 2**62
"""A limit above this is none that a user would meet."""
_WIDE: Final = 1_000
_STEPS: Final = ((2**40, "TiB"), (10**12, "TB"), (2**30, "GiB"), (10**9, "GB"), (2**20, "MiB"))
_SMALL_STEPS: Final = ((10**6, "MB"), (2**10, "KiB"), (10**3, "kB"))


def hint(item: Item) -> str:
    """What to know of a setting before one changes it."""
    parts = [_(item.hint)] if item.hint else []
    if isinstance(item.kind, Whole | Number) and not item.choices and not _is_wide(item):
        parts.append(_("{limits}.").format(limits=_limits(item, item.kind)))
    if not isinstance(item.kind, Prefixes | Lines | Words | SecretLine):
        default = shown(item, item.default)
        parts.append(_("Default: {value}.").format(value=default) if default else "")
    if item.restart:
        parts.append(_("Takes effect with the next start."))
    return sentences(parts)


def allowed(item: Item, error: InvalidSetting) -> str:
    """What a setting takes, after it took something not."""
    if isinstance(item.kind, Milliseconds):  # its own words speak of milliseconds
        return _("at least {length}").format(length=_length(item.kind.low))
    if item.shape is not Shape.PLAIN and isinstance(item.kind, Whole | Number):
        limits = _limits(item, item.kind)
        return limits[:1].lower() + limits[1:]
    problem = error.problems[0]
    words = say(problem.allowed)
    if problem.path and problem.value:
        return _("{allowed}, not “{value}”").format(allowed=words, value=problem.value)
    return words


def shown(item: Item, value: object) -> str:
    """A value of `item` in words."""
    for choice, words in item.choices:
        if choice == value:
            return _(words)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, tuple):
        named = {str(choice): _(words) for choice, words in item.choices}
        return listed(named.get(str(entry), str(entry)) for entry in value)
    if isinstance(value, int | float):
        return _amount(item, value)
    return str(value)


def unit(item: Item) -> str:
    """What stands behind the field."""
    if isinstance(item.kind, Milliseconds):
        return ""
    return "%" if item.shape is Shape.SHARE else _(item.unit) if item.unit else ""


def _is_wide(item: Item) -> bool:
    """Whether its limits are beyond what anybody would enter: they are said when somebody does."""
    kind = item.kind
    if isinstance(kind, Number):
        return kind.high >= _WIDE
    return isinstance(kind, Whole) and kind.high >= _ENDLESS and kind.low <= 0


def _limits(item: Item, kind: Whole | Number) -> str:
    low, high = _amount(item, kind.low), _amount(item, kind.high)
    for_ever = item.shape is Shape.SECONDS and kind.high * 1000 >= FOREVER
    if for_ever or kind.high >= _ENDLESS:
        return _("At least {low}").format(low=low)
    return _("From {low} to {high}").format(low=low, high=high)


def _amount(item: Item, value: int | float) -> str:  # noqa: PYI041 - mypy would take all for floats
    match item.shape:
        case Shape.SHARE:
            return f"{value * 100:.12g} %"
        case Shape.BYTES:
            return _bytes(int(value)) if value >= 0 else _("off")
        case Shape.LENGTH:
            return _length(int(value)) if value > 0 else _("for ever")
        case Shape.SECONDS:
            return _length(int(value) * 1000)
    if isinstance(item.kind, Milliseconds | RuleDuration):
        return _length(int(value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _bytes(size: int) -> str:
    for step, name in (*_STEPS, *_SMALL_STEPS):
        if size and size % step == 0:
            return f"{count(size // step)} {name}"
    return f"{count(size)} B"


def _length(milliseconds: int) -> str:
    if milliseconds < _MINUTE:
        return seconds(milliseconds, 0 if milliseconds % 1000 == 0 else 3)
    return length(milliseconds)
