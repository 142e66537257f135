"""How a path finds its route."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.access import Role
from app.api.answer import Answer
from app.api.call import Call
from app.api.router import Route, Router


async def nothing(_call: Call) -> Answer:
    return Answer()


def route(method: str, path: str) -> Route:
    return Route(method=method, path=path, role=Role.READ, handler=nothing)


ROUTER = Router(
    [
        route("PATCH", "/api/things/{id}"),
        route("GET", "/api/things/{id}"),
        route("GET", "/api/things/best"),
        route("GET", "/api/things/{id}/part/{part}"),
    ]
)


def found(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    result = ROUTER.find(method, path)
    return None if result is None else (result[0].path, result[1])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/things/best", ("/api/things/best", {})),
        ("/api/things/best/", ("/api/things/best", {})),
        ("/api/things/a%2Fb", ("/api/things/{id}", {"id": "a/b"})),
        ("/api/things/a+b", ("/api/things/{id}", {"id": "a+b"})),
        ("/api/things/%C3%A4", ("/api/things/{id}", {"id": "ä"})),
        ("/api/things/1/part/2", ("/api/things/{id}/part/{part}", {"id": "1", "part": "2"})),
        ("/api/things//part/2", None),
        ("/api/Things/best", None),
        ("/api/things", None),
        ("", None),
        ("*", None),
    ],
)
def test_paths(path: str, expected: tuple[str, dict[str, str]] | None) -> None:
    assert found("GET", path) == expected


def test_another_method_of_a_literal_goes_to_the_parameter() -> None:
    assert found("PATCH", "/api/things/best") == ("/api/things/{id}", {"id": "best"})
    assert found("DELETE", "/api/things/best") is None


def test_head_finds_what_get_finds() -> None:
    assert found("HEAD", "/api/things/best") == found("GET", "/api/things/best")


@given(st.text())
def test_any_path_is_found_or_not(path: str) -> None:
    ROUTER.find("GET", path)
