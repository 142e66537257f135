"""Requests to a downloader are bounded, and their failures are told in words."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Awaitable
from contextlib import suppress

import pytest
from aiohttp import web

from app.adapters.downloaders.exchange import AT_A_TIME, Exchange, fits_header
from app.domain.reason import Text
from app.services.errors import DownloaderError, NoListener, ProtocolMismatch, TooLate, Unreachable
from tests.adapters.downloaders.serving import serving


async def failure(work: Awaitable[object]) -> tuple[type[DownloaderError], str]:
    """The class of the error that `work` ends with, and the id of its detail."""
    with pytest.raises(DownloaderError) as failed:
        await work
    detail = failed.value.text.params["detail"]
    assert isinstance(detail, Text)
    return type(failed.value), detail.id


async def test_any_status_is_an_answer_and_all_is_counted() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=418, text=f"{request.method} {request.path_qs}")

    async with serving(handle) as url:
        exchange = Exchange(url + "/api")
        answer = await exchange.send("GET", "a/b", params={"hash": "x&y", "rid": 3})
        assert (answer.status, answer.text) == (418, "GET /api/a/b?hash=x%26y&rid=3")
        assert not answer.succeeded
        assert (exchange.requests, exchange.received) == (1, len(answer.body))
        await exchange.close()


async def test_no_more_than_a_few_requests_run_at_a_time() -> None:
    running = most = 0
    all_in = asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == AT_A_TIME:
            all_in.set()
        await all_in.wait()
        running -= 1
        return web.Response()

    async with serving(handle) as url:
        exchange = Exchange(url)
        await asyncio.gather(*(exchange.send("GET", str(n)) for n in range(100)))
        assert most == AT_A_TIME
        await exchange.close()


async def test_connections_are_kept() -> None:
    ports = set()

    async def handle(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response()

    async with serving(handle) as url:
        exchange = Exchange(url)
        for _ in range(5):
            await exchange.send("GET", "x")
        await exchange.close()
    assert len(ports) == 1


async def test_an_endless_answer_is_cut_off() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b"x" * 65536)
        return response

    async with serving(handle) as url:
        exchange = Exchange(url, largest=1_000_000)
        assert await failure(exchange.send("GET", "x")) == (ProtocolMismatch, "answer-too-large")
        await exchange.close()


async def test_a_small_answer_that_unpacks_to_a_large_one_is_cut_off() -> None:
    bomb = gzip.compress(b"\x00" * 50_000_000)

    async def handle(request: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with serving(handle) as url:
        exchange = Exchange(url, largest=1_000_000)
        assert await failure(exchange.send("GET", "x")) == (ProtocolMismatch, "answer-too-large")
        await exchange.close()


async def test_a_drip_is_given_up() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.01)
        return response

    async with serving(handle) as url:
        exchange = Exchange(url, longest=0.2)
        assert await failure(exchange.send("GET", "x")) == (TooLate, "no-answer-in-time")
        await exchange.close()


async def test_an_answer_that_breaks_off_is_none() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half of it")
        assert request.transport is not None
        request.transport.close()
        return response

    async with serving(handle) as url:
        exchange = Exchange(url)
        assert await failure(exchange.send("GET", "x")) == (Unreachable, "answer-broke-off")
        await exchange.close()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", (ProtocolMismatch, "answer-not-http")),
        (b"\x15\x03\x01\x00\x02\x02\x46", (ProtocolMismatch, "answer-not-http")),
        (b"", (Unreachable, "answer-broke-off")),
    ],
)
async def test_what_does_not_speak_http_is_named(
    said: bytes, expected: tuple[type[DownloaderError], str]
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(said)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        exchange = Exchange(f"http://127.0.0.1:{port}")
        assert await failure(exchange.send("GET", "x")) == expected
        await exchange.close()


async def test_nobody_listening_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    exchange = Exchange(f"http://127.0.0.1:{port}")
    assert await failure(exchange.send("GET", "x")) == (NoListener, "no-listener")
    await exchange.close()


async def test_an_unknown_name_is_named() -> None:
    exchange = Exchange("http://nobody.invalid")
    assert await failure(exchange.send("GET", "x")) == (Unreachable, "no-such-host")
    await exchange.close()


async def test_tls_where_none_is_spoken_is_named() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response()

    async with serving(handle) as url:
        exchange = Exchange(url.replace("http", "https"))
        assert await failure(exchange.send("GET", "x")) == (Unreachable, "no-tls")
        await exchange.close()


async def test_cookies_stick_until_they_are_taken_away() -> None:
    seen = []
    given = iter(
        ["SID=a+/b==; HttpOnly; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/", "SID=", ""]
    )

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie"))
        cookie = next(given, "")
        return web.Response(headers={"Set-Cookie": cookie} if cookie else {})

    async with serving(handle) as url:
        exchange = Exchange(url)
        for _ in range(3):
            await exchange.send("GET", "x")
        await exchange.close()
    assert seen == [None, "SID=a+/b==", None]


@pytest.mark.parametrize(
    ("text", "fits"),
    [("", True), ("qbt_aZ09~-", True), ("ü", False), ("a\0b", False), ("a\nb", False)],
)
def test_only_plain_letters_fit_into_a_header(text: str, fits: bool) -> None:  # noqa: FBT001 - of the table
    assert fits_header(text) is fits
