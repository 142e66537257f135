"""What one user may be charged with."""

from __future__ import annotations

from app.domain.progress_record import ProgressRecord

SIZE = 1_000


def take(record: ProgressRecord, port: int, uploaded: int, progress: float, at: int) -> int:
    own = record.connection(1, port, uploaded, at)
    record.count(own, uploaded)
    own.progress = progress or own.progress
    own.last_seen = at
    record.fold(own, SIZE)
    return record.charge(own, SIZE)


def test_a_connection_is_charged_with_its_own_over_all_resets() -> None:
    record = ProgressRecord(0, 0)
    assert take(record, 1, 100, 0.1, 1) == 100
    assert take(record, 1, 50, 0.1, 2) == 150


def test_a_counter_that_goes_on_at_another_port_is_not_counted_twice() -> None:
    record = ProgressRecord(0, 0)
    take(record, 1, 100, 0.0, 1)
    assert take(record, 2, 120, 0.0, 2) <= 120
    assert record.total == 120


def test_what_nobody_reported_is_charged_to_who_comes_next() -> None:
    record = ProgressRecord(0, 0)
    take(record, 1, 100, 0.0, 1)
    assert take(record, 2, 50, 0.05, 2) >= 148


def test_two_who_left_may_have_been_others() -> None:
    record = ProgressRecord(0, 0)
    for port in (1, 2):
        take(record, port, 100 - port, 0.1, port)
    assert take(record, 3, 97, 0.1, 3) == 97
    assert take(record, 4, 96, 0.1, 4) > 96 + 90


def test_who_is_there_at_the_same_time_answers_for_himself() -> None:
    record = ProgressRecord(0, 0)
    for at in (1, 2):
        for port in range(10):
            assert take(record, port, 100 * at, 0.0, at) == 100 * at


def test_connections_that_overlapped_are_not_one_users_past() -> None:
    record = ProgressRecord(0, 0)
    for at in (1, 2):
        for port in range(10):
            take(record, port, 50 * at, 0.0, at)
    charged = take(record, 99, 10, 0.0, 5)
    assert 100 < charged <= 110


def test_the_sum_stays_when_connections_are_no_longer_told_apart() -> None:
    record = ProgressRecord(0, 0)
    for port in range(1, 101):
        take(record, port, 200 - port, 0.0, port)
    assert len(record.connections) <= 17
    assert take(record, 200, 1, 0.0, 300) > 14_000


def test_a_copy_is_independent() -> None:
    record = ProgressRecord(0, 0)
    take(record, 1, 100, 0.1, 1)
    copy = record.copy()
    assert copy == record
    take(record, 1, 200, 0.2, 2)
    assert copy.connections[0].received == 100
