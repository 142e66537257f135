"""Counters that begin anew are added up, whatever stands in the store already."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.services.meter import Meter, Reading

AMOUNTS = st.integers(0, 10**12)


class Stored:
    """A total as the table keeps it."""

    def __init__(self, total: int = 0, offset: int = 0) -> None:
        self.total, self.offset = total, offset

    def write(self, reading: Reading) -> None:
        known = self.offset if reading.base >= self.offset else 0
        self.total += reading.base + reading.more - known
        self.offset = reading.offset


@given(st.lists(st.tuples(AMOUNTS, st.booleans()), min_size=1), AMOUNTS)
def test_it_makes_no_difference_when_it_is_written(
    counters: list[tuple[int, bool]], offset: int
) -> None:
    often, seldom = Stored(5, offset), Stored(5, offset)
    one, other = Meter(), Meter()
    last = None
    for counter, write in counters:
        for meter in (one, other):
            if last is None:
                meter.join(counter, others=0, first=True)
            else:
                meter.report(last, counter)
        last = counter
        if write:
            often.write(one.read())
            one.settle(one.read())
    often.write(one.read())
    seldom.write(other.read())

    assert (often.total, often.offset) == (seldom.total, seldom.offset)


def test_what_comes_while_it_is_written_is_kept() -> None:
    stored, meter = Stored(), Meter()
    meter.join(100, others=0, first=True)
    reading = meter.read()
    meter.report(100, 130)
    stored.write(reading)
    meter.settle(reading)
    stored.write(meter.read())

    assert (stored.total, stored.offset) == (130, 130)


def test_connections_from_one_address_do_not_disturb_each_other() -> None:
    stored, meter = Stored(), Meter()
    meter.join(100, others=0, first=True)
    meter.join(5_000, others=1, first=False)
    for step in range(1, 4):
        meter.report(100 + 10 * (step - 1), 100 + 10 * step)
        meter.report(5_000 + step - 1, 5_000 + step)
    stored.write(meter.read())
    meter.settle(meter.read())
    assert stored.total == 5_133
    meter.leave(5_003, others=1)
    meter.join(7, others=1, first=False)
    stored.write(meter.read())
    assert (stored.total, stored.offset) == (5_140, 137)


def test_after_a_restart_two_connections_are_known_by_their_sum() -> None:
    stored, meter = Stored(5_133, 5_133), Meter()
    meter.join(130, others=0, first=True)
    meter.join(5_010, others=1, first=False)
    stored.write(meter.read())

    assert stored.total == 5_140
