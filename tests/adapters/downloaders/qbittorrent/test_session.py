"""Logging in to qBittorrent, staying in, and never insisting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import encode_basic_auth, web

from app.adapters.downloaders.qbittorrent.session import Session
from app.demo.server import DemoQBittorrent, Fault, running
from app.demo.swarm import Swarm
from app.domain.reason import Text
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    ProtocolMismatch,
    Unreachable,
)
from app.settings.downloader import BasicAuth
from app.settings.secret import Secret
from tests.adapters.downloaders.qbittorrent.scripted import Scripted, scripted, settings
from tests.adapters.downloaders.serving import serving

WRONG = Secret("hunter2-is-wrong")
RIGHT = encode_basic_auth("me", "proxy-hunter2")


def small() -> Swarm:
    return Swarm(peers=3, torrents=1)


async def failure(work: Awaitable[object]) -> DownloaderError:
    """The error that `work` ends with; no secret may stand in it."""
    with pytest.raises(DownloaderError) as failed:
        await work
    assert "hunter2" not in f"{failed.value!r} {failed.value} {failed.value.text}"
    return failed.value


def detail(error: DownloaderError) -> str:
    """The id of the text that says what exactly is wrong."""
    found = error.text.params["detail"]
    assert isinstance(found, Text)
    return found.id


@pytest.mark.parametrize(
    ("version", "ranges"), [("4.5.2", False), ("5.1.0", False), ("5.3.0", True)]
)
async def test_every_version_lets_us_in_once(version: str, *, ranges: bool) -> None:
    async with running(small(), version=version) as server:
        session = Session(settings(server.url))
        first = await session.open()
        second = await session.open()
        await session.get("sync/maindata", rid=0)
        assert first is second
        assert (first.version, first.capabilities.prefixes, first.session) == (version, ranges, 1)
        assert server.calls["auth/login"] == 1
        await session.close()
        assert server.calls["auth/logout"] == 1


async def test_an_open_door_needs_no_log_in() -> None:
    async with scripted() as (server, url):
        session = Session(settings(url, username="", password=Secret()))
        assert (await session.open()).session == 1
        await session.close()
        assert server.calls["auth/login"] == server.calls["auth/logout"] == 0


@pytest.mark.parametrize("version", ["4.5.2", "5.1.0", "5.3.0"])
async def test_o16_a_refused_log_in_is_not_tried_again_until_it_is_allowed(version: str) -> None:
    async with running(small(), version=version) as server:
        session = Session(settings(server.url, password=WRONG))
        errors = [await failure(session.open()) for _ in range(10)]
        errors.append(await failure(session.get("sync/maindata", rid=0)))
        assert all(isinstance(error, AccessDenied) for error in errors)
        assert {error.text.id for error in errors} == {"downloader-denied"}
        assert server.calls["auth/login"] == 1
        requests = session.exchange.requests

        session.forget_refusal()
        await failure(session.open())
        assert server.calls["auth/login"] == 2
        assert session.exchange.requests == requests + 2

        server.sessions.password = WRONG.reveal()
        session.forget_refusal()
        assert (await session.open()).session == 1
        await session.close()


async def test_many_requests_at_once_make_one_attempt() -> None:
    async with running(small()) as server:
        session = Session(settings(server.url, password=WRONG))
        await asyncio.gather(*(failure(session.get("app/version")) for _ in range(20)))
        assert server.calls["auth/login"] == 1
        await session.close()


async def test_without_a_name_nothing_is_tried() -> None:
    async with running(small()) as server:
        session = Session(settings(server.url, username="", password=Secret()))
        error = await failure(session.open())
        assert (type(error), error.text.id) == (AccessDenied, "downloader-login-missing")
        assert server.calls["auth/login"] == 0
        await session.close()


async def test_a_lock_out_is_told_apart_from_a_wrong_password() -> None:
    async with running(small(), version="4.5.2") as server:
        session = Session(settings(server.url, password=WRONG))
        for _ in range(5):
            session.forget_refusal()
            await failure(session.open())
        session.forget_refusal()
        error = await failure(session.open())
        assert (type(error), error.text.id) == (AccessDenied, "downloader-locked-out")
        await session.close()


async def test_a_session_that_ended_is_opened_anew_once_for_all_who_notice() -> None:
    async with running(small()) as server:
        session = Session(settings(server.url))
        before = await session.open()
        server.sessions.forget()
        answers = await asyncio.gather(*(session.get("sync/maindata", rid=0) for _ in range(16)))
        assert {answer.status for answer in answers} == {200}
        after = await session.open()
        assert (before.session, after.session) == (1, 2)
        assert server.calls["auth/login"] == 2
        await session.close()


async def test_a_path_that_stays_forbidden_does_not_log_in_for_ever() -> None:
    async with scripted() as (server, url):
        session = Session(settings(url))
        await session.open()
        server.statuses["sync/maindata"] = 403
        error = await failure(session.get("sync/maindata", rid=0))
        assert detail(error) == "answer-status"
        assert server.calls["sync/maindata"] == 2
        await session.close()


async def test_a_changed_password_is_noticed_when_the_session_ends() -> None:
    async with running(small()) as server:
        session = Session(settings(server.url))
        await session.open()
        server.sessions.password = "another"
        server.sessions.forget()
        error = await failure(session.get("sync/maindata", rid=0))
        assert error.text.id == "downloader-denied"
        await failure(session.get("sync/maindata", rid=0))
        assert server.calls["auth/login"] == 2
        await session.close()


async def test_a_key_needs_no_log_in_and_no_log_out() -> None:
    async with running(small(), api_key="qbt_key") as server:
        session = Session(settings(server.url, api_key=Secret("qbt_key"), password=WRONG))
        assert (await session.open()).version == "5.3.0"
        await session.close()
        assert server.calls["auth/login"] == server.calls["auth/logout"] == 0


@pytest.mark.parametrize("version", ["4.5.2", "5.3.0"])
async def test_a_wrong_key_is_tried_once_and_never_becomes_a_log_in(version: str) -> None:
    async with running(small(), version=version, api_key="qbt_key") as server:
        session = Session(settings(server.url, api_key=Secret("hunter2")))
        for _ in range(3):
            error = await failure(session.open())
            assert (type(error), error.text.id) == (AccessDenied, "downloader-key-denied")
        assert server.calls["app/buildInfo"] == 1
        assert server.calls["auth/login"] == 0
        await session.close()


@pytest.mark.parametrize(
    ("version", "key", "minimum"),
    [("v4.4.5", "", "4.5.0"), ("v5.1.4", "qbt_key", "5.2.0")],
)
async def test_an_old_version_is_a_matter_for_the_user_on_every_path(
    version: str, key: str, minimum: str
) -> None:
    async with scripted() as (server, url):
        server.version = version
        session = Session(settings(url, api_key=Secret(key)))
        error = await failure(session.open())
        assert isinstance(error, NeedsAction)
        assert error.text == Text(
            "downloader-too-old", {"version": version[1:], "minimum": minimum}
        )
        server.version = "v5.3.0"  # it was updated meanwhile
        assert (await session.open()).capabilities.prefixes
        await session.close()


@pytest.mark.parametrize(("version", "status"), [("nonsense", 200), ("v5.3.0", 500)])
async def test_a_version_that_cannot_be_read_is_no_version(version: str, status: int) -> None:
    async with scripted() as (server, url):
        server.version = version
        if status != 200:
            server.statuses["app/version"] = status
        session = Session(settings(url))
        assert isinstance(await failure(session.open()), ProtocolMismatch)
        await session.close()


async def test_the_preference_for_one_connection_per_address_is_written_only_when_needed() -> None:
    async with scripted() as (server, url):
        session = Session(settings(url))
        await session.open()
        assert server.written == []
        session.lost()
        server.preferences["enable_multi_connections_from_same_ip"] = True
        assert (await session.open()).session == 2
        assert server.written == [{"enable_multi_connections_from_same_ip": False}]
        session.lost()
        del server.preferences["enable_multi_connections_from_same_ip"]
        await session.open()
        assert len(server.written) == 1
        await session.close()


FAULTS: list[tuple[Fault, type[DownloaderError], str]] = [
    (Fault.HTML, ProtocolMismatch, "answer-html"),
    (Fault.HALF, ProtocolMismatch, "answer-not-json"),
    (Fault.ERROR, ProtocolMismatch, "answer-status"),
    (Fault.EMPTY, ProtocolMismatch, "answer-empty"),
    (Fault.GARBAGE, ProtocolMismatch, "answer-not-json"),
    (Fault.SILENCE, Unreachable, "answer-broke-off"),
]


@pytest.mark.parametrize(("fault", "kind", "text"), FAULTS)
async def test_what_does_not_answer_like_qbittorrent_gets_no_password(
    fault: Fault, kind: type[DownloaderError], text: str
) -> None:
    async with running(small()) as demo:
        session = Session(settings(demo.url))
        await session.open()
        demo.faults["*"] = fault
        session.lost()
        error = await failure(session.open())
        assert (type(error), detail(error)) == (kind, text)
        assert demo.calls["auth/login"] == 1
        del demo.faults["*"]
        assert (await session.open()).session == 2  # no refusal is remembered: it was none
        await session.close()


async def test_another_program_on_the_port_is_not_taken_for_qbittorrent() -> None:
    async def handle(request: web.Request) -> web.Response:
        assert request.path != "/api/v2/auth/login"
        return web.json_response({"hello": "world"})

    async with serving(handle) as url:
        session = Session(settings(url))
        assert detail(await failure(session.open())) == "answer-not-qbittorrent"
        await session.close()


async def test_a_redirect_is_shown_and_not_followed() -> None:
    paths: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        paths.append(request.path)
        location = "https://user:hunter2@example.org/qb/api/v2/app/buildInfo?token=hunter2"
        return web.Response(status=301, headers={"Location": location})

    async with serving(handle) as url:
        session = Session(settings(url))
        error = await failure(session.open())
        await session.close()
    assert isinstance(error, NeedsAction)
    assert error.text == Text("downloader-redirects", {"address": "https://example.org/qb"})
    assert paths == ["/api/v2/app/buildInfo"]


async def test_a_server_that_dislikes_the_host_name_is_explained() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=401, text="Unauthorized")

    async with serving(handle) as url:
        session = Session(settings(url))
        error = await failure(session.open())
        await session.close()
    assert (type(error), error.text.id) == (NeedsAction, "downloader-host-refused")


async def test_no_request_pretends_to_come_from_a_page() -> None:
    async with scripted() as (server, url):
        session = Session(settings(url))
        await session.open()
        await session.close()
    for headers in server.headers:
        assert headers["host"] == url.removeprefix("http://")
        assert "origin" not in headers
        assert "referer" not in headers
        assert headers["user-agent"].startswith("PeerWarden/")
        assert headers["accept-encoding"] == "identity"


def proxied(
    server: Scripted, seen: list[str]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """`server` behind a reverse proxy that wants `me` and `proxy-hunter2`."""

    async def handle(request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        seen.append(given)
        if given == RIGHT:
            return await server.handle(request)
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})

    return handle


async def test_a_proxy_gets_its_password_after_it_asked_for_it() -> None:
    seen: list[str] = []
    async with serving(proxied(Scripted(), seen)) as url:
        proxy = BasicAuth(user="me", password=Secret("proxy-hunter2"))
        session = Session(settings(url, basic_auth=proxy))
        await session.open()
        await session.close()
    assert seen[0] == ""
    assert set(seen[1:]) == {RIGHT}


@pytest.mark.parametrize("proxy", [BasicAuth(), BasicAuth(user="me", password=WRONG)])
async def test_a_proxy_that_refuses_is_asked_no_more(proxy: BasicAuth) -> None:
    seen: list[str] = []
    async with serving(proxied(Scripted(), seen)) as url:
        session = Session(settings(url, basic_auth=proxy))
        for _ in range(3):
            error = await failure(session.open())
            assert (type(error), error.text.id) == (AccessDenied, "downloader-proxy-denied")
        await session.close()
    assert len(seen) == 1 + bool(proxy.user)


async def test_leaving_never_fails() -> None:
    server = DemoQBittorrent(small())
    await server.start()
    session = Session(settings(server.url))
    await session.open()
    await server.stop()
    await session.close()
    await session.close()


async def test_a_list_of_odd_letters_arrives_as_it_was_sent() -> None:
    async with scripted() as (server, url):
        session = Session(settings(url))
        odd = 'a&b=c+d%20e\n::1 - ::2\u00fc\U0001f600\x7f"\\'
        await session.set_preferences({"comment": odd})
        await session.set_preferences({"comment": odd * 20_000})
        assert [each["comment"] for each in server.written] == [odd, odd * 20_000]
        await session.close()


async def test_a_key_that_no_header_can_hold_is_a_wrong_one() -> None:
    session = Session(settings("http://127.0.0.1:9", api_key=Secret("schlüssel")))
    with pytest.raises(AccessDenied):
        await session.open()
    await session.close()
