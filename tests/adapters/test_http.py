"""HTTP clients of the program."""

from __future__ import annotations

import pytest
from aiohttp import web

from app.adapters.http import open_client
from app.version import __version__
from tests.adapters.downloaders.serving import serving


async def test_redirects_are_not_followed_and_the_environment_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    agents = []

    async def handle(request: web.Request) -> web.Response:
        agents.append(request.headers["User-Agent"])
        return web.Response(
            status=302, headers={"Location": "http://127.0.0.1:1/", "Set-Cookie": "a=b"}
        )

    async with serving(handle) as url, await open_client(tls=False) as client:
        answer = await client.get(url)
    assert answer.status_code == 302
    assert agents == [f"PeerWarden/{__version__}"]


@pytest.mark.parametrize(("verify", "checks"), [(True, True), (False, False)])
async def test_certificates_are_checked_unless_the_user_says_otherwise(
    *, verify: bool, checks: bool
) -> None:
    async with await open_client(tls=True, verify=verify) as client:
        context = client._transport.ssl_context  # type: ignore[attr-defined]  # noqa: SLF001 - shown nowhere else
        assert context.check_hostname is checks
