"""Which error becomes which status."""

import pytest

from app.api.errors import STATUS, TooLarge, TooSlow, answer_to, crash, printable
from app.domain.errors import AppError, NotFound, Refused
from app.domain.reason import Text
from app.services.errors import StorageError, Unreachable

TEXT = Text("downloader-unknown", {"id": "x"})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(TEXT), 404),
        (Refused(TEXT), 400),
        (TooLarge(5), 413),
        (TooSlow(), 408),
        (Unreachable("x"), 502),
        (StorageError("disk full"), 500),
        (AppError(TEXT), 500),
    ],
)
def test_the_table(error: AppError, status: int) -> None:
    answer = answer_to(error)
    assert (answer.status, answer.success) == (status, False)
    assert answer.message
    assert answer.data == (answer.message if status == 400 else None)


def test_no_entry_hides_behind_a_wider_one() -> None:
    for index, (kind, _) in enumerate(STATUS):
        assert not any(issubclass(kind, earlier) for earlier, _ in STATUS[:index])


def test_a_crash_tells_nothing() -> None:
    assert (crash().status, crash().data) == (500, None)


def test_half_characters_become_question_marks() -> None:
    assert printable("a\ud800b") == "a?b"
