"""Quickly made values are no different."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from app.domain.quick import quick_pass, quick_text
from app.domain.reason import Text
from app.domain.verdict import Mode, Verdict


def test_a_quick_text_is_a_text() -> None:
    assert quick_text("a", {"b": 1}) == Text("a", {"b": 1})
    assert all(hasattr(quick_text("a", {}), field.name) for field in fields(Text))


def test_a_quick_pass_is_a_frozen_verdict_with_every_field() -> None:
    reason, saw, allows = Text("a"), Text("b"), Text("c")
    quick = quick_pass("rule", Mode.SHADOW, reason, saw, allows, 0.5, {"d": 1}, 7)
    assert quick == Verdict(
        rule="rule",
        mode=Mode.SHADOW,
        reason=reason,
        saw=saw,
        allows=allows,
        margin=0.5,
        data={"d": 1},
        review_at=7,
    )
    assert all(hasattr(quick, field.name) for field in fields(Verdict))
    with pytest.raises(FrozenInstanceError):
        quick.rule = "other"  # type: ignore[misc] # that is the test
