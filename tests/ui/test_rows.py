"""The model of every table, checked by Qt's own model tester."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.ui.columns import Column
from app.ui.delegates import Role
from app.ui.rows import RowsModel


@dataclass(frozen=True, slots=True)
class Item:
    key: int
    amount: int | None = 0


COLUMNS = (
    Column[Item](
        key="key", title="Key", text=lambda item: str(item.key), sort=lambda item: item.key
    ),
    Column[Item](
        key="amount",
        title="Amount",
        text=lambda item: f"{item.amount} B",
        sort=lambda item: item.amount,
    ),
)


def model_of(*items: Item) -> RowsModel[Item, int]:
    model = RowsModel(COLUMNS, lambda item: item.key)
    model.apply({item.key: item for item in items})
    return model


def amounts(model: RowsModel[Item, int]) -> list[int | None]:
    return [item.amount for item in model.rows()]


items = st.builds(Item, st.integers(0, 12), st.none() | st.integers(0, 5))
snapshots = st.lists(items, max_size=12, unique_by=lambda item: item.key)
steps = st.one_of(
    st.tuples(st.just("show"), snapshots),
    st.tuples(st.just("apply"), st.tuples(snapshots, st.sets(st.integers(0, 12), max_size=6))),
    st.tuples(st.just("sort"), st.tuples(st.sampled_from([None, "key", "amount"]), st.booleans())),
    st.tuples(st.just("filter"), st.sampled_from([None, 1, 3])),
    st.tuples(st.just("hold"), st.booleans()),
)


def holds(least: int, item: Item) -> bool:
    return (item.amount or 0) >= least


def expected(model: RowsModel[Item, int], truth: dict[int, Item], least: int | None) -> list[Item]:
    return [item for item in truth.values() if least is None or (item.amount or 0) >= least]


@settings(max_examples=150, deadline=None)
@given(history=st.lists(steps, max_size=12))
def test_the_table_always_equals_the_last_state(
    qapp: object, history: Sequence[tuple[str, Any]]
) -> None:
    model = RowsModel(COLUMNS, lambda item: item.key)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    truth: dict[int, Item] = {}
    least: int | None = None
    for name, what in history:
        match name, what:
            case "show", list(rows):
                truth = {item.key: item for item in rows}
                model.show(rows)
            case "apply", (changed, gone):
                fresh = {item.key: item for item in changed if item.key not in gone}
                truth = {k: v for k, v in (truth | fresh).items() if k not in gone}
                model.apply(fresh, gone)
            case "sort", (key, falling):
                model.sort_by(key, falling=falling)
            case "filter", limit:
                least = limit
                model.set_filter(None if limit is None else partial(holds, limit))
            case "hold", on:
                (model.freeze if on else model.thaw)()
        assert all(
            model.key_at(row) == key and model.row_of(key) == row
            for row, key in enumerate(model.keys())
        )
        if not model.frozen:
            shown = expected(model, truth, least)
            assert sorted(model.rows(), key=lambda i: i.key) == sorted(shown, key=lambda i: i.key)
            assert model.waiting == 0
            check_order(model, shown)
    model.thaw()
    assert set(model.rows()) == set(expected(model, truth, least))
    tester.deleteLater()


def check_order(model: RowsModel[Item, int], natural: list[Item]) -> None:
    match model.sorted_by:
        case None, _:
            assert model.rows() == natural
        case "key", falling:
            assert model.keys() == sorted(model.keys(), reverse=falling)
        case "amount", falling:
            known = [a for a in amounts(model) if a is not None]
            assert known == sorted(known, reverse=falling)
            assert all(a is None for a in amounts(model)[len(known) :])


def test_a_held_order_keeps_every_row_where_it_is(qtbot: QtBot) -> None:
    model = model_of(Item(1, 1), Item(2, 2), Item(3, 3))
    model.sort_by("amount", falling=True)
    model.freeze()

    model.apply({1: Item(1, 9), 4: Item(4, 7)}, gone=[2])

    assert model.rows() == [Item(3, 3), Item(2, 2), Item(1, 9)]
    assert model.is_faint(1)
    assert model.waiting == 2
    assert model.get(2) == Item(2, 2)
    model.thaw()
    assert model.rows() == [Item(1, 9), Item(4, 7), Item(3, 3)]
    assert model.get(2) is None


def test_a_peer_that_comes_back_while_the_order_is_held_keeps_its_row(qtbot: QtBot) -> None:
    model = model_of(Item(1, 1), Item(2, 2))
    model.freeze()
    model.apply({}, gone=[1])
    model.apply({1: Item(1, 5)})

    assert model.rows() == [Item(1, 5), Item(2, 2)]
    assert not model.is_faint(0)
    assert model.waiting == 0


def test_sorting_by_the_users_wish_acts_also_while_the_order_is_held(qtbot: QtBot) -> None:
    model = model_of(Item(1, 1), Item(2, 2))
    model.freeze()
    model.apply({3: Item(3, 3)})

    model.sort(1, Qt.SortOrder.DescendingOrder)

    assert model.keys() == [3, 2, 1]


def test_equal_rows_stay_as_they_stand(qtbot: QtBot) -> None:
    model = model_of(Item(3, 1), Item(1, 1), Item(2, 1))

    model.sort_by("amount")
    assert model.keys() == [3, 1, 2]
    model.sort_by("amount", falling=True)
    assert model.keys() == [3, 1, 2]


def test_a_persistent_index_follows_its_row_through_sorting_and_filtering(qtbot: QtBot) -> None:
    model = model_of(*(Item(k, k) for k in range(50)))
    held = QPersistentModelIndex(model.index(30, 1))

    model.sort_by("key", falling=True)
    assert held.row() == model.row_of(30)
    model.set_filter(lambda item: item.key % 3 == 0)

    assert held.row() == model.row_of(30)
    assert held.data(Role.KEY).value == 30


def test_changes_are_told_as_one_run(qtbot: QtBot) -> None:
    model = model_of(*(Item(k, k) for k in range(10)))
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))

    model.apply({2: Item(2, 9), 7: Item(7, 9)})

    assert told == [(2, 7)]


def test_equal_rows_are_not_told_at_all(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS, lambda item: item.key)
    model.show([Item(1), Item(2)])
    told: list[object] = []
    model.dataChanged.connect(lambda *_: told.append(1))

    model.show([Item(1), Item(2)])

    assert told == []


def test_many_scattered_departures_are_one_removal(qtbot: QtBot) -> None:
    model = model_of(*(Item(k, k) for k in range(100)))
    removals: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda _parent, first, last: removals.append((first, last)))

    model.apply({}, gone=range(0, 100, 2))

    assert removals == [(50, 99)]
    assert model.keys() == list(range(1, 100, 2))


def test_a_cell_is_formatted_once_per_change(qtbot: QtBot) -> None:
    calls: list[Item] = []

    def text(item: Item) -> str:
        calls.append(item)
        return str(item.amount)

    column = Column[Item](key="a", title="A", text=text)
    model = RowsModel((column,), lambda item: item.key)
    model.show([Item(1, 1)])

    for _ in range(5):
        assert model.index(0, 0).data() == "1"
    model.show([Item(1, 2)])
    assert model.index(0, 0).data() == "2"

    assert len(calls) == 2
    model.refresh("a")
    assert model.index(0, 0).data() == "2"
    assert len(calls) == 3


def test_a_screen_reader_hears_what_the_column_says(qtbot: QtBot) -> None:
    column = Column[Item](
        key="a", title="A", text=lambda _: "1", spoken=lambda item: f"Amount {item.amount}"
    )
    model = RowsModel((column,), lambda item: item.key)
    model.show([Item(1, 4)])

    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Amount 4"


def test_a_choice_in_a_cell_is_told_and_not_taken(qtbot: QtBot) -> None:
    model = model_of(Item(1, 4))
    with qtbot.waitSignal(model.edited) as told:
        assert model.setData(model.index(0, 1), "off", Role.EXTRA)

    assert told.args == [1, "amount", "off"]
    assert model.rows() == [Item(1, 4)]


def test_a_column_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        model_of().column_of("nothing")


def test_an_empty_table_fills_also_while_the_pointer_is_over_it(qtbot: QtBot) -> None:
    model = model_of()
    model.freeze()
    model.show([Item(1, 1)])
    assert model.rows() == [Item(1, 1)]
    model.apply({2: Item(2, 2)})
    assert model.rows() == [Item(1, 1)]
    assert model.waiting == 1
