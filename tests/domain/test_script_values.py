"""Values that scripts look at, of many peers at once."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from app.domain.script_values import ScriptValues, ShownValues
from app.domain.script_variable import VARIABLES, Variable
from app.domain.sighting import Batch
from tests.domain.rules.sightings import sighting


def test_a_key_holds_what_stands_at_its_paths() -> None:
    values = ScriptValues(Batch([sighting(port=1), sighting(port=2, client_name="x")]))

    assert values.keys(("peer.client_name", "peer.address.raw.port")) == [
        ("qBittorrent/4.6.5", 1),
        ("x", 2),
    ]
    assert values.keys(("peer.client_name",)) == ["qBittorrent/4.6.5", "x"]
    assert values.keys(()) == [(), ()]


def test_it_finds_every_variable() -> None:
    seen = sighting()
    for variable in VARIABLES.values():
        found = ScriptValues(Batch([seen])).keys((variable.path,))
        assert found == [attrgetter(variable.path)(seen)]


def test_of_nobody_there_is_nothing() -> None:
    values = ScriptValues(Batch([]))

    assert values.keys(()) == values.keys(("at",)) == values.keys(("at", "downloader")) == []


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
