"""Logging in and out (reference/webapi.md 3.1)."""

import pytest

from tests.api.conftest import TOKEN, Served, failed, fine

LOGIN = "/api/auth/login"


async def test_the_right_token_is_greeted(served: Served) -> None:
    answer = await served.anyone.post(LOGIN, params={"silentLogin": "x"}, json={"token": TOKEN})
    assert fine(answer) is None
    assert answer.json()["message"] == "Login successful"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"{}", 401),
        (b'{"token": null}', 401),
        (b'{"token": ""}', 401),
        (b'{"token": "wrong"}', 401),
        (b'{"token": ["x"]}', 401),
        (b'{"token": 12}', 401),
    ],
)
async def test_anything_else_is_refused(served: Served, body: bytes, status: int) -> None:
    answer = await served.anyone.post(LOGIN, content=body)
    failed(answer, status)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", [b"{}", b'{"token": "wrong"}', b'{"token": null}'])
async def test_wrong_and_missing_tokens_are_counted(served: Served, body: bytes) -> None:
    for _ in range(11):
        failed(await served.anyone.post(LOGIN, content=body), 401)
    failed(await served.anyone.post(LOGIN, content=body), 429)


async def test_a_bearer_header_does_not_log_in(served: Served) -> None:
    failed(await served.admin.post(LOGIN, json={"token": ""}), 401)


async def test_logging_out_without_a_session_is_fine_too(served: Served) -> None:
    assert fine(await served.anyone.post("/api/auth/logout")) is None
