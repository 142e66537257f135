"""The token, sessions, and who is told what (reference/webapi.md 1.4)."""

import logging

import pytest

from app.api.access import COOKIE
from app.api.routes import ROUTES
from app.api.server import ApiServer
from app.settings.secret import Secret
from tests.api.conftest import TOKEN, Served, failed, fine, sent_to

BANS = "/api/bans"
PROTECTED = [route for route in ROUTES if route.role.name != "ANON"]


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: f"{route.method} {route.path}")
async def test_without_the_token_every_protected_route_is_closed(served: Served, route) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a Route
    path = route.path.format(downloaderId="nas", torrentId="x", name="x")
    body = b"{" * 10  # not even read
    answer = await served.anyone.request(route.method, path, content=body)
    failed(answer, 403)
    assert answer.json()["data"] is None


def test_the_open_routes_are_known_by_name() -> None:
    assert {route.path for route in ROUTES if route.role.name == "ANON"} == {
        "/api/auth/login",
        "/api/auth/logout",
        "/api/metadata/manifest",
        "/blocklist/ip",
        "/blocklist/p2p-plain-format",
        "/blocklist/dat-emule",
        "/blocklist/for/{name}",
    }


def test_what_changes_something_asks_for_write_and_what_reads_for_read() -> None:
    for route in PROTECTED:
        # A scan asks around, also under the method that it once had.
        reads = route.method == "GET" and not route.path.endswith("/scan")
        assert route.role.name == ("READ" if reads else "WRITE"), route.path


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, "", 200),
        ({"Authorization": f"bearer {TOKEN}"}, "", 403),
        ({"Authorization": f"Bearer  {TOKEN}"}, "", 403),
        ({"Authorization": TOKEN}, "", 403),
        ({}, f"?token={TOKEN}", 200),
        ({}, f"?token={TOKEN}x", 403),
        ({}, "?token=", 403),
        # A header, whatever it says, hides the query.
        ({"Authorization": "Basic eDp5"}, f"?token={TOKEN}", 403),
        ({"Authorization": f"Bearer {TOKEN}"}, "?token=wrong", 200),
        ({"Authorization": "Bearer ÿ".encode("latin-1")}, "", 403),
    ],
)
async def test_ways_to_show_the_token(
    served: Served, headers: dict[str, str], query: str, status: int
) -> None:
    answer = await served.anyone.get(BANS + query, headers=headers)
    assert answer.status_code == status


async def test_a_session_is_a_cookie_and_ends_with_logging_out(served: Served) -> None:
    answer = await served.anyone.post("/api/auth/login", json={"token": TOKEN})
    fine(answer)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    fine(await served.anyone.get(BANS))
    assert (await served.anyone.post("/api/auth/logout")).json() == {
        "success": True,
        "message": "success",
        "data": None,
    }
    failed(await served.anyone.get(BANS), 403)


async def test_showing_the_token_begins_no_session(served: Served) -> None:
    answer = await served.admin.get(BANS)
    assert "set-cookie" not in answer.headers


async def test_an_invented_session_is_none(served: Served) -> None:
    for value in ("x", "", "a" * 43):
        answer = await served.anyone.get(BANS, headers={"Cookie": f"{COOKIE}={value}"})
        failed(answer, 403)


async def test_a_session_ends_when_the_token_changes(served: Served) -> None:
    settings = served.core.settings
    await settings.change("config.yml", {("server", "token"): Secret("first")})
    async with (
        ApiServer(served.core, host="127.0.0.1", port=0) as server,
        sent_to(server) as client,
    ):
        fine(await client.post("/api/auth/login", json={"token": "first"}))
        fine(await client.get(BANS))
        await settings.change("config.yml", {("server", "token"): Secret("second")})
        failed(await client.get(BANS), 403)


async def test_before_there_is_a_token_clients_are_sent_to_set_up(served: Served) -> None:
    async with (
        ApiServer(served.core, host="127.0.0.1", port=0, token=Secret("  ")) as server,
        sent_to(server) as client,
    ):
        for answer in (
            await client.get(BANS, params={"token": "  "}),
            await client.post("/api/auth/login", json={"token": ""}),
            await client.post("/api/auth/login"),
        ):
            failed(answer, 303)
            assert answer.headers["location"] == "/init"
            assert answer.json()["data"] == {"location": "/init"}
        fine(await client.get("/api/metadata/manifest"))
        assert (await client.get("/blocklist/ip")).status_code == 200


async def test_eleven_wrong_tokens_shut_the_network_out_for_a_quarter_of_an_hour(
    served: Served,
) -> None:
    session = await served.admin.post("/api/auth/login", json={"token": TOKEN})
    cookie = {"Cookie": f"{COOKIE}={session.cookies[COOKIE]}"}
    for _ in range(11):
        failed(await served.anyone.get(BANS, params={"token": "wrong"}), 403)
    served.admin.cookies.clear()
    shut = await served.admin.get(BANS)
    failed(shut, 429)
    assert "retry-after" not in shut.headers
    failed(await served.anyone.post("/api/auth/login", json={"token": TOKEN}), 429)
    # Who is logged in stays in, and open routes stay open.
    fine(await served.anyone.get(BANS, headers=cookie))
    fine(await served.anyone.get("/api/metadata/manifest"))
    served.clock.now += 900_000
    fine(await served.admin.get(BANS))


async def test_no_token_and_an_empty_one_are_not_counted(served: Served) -> None:
    for _ in range(15):
        failed(await served.anyone.get(BANS), 403)
        failed(await served.anyone.get(BANS, params={"token": ""}), 403)
        failed(await served.anyone.post("/api/auth/login", json={"token": ""}), 401)
    fine(await served.admin.get(BANS))


async def test_the_right_token_clears_the_count(served: Served) -> None:
    for _ in range(3):
        for _ in range(9):
            failed(await served.anyone.get(BANS, params={"token": "wrong"}), 403)
        fine(await served.admin.get(BANS))


async def test_no_token_is_ever_logged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await served.anyone.get(BANS, params={"token": "guessed-wrong"})
    await served.anyone.get(BANS, params={"token": TOKEN})
    await served.anyone.post("/api/auth/login", json={"token": "guessed-too"})
    ours = "".join(r.getMessage() for r in caplog.records if r.name.startswith("app."))
    assert "wrong API token" in ours
    for secret in (TOKEN, "guessed-wrong", "guessed-too"):
        assert secret not in ours
