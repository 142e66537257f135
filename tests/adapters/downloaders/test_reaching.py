"""Whatever kind of downloader, what stands at its address instead is told in one sentence with what to set."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from aiohttp import web

from app.adapters.certificate import read_certificate
from app.adapters.downloaders import open_downloader
from app.locale.texts import SENTENCES, say
from app.services.connection_test import with_advice
from app.services.errors import (
    DownloaderError,
    NeedsAction,
    NoListener,
    ProtocolMismatch,
    Unreachable,
    UntrustedCertificate,
)
from app.settings.downloader import DownloaderSettings, read_downloader
from app.settings.downloader_kind import ARIA2, ARIA2_NEXT, DOWNLOADER_KINDS, RTORRENT
from tests.adapters.certificates import make_certificate
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.serving import serving
from tests.adapters.proxies import http_proxy, listening, socks_proxy

KINDS = [key for key in DOWNLOADER_KINDS if key != RTORRENT]


def settings(kind: str, endpoint: str, **more: object) -> DownloaderSettings:
    path = "/jsonrpc" if DOWNLOADER_KINDS[kind].endpoint.endswith("/jsonrpc") else ""
    entry = {
        "type": kind,
        "endpoint": endpoint + path,
        "username": "admin",
        "password": "adminadmin",
        "token": "t",
        **more,
    }
    found = read_downloader("x", entry)
    assert isinstance(found, DownloaderSettings)
    return found


async def failure(of: DownloaderSettings) -> DownloaderError:
    """What connecting ends with; the words of the connection test are whole sentences."""
    downloader = open_downloader(of, around=surroundings())
    try:
        with pytest.raises(DownloaderError) as failed:
            await downloader.connect()
    finally:
        await downloader.close()
    error = failed.value
    assert "adminadmin" not in say(error.text)
    better = with_advice(error, of.kind) or error
    assert better.text.id in SENTENCES
    return error


def advised(error: DownloaderError, of: DownloaderSettings) -> str:
    better = with_advice(error, of.kind)
    assert better is not None
    return say(better.text)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
async def test_where_nobody_listens_it_says_what_to_start(kind: str) -> None:
    scheme = "scgi" if kind == RTORRENT else "http"
    given = settings(kind, f"{scheme}://127.0.0.1:{closed_port()}")
    error = await failure(given)
    assert type(error) is NoListener
    assert "Start " in advised(error, given)


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
async def test_a_name_that_nobody_has_is_named(kind: str) -> None:
    scheme = "scgi" if kind == RTORRENT else "http"
    error = await failure(settings(kind, f"{scheme}://nobody.invalid:8080"))
    assert isinstance(error, Unreachable)
    assert "no computer is called nobody.invalid" in say(error.text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [200, 404, 500])
async def test_the_web_page_of_another_program_is_no_downloader(kind: str, status: int) -> None:
    async def handle(request: web.Request) -> web.Response:
        page = "<!DOCTYPE html><html><title>Router</title></html>"
        return web.Response(status=status, text=page, content_type="text/html")

    async with serving(handle) as url:
        given = settings(kind, url)
        error = await failure(given)
    assert isinstance(error, (ProtocolMismatch, NeedsAction)), say(error.text)
    if isinstance(error, ProtocolMismatch):
        assert "Another program" in advised(error, given)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"result": null, "error": null}'])
async def test_json_of_something_else_is_no_downloader(kind: str, body: str) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    async with serving(handle) as url:
        error = await failure(settings(kind, url))
    assert not isinstance(error, Unreachable), say(error.text)


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
async def test_what_speaks_no_http_is_no_crash(kind: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    scheme = "scgi" if kind == RTORRENT else "http"
    async with listening(talk) as port:
        given = settings(kind, f"{scheme}://127.0.0.1:{port}")
        error = await failure(given)
    assert isinstance(error, ProtocolMismatch)
    assert "Another program" in advised(error, given)


@pytest.mark.parametrize("kind", [*KINDS, RTORRENT])
async def test_a_redirect_says_which_address_to_enter(kind: str) -> None:
    async def handle(request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"https://elsewhere.lan{request.path_qs}")

    async with serving(handle) as url:
        error = await failure(settings(kind, url))
    assert isinstance(error, NeedsAction)
    path = "/jsonrpc" if kind in (ARIA2, ARIA2_NEXT) else ""
    assert f"Enter https://elsewhere.lan{path} instead." in say(error.text)


@pytest.mark.parametrize("kind", [*KINDS, RTORRENT])
async def test_https_is_noticed_and_its_certificate_shown(kind: str, tmp_path: Path) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text="here")

    own = make_certificate(tmp_path)
    async with serving(handle, own.server) as url:
        plain = await failure(settings(kind, url.replace("https", "http")))
        untrusted = await failure(settings(kind, url))
        other = await failure(settings(kind, url, **{"trusted-certificate": "ab" * 32}))
        trusted = {"trusted-certificate": read_certificate(own.der).fingerprint}
        behind = await failure(settings(kind, url, **trusted))
    assert type(plain) is NeedsAction
    path = "/jsonrpc" if kind in (ARIA2, ARIA2_NEXT) else ""
    assert f"Enter {url}{path} as" in say(plain.text)
    assert isinstance(untrusted, UntrustedCertificate)
    assert read_certificate(own.der).shown_fingerprint in say(untrusted.text)
    assert isinstance(other, UntrustedCertificate)
    assert "another certificate" in say(other.text)
    assert not isinstance(behind, (UntrustedCertificate, Unreachable)), say(behind.text)


@pytest.mark.parametrize("kind", [*KINDS, RTORRENT])
@pytest.mark.parametrize("proxies", [http_proxy, socks_proxy])
async def test_the_proxy_of_its_settings_is_asked(kind: str, proxies: type) -> None:
    asked = 0

    async def handle(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(text="here")

    async with serving(handle) as url, proxies() as proxy:
        await failure(settings(kind, url, proxy=proxy.url))
    assert asked
    assert len(proxy.asked) == asked
