"""Values as scripts get them, of many peers at once."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.script_values import ShownValues
from app.domain.script_variable import Variable


def test_what_takes_long_to_show_is_shown_once() -> None:
    asked: list[list[int]] = []

    def show(values: Sequence[int]) -> list[str]:
        asked.append(list(values))
        return [str(value) for value in values]

    shown = ShownValues()
    dear = Variable(name="a", path="a", show=show, dear=True)

    assert shown.column(dear, [1, 2]) == ["1", "2"]
    assert shown.column(dear, (2, 3, 1)) == ["2", "3", "1"]
    assert asked == [[1, 2], [3]]
    assert shown.column(Variable(name="b", path="b"), (2, 3)) == [2, 3]
    assert shown.column(Variable(name="c", path="c", show=show), (2, 3)) == ["2", "3"]
