"""What the tables of the Rules page show."""

from __future__ import annotations

from typing import Final

from app.locale import N_, _, ngettext
from app.locale.texts import rule_title
from app.services.rules import RuleState
from app.ui.columns import RIGHT, Column
from app.ui.delegates import Kind, mode_word
from app.ui.format import NOTHING, count
from app.ui.rules.entry_list import Entry
from app.ui.rules.patterns import follows, readable
from app.ui.rules.words import ABOUT, BRIEFLY


def rule_about(name: str) -> str:
    """What a rule looks at, in one sentence."""
    return _(ABOUT[name]) if name in ABOUT else ""


def _entries(state: RuleState) -> str:
    match state.name:
        case "peer-id-blacklist" | "client-name-blacklist" | "ptr-blacklist":
            words = ngettext("{count} pattern", "{count} patterns", state.entries)
        case "expression-engine":
            words = ngettext("{count} script", "{count} scripts", state.entries)
        case "ip-address-blocker" | "ip-address-blocker-rules" | "peer-name-blocker-rules":
            words = ngettext("{count} entry", "{count} entries", state.entries)
        case name:
            return _(BRIEFLY[name]) if name in BRIEFLY else ""
    return words.format(count=count(state.entries))


def _or_dash(number: int) -> str:
    return count(number) if number else NOTHING


RULE_COLUMNS: Final = (
    Column[RuleState](
        key="rule",
        title=N_("Rule"),
        width=200,
        stretch=True,
        kind=Kind.TWO_LINES,
        text=lambda state: rule_title(state.name),
        value=_entries,
        spoken=lambda state: f"{rule_title(state.name)}, {_entries(state)}",
    ),
    Column[RuleState](
        key="bans",
        title=N_("Bans"),
        hint=N_("Bans since the program started"),
        width=60,
        align=RIGHT,
        text=lambda state: _or_dash(state.bans),
        sort=lambda state: state.bans,
        falling=True,
    ),
    Column[RuleState](
        key="would",
        title=N_("Would"),
        hint=N_("Peers that it would have banned in shadow, since the program started"),
        width=64,
        align=RIGHT,
        text=lambda state: _or_dash(state.would_ban),
        sort=lambda state: state.would_ban,
        falling=True,
    ),
    Column[RuleState](
        key="mode",
        title=N_("Mode"),
        hint=N_("Enforce bans, Shadow only records what it would have done, Off does not look"),
        width=166,
        kind=Kind.MODE,
        text=lambda state: mode_word(state.mode),
        value=lambda state: state.mode,
        sort=lambda state: state.mode.value,
    ),
)

PATTERN_COLUMNS: Final = (
    Column[Entry](
        key="pattern",
        title=N_("Pattern"),
        width=200,
        stretch=True,
        text=lambda entry: readable(entry.text),
        tip=lambda entry: entry.text,
    ),
    Column[Entry](
        key="then",
        title=N_("Then"),
        width=72,
        text=lambda entry: follows(entry.text)[0],
    ),
    Column[Entry](
        key="else",
        title=N_("Otherwise"),
        width=84,
        text=lambda entry: follows(entry.text)[1],
    ),
)


def plain_column(title: str) -> tuple[Column[Entry]]:
    """The only column of a list of texts; `title` is marked with N_()."""
    return (
        Column[Entry](
            key="text", title=title, width=120, stretch=True, text=lambda entry: entry.text
        ),
    )
