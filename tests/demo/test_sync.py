"""What the server remembers of its answers."""

from __future__ import annotations

from app.demo.sync import Memory, changed_items, changed_members


def test_the_first_answer_is_full() -> None:
    memory: Memory[str] = Memory(counts_on=True)

    assert memory.answer(0, "a") == (1, None)


def test_an_answer_is_compared_with_what_the_client_has() -> None:
    memory: Memory[str] = Memory(counts_on=True)
    memory.answer(0, "a")

    assert memory.answer(1, "b") == (2, "a")
    # The client did not get answer 2 and asks again.
    assert memory.answer(1, "c") == (3, "a")
    assert memory.answer(3, "d") == (4, "c")


def test_a_number_from_another_life_gets_a_full_answer() -> None:
    memory: Memory[str] = Memory(counts_on=True)
    memory.answer(0, "a")

    assert memory.answer(77, "b") == (2, None)
    assert Memory[str](counts_on=True).answer(5, "a") == (1, None)


def test_numbers_go_on_through_full_answers_only_where_the_real_one_does_so() -> None:
    going_on: Memory[str] = Memory(counts_on=True)
    starting_over: Memory[str] = Memory(counts_on=False)

    assert [going_on.answer(0, "a")[0] for _ in range(3)] == [1, 2, 3]
    assert [starting_over.answer(0, "a")[0] for _ in range(3)] == [1, 1, 1]


def test_alternating_between_two_things_soon_gets_full_answers_only() -> None:
    memory: Memory[str] = Memory(counts_on=False)
    numbers = {"a": memory.answer(0, "a")[0], "b": memory.answer(0, "b")[0]}
    bases = []
    for turn in range(12):
        thing = "ab"[turn % 2]
        numbers[thing], base = memory.answer(numbers[thing], thing)
        bases.append(base)

    assert bases[2:] == [None] * 10


def test_numbers_start_over_after_a_million() -> None:
    memory: Memory[str] = Memory(counts_on=True)
    for _ in range(1_000_000):
        number, _base = memory.answer(0, "a")

    assert number == 1_000_000
    assert memory.answer(0, "a")[0] == 1


def test_differences() -> None:
    old = {"x": {"a": 1, "b": 2}, "y": {"a": 1}, "z": {"a": 1}}
    new = {"x": {"a": 1, "b": 3}, "y": {"a": 1}, "w": {"a": 9}}

    assert changed_items(old, new) == ({"x": {"b": 3}, "w": {"a": 9}}, ["z"])
    assert changed_members({"a": 1}, {"a": 1, "b": None}) == {"b": None}
