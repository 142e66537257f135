"""How the program's HTTP connections begin."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from aiohttp import web
from httpx_aiohttp import AiohttpTransport

from app.adapters.http import TIMEOUTS, Trust, open_transport
from tests.adapters.downloaders.serving import serving


async def test_redirects_are_not_followed_and_the_environment_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    asked = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Cookie"))
        headers = {"Location": "http://127.0.0.1:1/", "Set-Cookie": "a=b"}
        return web.Response(status=302, headers=headers)

    transport = await open_transport(tls=False)
    async with serving(handle) as url, transport:
        for _ in range(2):
            request = httpx.Request("GET", url, extensions={"timeout": TIMEOUTS})
            answer = await transport.handle_async_request(request)
            await answer.aclose()
            assert answer.status_code == 302
    assert asked == [None, None]


@pytest.mark.parametrize(("verify", "checks"), [(True, True), (False, False)])
async def test_certificates_are_checked_unless_the_user_says_otherwise(
    *, verify: bool, checks: bool
) -> None:
    transport = await open_transport(tls=True, trust=Trust(verify=verify))
    assert isinstance(transport, AiohttpTransport)
    assert transport.ssl_context.check_hostname is checks
    await transport.aclose()


async def test_names_are_looked_up_by_the_system_so_that_names_of_the_lan_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text="here")

    known, asked = socket.getaddrinfo, []

    def look_up(host: str, *given: Any, **more: Any) -> Any:  # noqa: ANN401 - passed on
        asked.append(host)
        return known("127.0.0.1" if host == "nas.local" else host, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    transport = await open_transport(tls=False)
    async with serving(handle) as url, transport:
        at = httpx.URL(url).copy_with(host="nas.local")
        request = httpx.Request("GET", at, extensions={"timeout": TIMEOUTS})
        answer = await transport.handle_async_request(request)
        assert await answer.aread() == b"here"
        await answer.aclose()
    assert "nas.local" in asked
