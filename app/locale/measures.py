"""Sizes, rates, shares and lengths of time in words; pure functions, in the language in force.

Sizes are bytes, rates bytes a second, durations milliseconds, shares 0 to 1. An unknown value (None) is a dash.
"""

from __future__ import annotations

from typing import Final

from app.locale import _

NOTHING: Final = "\N{EN DASH}"
"""Shown for what is unknown, and for sizes and rates of zero, so that zeros do not shout."""

_SIZES: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_RATES: Final = tuple(f"{unit}/s" for unit in _SIZES)
_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_SECONDS_UP_TO: Final = 2 * _MINUTE
_FOUR_DIGITS: Final = 999.5
"""Would be written as 1000: it belongs to the next unit already."""


def size(count: float | None) -> str:
    """Three significant digits and a binary unit: `1.90 GiB`; zero is a dash."""
    return _scaled(count, _SIZES) if count else NOTHING


def rate(count: float | None) -> str:
    """The same per second: `740 KiB/s`; zero is a dash."""
    return _scaled(count, _RATES) if count else NOTHING


def span(duration: float | None) -> str:
    """A duration by its two largest units: `94 s`, `12 min`, `3 h 05 min`, `29 d 23 h`."""
    if duration is None:
        return NOTHING
    whole = int(max(duration, 0))
    if whole >= _DAY:
        return _("{days} d {hours} h").format(
            days=f"{whole // _DAY:,}", hours=whole % _DAY // _HOUR
        )
    if whole >= _HOUR:
        return _("{hours} h {minutes:02} min").format(
            hours=whole // _HOUR, minutes=whole % _HOUR // _MINUTE
        )
    if whole >= _SECONDS_UP_TO:
        return _("{minutes} min").format(minutes=whole // _MINUTE)
    return _("{seconds} s").format(seconds=whole // _SECOND)


def measured(name: str, value: float) -> str | None:
    """A parameter of a sentence by the unit that its name ends in; None when it names no unit."""
    unit = name.rpartition("_")[2]
    match unit:
        case "bytes":
            return _scaled(value, _SIZES)
        case "rate":
            return _scaled(value, _RATES)
        case "ms":
            return span(value)
        case "share":
            return f"{value * 100:.2f} %"
        case "times":
            return f"{value:,.2f}\N{MULTIPLICATION SIGN}"
    return None


def _scaled(count: float, units: tuple[str, ...]) -> str:
    step, value = 0, float(count)
    while abs(value) >= _FOUR_DIGITS and step < len(units) - 1:
        value, step = value / 1024, step + 1
    digits = 0 if step == 0 or abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2  # noqa: PLR2004 - three digits
    return f"{value:.{digits}f} {units[step]}"
