"""The server on the wire: who gets in, how each version says no, how it misbehaves on demand."""

from __future__ import annotations

import json

import httpx
import pytest

from app.demo.server import Fault, running
from app.demo.swarm import Swarm
from tests.demo.conftest import Clock, anonymous, logged_in

RIGHT = {"username": "admin", "password": "adminadmin"}
WRONG = {"username": "admin", "password": "guess"}


@pytest.mark.parametrize(
    ("version", "status", "text", "cookie"),
    [
        ("4.5.2", 200, "Ok.", "SID=; HttpOnly; SameSite=Strict; path=/"),
        ("5.1.0", 200, "Ok.", "SID=; HttpOnly; SameSite=Strict; path=/"),
        ("5.3.0", 204, "", "QBT_SID_PORT=; HttpOnly; SameSite=Lax; expires="),
    ],
)
async def test_a_right_login_is_answered_as_the_version_does(
    version: str, status: int, text: str, cookie: str, clock: Clock
) -> None:
    async with running(Swarm(clock=clock), version=version) as server, anonymous(server) as client:
        answer = await client.post("auth/login", data=RIGHT)
        name, value = cookie.replace("PORT", str(server.api.port)).split("=", 1)

        assert (answer.status_code, answer.text) == (status, text)
        assert answer.headers["Set-Cookie"].startswith(name + "=")
        assert value.split("expires")[0] in answer.headers["Set-Cookie"]
        assert (await client.get("app/buildInfo")).json()["qt"]
        again = await client.post("auth/login", data=WRONG)
        assert (again.status_code, "Set-Cookie" in again.headers) == (status, False)
        await client.post("auth/logout")
        assert (await client.get("app/buildInfo")).status_code == 403


@pytest.mark.parametrize(
    ("version", "status", "text"), [("4.5.2", 200, "Fails."), ("5.3.0", 401, "Unauthorized")]
)
async def test_a_wrong_login_is_answered_as_the_version_does(
    version: str, status: int, text: str, clock: Clock
) -> None:
    async with running(Swarm(clock=clock), version=version) as server, anonymous(server) as client:
        for _ in range(5):
            answer = await client.post("auth/login", data=WRONG)
            assert (answer.status_code, answer.text) == (status, text)
        answer = await client.post("auth/login", data=RIGHT)

        assert answer.status_code == 403
        assert "banned after too many failed" in answer.text


async def test_without_a_session_everything_is_forbidden(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, anonymous(server) as client:
        for path in (*server.api.actions, "no/such"):
            answer = await client.get(path)
            assert (answer.status_code, answer.text) == (403, "Forbidden")


async def test_a_lost_session_is_forbidden_until_the_next_login(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        assert (await client.get("app/version")).text == "v5.3.0"
        server.sessions.forget()
        assert (await client.get("app/version")).status_code == 403
        await client.post("auth/login", data=RIGHT)
        assert (await client.get("app/version")).status_code == 200


async def test_wrong_methods_and_paths(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        assert (
            await client.get("transfer/banPeers", params={"peers": "1.2.3.4:1"})
        ).status_code == 405
        assert (await client.get("app/setPreferences")).status_code == 405
        assert (await client.post("app/setPreferences", data={})).status_code == 400
        assert (await client.post("sync/maindata", data={"rid": 0})).status_code == 200
        assert (await client.get("no/such")).status_code == 404
        assert not server.banned


async def test_a_foreign_origin_or_host_is_unauthorized(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:

        async def status(**headers: str) -> int:
            return (await client.get("app/version", headers=headers)).status_code

        assert await status(Origin="http://evil.example") == 401
        assert await status(Referer="http://evil.example/page") == 401
        assert await status(Origin=server.url, Referer="http://evil.example/") == 200
        assert await status(Referer=f"{server.url}/") == 200
        assert await status(Host="localhost:1") == 401
        assert await status(Host="nas.local") == 200
        assert await status(Host="[:") == 401


async def test_an_api_key_needs_no_login_since_there_are_any(clock: Clock) -> None:
    key = {"Authorization": "Bearer qbt_secret"}
    async with running(Swarm(clock=clock), api_key="qbt_secret") as new, anonymous(new) as client:
        first = (await client.get("sync/maindata", headers=key)).json()
        assert first["full_update"]
        second = (await client.get("sync/maindata?rid=1", headers=key)).json()
        assert "full_update" not in second
        other = await client.get("app/version", headers={"Authorization": "Bearer qbt_guess"})
        assert other.status_code == 403
    async with (
        running(Swarm(clock=clock), version="4.5.2", api_key="qbt_secret") as old,
        anonymous(old) as client,
    ):
        assert (await client.get("app/version", headers=key)).status_code == 403


async def test_a_ban_drops_the_peer_and_an_unban_lets_it_return(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        torrent = server.swarm.torrents()[0]
        key = next(key for key, state in torrent.peers.items() if state.up_speed)

        async def peers() -> dict[str, object]:
            answer = await client.get("sync/torrentPeers", params={"hash": torrent.facts.hash})
            found: dict[str, object] = answer.json()["peers"]
            return found

        assert key in await peers()
        await client.post("transfer/banPeers", data={"peers": key})
        assert key not in await peers()
        assert len(server.banned) == 1
        await client.post("app/setPreferences", data={"json": json.dumps({"banned_IPs": ""})})
        clock.pass_(9)
        assert key in await peers()


async def test_a_list_of_a_hundred_thousand_fits(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        lines = "\n".join(f"60.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(100_000))
        answer = await client.post(
            "app/setPreferences", data={"json": json.dumps({"banned_IPs": lines})}
        )

        assert answer.status_code == 200
        assert len(server.banned) == 100_000


@pytest.mark.parametrize(
    ("fault", "status", "size"),
    [
        (Fault.HTML, 200, 61),
        (Fault.ERROR, 500, 21),
        (Fault.EMPTY, 200, 0),
        (Fault.GARBAGE, 200, 5_000_000),
    ],
)
async def test_it_answers_wrongly_where_told_to(
    fault: Fault, status: int, size: int, clock: Clock
) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        server.faults["sync/maindata"] = fault
        answer = await client.get("sync/maindata")

        assert (answer.status_code, len(answer.content)) == (status, size)
        assert (await client.get("app/version")).text == "v5.3.0"
        server.faults.clear()
        assert (await client.get("sync/maindata")).json()["rid"] == 1


async def test_half_an_answer_is_no_json(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        server.faults["*"] = Fault.HALF
        with pytest.raises(json.JSONDecodeError):
            (await client.get("sync/maindata")).json()


async def test_silence_closes_the_connection(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        server.faults["*"] = Fault.SILENCE
        with pytest.raises(httpx.TransportError):
            await client.get("sync/maindata")


async def test_it_can_be_slow(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        server.latencies["sync/maindata"] = 30.0
        with pytest.raises(httpx.ReadTimeout):
            await client.get("sync/maindata", timeout=0.05)
        assert (await client.get("app/version", timeout=5)).status_code == 200


async def test_it_counts_calls_and_bytes(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server, logged_in(server) as client:
        answer = await client.get("sync/maindata")
        await client.get("sync/maindata")

        assert server.calls == {"auth/login": 1, "sync/maindata": 2}
        assert server.sent["sync/maindata"] >= 2 * len(answer.content) - 20
        assert server.received["auth/login"] == len("username=admin&password=adminadmin")


@pytest.mark.parametrize(
    ("version", "title"), [("4.5.2", "qBittorrent Web UI"), ("5.3.0", "qBittorrent WebUI")]
)
async def test_its_front_page_tells_a_scan_what_it_is(
    version: str, title: str, clock: Clock
) -> None:
    async with running(Swarm(clock=clock), version=version) as server, anonymous(server) as client:
        page = await client.get(f"{server.url}/")

        assert f"<title>{title}</title>" in page.text
        assert (await client.get(f"{server.url}/favicon.ico")).status_code == 404


async def test_a_taken_port_is_an_error(clock: Clock) -> None:
    async with running(Swarm(clock=clock)) as server:
        with pytest.raises(OSError, match=str(server.api.port)):
            await type(server)(Swarm(clock=clock)).start(server.api.port)
