"""Numbers, sizes and times as a user reads them; pure functions, in the language in force.

Sizes are bytes, rates bytes a second, times epoch milliseconds, durations milliseconds, shares 0 to 1.
An unknown value (None) is always a dash.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from app.locale import N_, _
from app.locale.measures import NOTHING, rate, size, span

__all__ = [
    "NOTHING",
    "ago",
    "clock",
    "count",
    "decimal",
    "iso",
    "left",
    "listed",
    "moment",
    "percent",
    "plain",
    "points",
    "rate",
    "ratio",
    "roughly",
    "seconds",
    "sentences",
    "size",
    "span",
    "tool_tip",
]

_SECOND: Final = 1000
_ROUNDS_TO_NOTHING: Final = 0.05
_MONTHS: Final = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
_FULL_STOPS: Final = (".", "。")
_HIDDEN: Final = ("Cc", "Cs", "Zl", "Zp")
# Direction marks, embeddings, overrides and isolates, zero-width blanks. The joiners stay: Persian needs them.
_TURNING: Final = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def percent(share: float | None) -> str:
    """One digit, floored, so that 99.97 % never reads as finished: `34.0 %`, `100 %`."""
    if share is None:
        return NOTHING
    if share >= 1:
        return "100 %"
    # The tiny addition undoes binary fractions: 0.29 * 1000 is 289.99999999999994.
    return f"{int(max(share, 0) * 1000 + 1e-9) / 10:.1f} %"


def points(share: float | None) -> str:
    """A difference of two percentages: `7 points`."""
    return NOTHING if share is None else _("{points} points").format(points=f"{share * 100:g}")


def ratio(value: float | None) -> str:
    """How many times, with the sign for it behind; what rounds to nothing is a dash."""
    if value is None or value < _ROUNDS_TO_NOTHING:
        return NOTHING
    return f"{value:,.1f}\N{MULTIPLICATION SIGN}"


def roughly(words: str, *, estimated: bool) -> str:
    """An amount, marked where it is an estimate: `≈ 3.20 GiB`; a dash stays one."""
    return f"≈ {words}" if estimated and words != NOTHING else words


def count(number: int | None) -> str:
    """A whole number with groups of three: `1,248`. All languages we speak group with a comma."""
    return NOTHING if number is None else f"{number:,}"


def decimal(number: float | None, digits: int = 1) -> str:
    """A number with a fixed count of digits after the point: `0.31`."""
    return NOTHING if number is None else f"{number:,.{digits}f}"


def seconds(duration: float | None, digits: int = 2) -> str:
    """A short duration in seconds: `0.31 s`."""
    return (
        NOTHING
        if duration is None
        else _("{seconds} s").format(seconds=f"{duration / _SECOND:.{digits}f}")
    )


def ago(then: float | None, now: float) -> str:
    """How long ago `then` was: `2 s ago`; a dash when it never was."""
    return NOTHING if then is None else _("{span} ago").format(span=span(now - then))


def left(until: float | None, now: float) -> str:
    """How long until `until`; without an end it is `for ever`."""
    return _("for ever") if until is None else span(until - now)


def moment(then: float | None, now: float) -> str:
    """A point in time on this computer's clock: `21 Dec, 18:21`, with the year when it is not that of `now`."""
    if then is None:
        return NOTHING
    at = _local(then)
    month = _(_MONTHS[at.month - 1])
    if at.year == _local(now).year:
        return _("{day} {month}, {hour:02}:{minute:02}").format(
            day=at.day, month=month, hour=at.hour, minute=at.minute
        )
    return _("{day} {month} {year}, {hour:02}:{minute:02}").format(
        day=at.day, month=month, year=at.year, hour=at.hour, minute=at.minute
    )


def clock(then: float | None) -> str:
    """The time of day alone: `18:21`."""
    return NOTHING if then is None else f"{_local(then):%H:%M}"


def iso(then: float | None) -> str:
    """ISO 8601 in UTC for exports and copied evidence; empty when unknown."""
    return (
        ""
        if then is None
        else datetime.fromtimestamp(then // _SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    )


def plain(text: str) -> str:
    """`text` from someone else, safe on one line: what is invisible or turns the writing around becomes `�`.

    Peers choose their own names, and a right-to-left mark in one would make the rest of the row lie.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_hidden(sign) else sign for sign in text)


def listed(parts: Iterable[str]) -> str:
    """Several things in one line: `a, b, c`."""
    return _(", ").join(parts)


def sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other, each with a full stop; empty ones are passed over."""
    whole = ""
    for part in filter(None, parts):
        said = part if part.endswith(_FULL_STOPS) else _("{words}.").format(words=part)
        # Chinese puts no blank between them.
        whole = _("{one} {other}").format(one=whole, other=said) if whole else said
    return whole


def tool_tip(text: str) -> str:
    """`text` as a tool tip that wraps and is never read as mark-up."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


def _is_hidden(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in _HIDDEN


def _local(then: float) -> datetime:
    return datetime.fromtimestamp(then / _SECOND, UTC).astimezone()
