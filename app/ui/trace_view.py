"""The table “Why?”: what each rule saw, what it allows, and what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QWidget

from app.domain.decision import Decision
from app.domain.peer import Peer
from app.domain.verdict import Action, Mode, Verdict
from app.locale import N_, _, ngettext
from app.locale.texts import rule_title, say
from app.ui.columns import Column
from app.ui.delegates import Kind, Mark, mark_word
from app.ui.durations import short_length
from app.ui.format import decimal, listed
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme.tokens import ROW_TRACE

_HANDSHAKING: Final = "handshaking"
_SAW_ADDRESS: Final = "saw-address"
_NO_SCRIPTS: Final = "allows-no-scripts"
_MARGIN: Final = "margin"
_FOLDED_FROM: Final = 3
_FOLD: Final = -1
"""The key of the row that stands for folded ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLine:
    """One rule's answer in words."""

    place: int
    rule: str
    saw: str
    allows: str
    margin: float | None
    mark: Mark
    answer: str
    reason: str
    asked: bool
    quiet: bool = False
    """Whether it is off or has nothing to look at: such lines are folded into one."""


def trace_lines(
    trace: Sequence[Verdict], peer: Peer | None, default_duration: int = 0
) -> list[TraceLine]:
    """The answers in judging order; `peer` is who they are about, the duration (ms) that of rules without their own."""
    return [
        TraceLine(
            place=place,
            rule=rule_title(verdict.rule),
            saw=_saw(verdict, peer),
            allows=say(verdict.allows) if verdict.allows else "",
            margin=verdict.margin,
            mark=mark_of(verdict),
            answer=_answer(verdict, default_duration),
            reason=say(verdict.reason),
            asked=verdict.mode is not Mode.OFF,
            quiet=_is_quiet(verdict),
        )
        for place, verdict in enumerate(trace)
    ]


def mark_of(verdict: Verdict) -> Mark:
    """How one answer is marked."""
    if verdict.mode is Mode.OFF:
        return Mark.OFF
    if verdict.action is Action.SKIP:
        return Mark.EXEMPT
    if verdict.hits:
        return Mark.BANNED if verdict.mode is Mode.ENFORCE else Mark.SHADOW
    return Mark.HANDSHAKE if verdict.reason.id == _HANDSHAKING else Mark.PASS


class TraceView(TableView[TraceLine, int]):
    """Shows one decision; `show_trace` may be called as often as one likes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        model = RowsModel(_COLUMNS, lambda line: line.place, faint=lambda line: not line.asked)
        super().__init__(model, row_height=ROW_TRACE, parent=parent)
        self.setAccessibleName(_("Why?"))
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.header.setSectionsMovable(False)
        self._lines: list[TraceLine] = []
        self._unfolded = False
        self.clicked.connect(self._click)
        self.opened.connect(self._toggle)

    def show_decision(self, decision: Decision, peer: Peer | None) -> None:
        """Show how `decision` about `peer` came to be."""
        self.show_trace(decision.trace, peer, decision.duration)

    def show_trace(
        self, trace: Sequence[Verdict], peer: Peer | None, default_duration: int = 0
    ) -> None:
        """Show answers; `default_duration` is the length in ms of bans by rules without a length of their own."""
        lines = trace_lines(trace, peer, default_duration)
        margins = any(line.margin is not None for line in lines)
        self.header.setSectionHidden(self.rows.column_of(_MARGIN), not margins)
        self._lines = lines
        self._show()

    @property
    def lines(self) -> tuple[TraceLine, ...]:
        """All answers, also those that are folded."""
        return tuple(self._lines)

    @property
    def shown(self) -> int:
        """How many rows there are on the screen."""
        return len(self.rows.rows())

    def unfold(self, *, wanted: bool = True) -> None:
        """Show every line by itself, or those without anything to say as one."""
        self._unfolded = wanted
        self._show()

    def _show(self) -> None:
        quiet = [line for line in self._lines if line.quiet]
        if len(quiet) < _FOLDED_FROM:
            self.rows.show(self._lines)
        elif self._unfolded:
            self.rows.show([*self._lines, _fold(_("Fewer lines"), "")])
        else:
            words = ngettext("{count} more rule", "{count} more rules", len(quiet))
            names = listed(line.rule for line in quiet)
            others = [line for line in self._lines if not line.quiet]
            self.rows.show([*others, _fold(words.format(count=len(quiet)), names)])

    def _click(self, index: QModelIndex) -> None:
        self._toggle(self.rows.key_at(index.row()))

    def _toggle(self, place: int) -> None:
        if place == _FOLD:
            self.unfold(wanted=not self._unfolded)


def _fold(title: str, names: str) -> TraceLine:
    """The row that stands for folded ones; with names while they are folded."""
    return TraceLine(
        place=_FOLD,
        rule=title,
        saw=_("off, or nothing to look for: {rules}").format(rules=names) if names else "",
        allows="",
        margin=None,
        mark=Mark.OFF,
        answer=_("Show") if names else "",
        reason="",
        asked=False,
    )


def _is_quiet(verdict: Verdict) -> bool:
    if verdict.mode is Mode.OFF:
        return True
    if verdict.action is not Action.NO_ACTION or verdict.margin is not None:
        return False
    if verdict.allows is None:
        return verdict.saw is None
    if verdict.allows.id == _NO_SCRIPTS:
        return True
    counts = [value for value in verdict.allows.params.values() if isinstance(value, int)]
    return bool(counts) and not any(counts)


def _saw(verdict: Verdict, peer: Peer | None) -> str:
    if verdict.mode is Mode.OFF:
        return _("not asked")
    if verdict.saw is None:
        return ""
    if verdict.saw.id == _SAW_ADDRESS and peer is not None:
        return str(peer.address.effective)
    return say(verdict.saw)


def _answer(verdict: Verdict, default_duration: int) -> str:
    if not verdict.hits:
        return mark_word(mark_of(verdict))
    duration = verdict.duration or default_duration
    if not duration:
        return _("Ban") if verdict.mode is Mode.ENFORCE else _("Would ban")
    words = _("Ban {duration}") if verdict.mode is Mode.ENFORCE else _("Would ban {duration}")
    return words.format(duration=short_length(duration))


def _spoken_margin(line: TraceLine) -> str:
    if line.margin is None:
        return _("no measure")
    return _("{times} times the limit").format(times=decimal(line.margin))


_COLUMNS: Final = (
    Column[TraceLine](key="rule", title=N_("Rule"), width=150, text=lambda line: line.rule),
    Column[TraceLine](
        key="saw",
        title=N_("Saw"),
        width=160,
        stretch=True,
        text=lambda line: line.saw,
        tip=lambda line: line.saw,
    ),
    Column[TraceLine](
        key="allows",
        title=N_("Allows"),
        width=190,
        text=lambda line: line.allows,
        tip=lambda line: line.allows,
    ),
    Column[TraceLine](
        key=_MARGIN,
        title=N_("Margin"),
        width=96,
        kind=Kind.MARGIN,
        text=lambda _line: "",
        value=lambda line: line.margin,
        spoken=_spoken_margin,
    ),
    Column[TraceLine](
        key="answer",
        title=N_("Answer"),
        width=132,
        kind=Kind.VERDICT,
        text=lambda line: line.answer,
        value=lambda line: line.mark,
        tip=lambda line: line.reason,
    ),
)
