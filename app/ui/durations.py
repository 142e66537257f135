"""The lengths of time that menus offer, and how a length is said."""

from __future__ import annotations

from typing import Final

from app.domain.ban import FOREVER
from app.locale import _, ngettext
from app.ui.format import span

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

BAN_LENGTHS: Final = (10 * MINUTE, HOUR, DAY, FOREVER)
"""What a ban by hand is offered for, milliseconds."""
SPARE_LENGTHS: Final = (HOUR, DAY, None)
"""What an exception is offered for; None for ever."""


def length(duration: int | None) -> str:
    """A length as one chooses it: whole days and hours stand alone; None and FOREVER are `for ever`."""
    if duration is None or duration >= FOREVER:
        return _("for ever")
    if duration >= DAY and duration % DAY == 0:
        days = duration // DAY
        return ngettext("{days} day", "{days} days", days).format(days=f"{days:,}")
    if duration >= HOUR and duration % HOUR == 0 and duration < DAY:
        hours = duration // HOUR
        return ngettext("{hours} hour", "{hours} hours", hours).format(hours=hours)
    return span(duration)


def short_length(duration: int) -> str:
    """The same where there is little room: `3 d`, `12 h`."""
    if duration >= FOREVER:
        return _("for ever")
    if duration >= DAY and duration % DAY == 0:
        return _("{days} d").format(days=f"{duration // DAY:,}")
    if duration >= HOUR and duration % HOUR == 0:
        return _("{hours} h").format(hours=duration // HOUR)
    return span(duration)
