"""Secrets that no text shows."""

from dataclasses import asdict, dataclass

from hypothesis import given
from hypothesis import strategies as st

from app.settings.secret import Secret


@given(st.text(alphabet="hun7X", min_size=3))
def test_no_way_of_printing_shows_the_text(text: str) -> None:
    secret = Secret(text)

    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r:>20}", "%s" % secret):  # noqa: UP031 - logging does it so
        assert text not in shown


def test_values_that_hold_it_do_not_show_it_either() -> None:
    @dataclass(frozen=True)
    class Login:
        password: Secret

    assert "hunter2" not in repr(Login(Secret("hunter2")))
    assert "hunter2" not in str(asdict(Login(Secret("hunter2"))))


def test_it_is_equal_by_content_and_empty_when_there_is_none() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("a"))
    assert not Secret()
    assert str(Secret()) == ""
    assert Secret("a").reveal() == "a"
    assert Secret("ä").matches("ä")
    assert not Secret("ä").matches("a")
