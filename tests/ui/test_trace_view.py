"""Every answer of a trace is put in words."""

from __future__ import annotations

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from app.domain.reason import Text
from app.domain.verdict import Action, Mode, Verdict
from app.ui.delegates import Mark
from app.ui.trace_view import TraceView, trace_lines
from tests.ui.fakes import peer

_DAY = 86_400_000
_PEER = peer("192.0.2.5", port=6881)


def _verdict(
    *,
    action: Action = Action.NO_ACTION,
    mode: Mode = Mode.ENFORCE,
    duration: int = 0,
    reason: str = "pass",
    saw: str = "saw-address",
    margin: float | None = None,
) -> Verdict:
    return Verdict(
        rule="ip-address-blocker",
        action=action,
        mode=mode,
        duration=duration,
        reason=Text(reason),
        saw=Text(saw),
        allows=Text("allows-entries", {"count": 3}),
        margin=margin,
    )


def test_an_address_rule_saw_the_peers_own_address() -> None:
    line = trace_lines([_verdict()], _PEER)[0]
    assert (line.rule, line.saw, line.allows) == ("Address list", "192.0.2.5:6881", "3 entries")
    assert (line.mark, line.answer) == (Mark.PASS, "Pass")


def test_a_ban_says_for_how_long() -> None:
    own = _verdict(action=Action.BAN, duration=3 * _DAY)
    other = _verdict(action=Action.BAN)
    lines = trace_lines([own, other], _PEER, default_duration=14 * _DAY)
    assert [line.answer for line in lines] == ["Ban 3 d", "Ban 14 d"]
    assert lines[0].mark is Mark.BANNED


def test_a_shadow_rule_would_have_banned() -> None:
    line = trace_lines([_verdict(action=Action.BAN, mode=Mode.SHADOW, duration=_DAY)], _PEER)[0]
    assert (line.mark, line.answer) == (Mark.SHADOW, "Would ban 1 d")


def test_what_was_not_asked_says_so() -> None:
    line = trace_lines([_verdict(mode=Mode.OFF, reason="rule-off")], _PEER)[0]
    assert (line.mark, line.saw, line.asked) == (Mark.OFF, "not asked", False)


def test_exemption_and_handshake_have_marks_of_their_own() -> None:
    lines = trace_lines([_verdict(action=Action.SKIP), _verdict(reason="handshaking")], None)
    assert [line.mark for line in lines] == [Mark.EXEMPT, Mark.HANDSHAKE]


def test_margins_are_a_column_only_when_something_was_measured(qtbot: QtBot) -> None:
    view = TraceView()
    qtbot.addWidget(view)
    column = view.rows.column_of("margin")
    view.show_trace([_verdict()], _PEER)
    assert view.header.isSectionHidden(column)

    view.show_trace([_verdict(margin=1.5)], _PEER)
    assert not view.header.isSectionHidden(column)


def test_lines_without_anything_to_say_are_folded_until_one_asks(qtbot: QtBot) -> None:
    view = TraceView()
    qtbot.addWidget(view)
    off = _verdict(mode=Mode.OFF, reason="rule-off")
    empty = replace(_verdict(), allows=Text("allows-entries", {"count": 0}))
    view.show_trace([_verdict(), off, empty, off], _PEER)
    rows = view.rows.rows()
    assert [line.rule for line in rows] == ["Address list", "3 more rules"]
    assert rows[-1].saw.startswith("off, or nothing to look for: Address list")

    view.clicked.emit(view.rows.index(1, 0))
    assert view.shown == 5
    view.opened.emit(view.rows.key_at(4))
    assert view.shown == 2


def test_two_such_lines_stay_as_they_are(qtbot: QtBot) -> None:
    view = TraceView()
    qtbot.addWidget(view)
    off = _verdict(mode=Mode.OFF, reason="rule-off")
    view.show_trace([_verdict(), off, off], _PEER)

    assert view.shown == 3


def test_a_ban_is_never_folded(qtbot: QtBot) -> None:
    view = TraceView()
    qtbot.addWidget(view)
    off = _verdict(mode=Mode.OFF, reason="rule-off")
    ban = replace(_verdict(action=Action.BAN), allows=Text("allows-entries", {"count": 0}))
    view.show_trace([off, off, off, ban], _PEER)

    assert view.rows.rows()[0].mark is Mark.BANNED
