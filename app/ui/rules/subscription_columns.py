"""What the tables of remote lists show."""

from __future__ import annotations

from typing import Final

from app.domain.reason import Text
from app.locale import N_, _
from app.locale.texts import say
from app.services.clock import wall_clock
from app.services.subscription import ListLogRow, ListState
from app.ui.columns import RIGHT, Column
from app.ui.format import NOTHING, count, moment, plain, sentences


def state_words(state: ListState) -> str:
    """How a list is, in words."""
    if state.updating:
        return _("Being fetched…")
    if not state.enabled:
        return _("Off")
    if state.next_try is None:
        return _("Not used, because the rule is off")
    if state.problem is not None:
        kept = _("The last good copy is in force") if state.in_force else _("Not in force")
        return sentences((kept, _why(state.problem)))
    return _("In force") if state.in_force else _("Not fetched yet")


def _why(problem: Text) -> str:
    """What went wrong, without the address or name that stands in another column."""
    why = problem.params.get("why")
    words = say(why if isinstance(why, Text) else problem)
    return words[:1].upper() + words[1:]


def _next_words(state: ListState) -> str:
    if state.next_try is None:
        return NOTHING
    now = wall_clock()
    return _("now") if state.next_try <= now else moment(state.next_try, now)


LIST_COLUMNS: Final = (
    Column[ListState](
        key="name",
        title=N_("List"),
        width=120,
        text=lambda state: plain(state.name),
        tip=lambda state: f"{state.name}\n{state.url}",
    ),
    Column[ListState](
        key="state",
        title=N_("State"),
        width=200,
        stretch=True,
        least=140,
        text=state_words,
        tip=lambda state: state_words(state) if state.problem is None else say(state.problem),
    ),
    Column[ListState](
        key="entries",
        title=N_("Entries"),
        width=76,
        align=RIGHT,
        text=lambda state: count(state.entries) if state.in_force else NOTHING,
        sort=lambda state: state.entries,
        falling=True,
    ),
    Column[ListState](
        key="updated",
        title=N_("Updated"),
        hint=N_("When what is in force came"),
        width=112,
        text=lambda state: moment(state.updated_at, wall_clock()),
        tip=lambda state: _("The server last answered: {time}").format(
            time=moment(state.checked_at, wall_clock())
        ),
        sort=lambda state: state.updated_at,
        falling=True,
    ),
    Column[ListState](
        key="next",
        title=N_("Next look"),
        width=112,
        text=_next_words,
        sort=lambda state: state.next_try,
    ),
)

LOG_COLUMNS: Final = (
    Column[ListLogRow](
        key="at",
        title=N_("When"),
        width=112,
        text=lambda row: moment(row.at, wall_clock()),
        sort=lambda row: row.at,
        falling=True,
    ),
    Column[ListLogRow](key="list", title=N_("List"), width=120, text=lambda row: row.key.id),
    Column[ListLogRow](
        key="result",
        title=N_("What happened"),
        width=200,
        stretch=True,
        text=lambda row: _why(row.result),
        tip=lambda row: say(row.result),
    ),
    Column[ListLogRow](
        key="entries",
        title=N_("Entries"),
        hint=N_("In force afterwards"),
        width=76,
        align=RIGHT,
        text=lambda row: count(row.entries),
        sort=lambda row: row.entries,
    ),
    Column[ListLogRow](
        key="asked",
        title=N_("Asked by"),
        width=90,
        text=lambda row: _("you") if row.manual else _("schedule"),
    ),
)
