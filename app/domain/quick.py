"""Makes the values that each peer needs in each sweep at a third of what their constructors cost.

A frozen dataclass sets its fields one by one through `object.__setattr__`, which finds each by its name. Ten thousand
verdicts take 40 ms that way, and 15 ms through the slots themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.reason import Param, Text
from app.domain.verdict import Action, Mode, Verdict

_new = object.__new__
_id = Text.__dict__["id"].__set__
_params = Text.__dict__["params"].__set__
_rule = Verdict.__dict__["rule"].__set__
_action = Verdict.__dict__["action"].__set__
_mode = Verdict.__dict__["mode"].__set__
_duration = Verdict.__dict__["duration"].__set__
_title = Verdict.__dict__["title"].__set__
_reason = Verdict.__dict__["reason"].__set__
_saw = Verdict.__dict__["saw"].__set__
_allows = Verdict.__dict__["allows"].__set__
_margin = Verdict.__dict__["margin"].__set__
_data = Verdict.__dict__["data"].__set__
_review_at = Verdict.__dict__["review_at"].__set__


def quick_text(key: str, params: Mapping[str, Param]) -> Text:
    """`Text(key, params)`."""
    text = _new(Text)
    _id(text, key)
    _params(text, params)
    return text


def quick_pass(  # noqa: PLR0913, PLR0917 - the fields of a verdict, by position for speed
    rule: str,
    mode: Mode,
    reason: Text,
    saw: Text | None,
    allows: Text | None,
    margin: float | None,
    data: Mapping[str, Any],
    review_at: int | None = None,
) -> Verdict:
    """The `Verdict` about a peer that passes."""
    verdict = _new(Verdict)
    _rule(verdict, rule)
    _action(verdict, Action.NO_ACTION)
    _mode(verdict, mode)
    _duration(verdict, 0)
    _title(verdict, None)
    _reason(verdict, reason)
    _saw(verdict, saw)
    _allows(verdict, allows)
    _margin(verdict, margin)
    _data(verdict, data)
    _review_at(verdict, review_at)
    return verdict
