"""What a connection that failed is told as: whose fault it was, and what the user can set."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from app.adapters.certificate import read_certificate
from app.adapters.downloaders.exchange import Exchange, exchange_with
from app.adapters.http import Trust
from app.locale.texts import say
from app.services.errors import (
    DownloaderError,
    NeedsAction,
    NoListener,
    ProtocolMismatch,
    TooLate,
    Unreachable,
    UntrustedCertificate,
)
from app.settings.downloader import DownloaderSettings
from tests.adapters.certificates import Own, make_certificate
from tests.adapters.downloaders.serving import serving
from tests.adapters.proxies import http_proxy, listening, socks_proxy


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Own:
    return make_certificate(tmp_path_factory.mktemp("certificates"))


async def said(exchange: Exchange, kind: type[DownloaderError]) -> str:
    """The words of the failure of one request, which is of `kind` and nothing else."""
    try:
        with pytest.raises(DownloaderError) as failed:
            await exchange.send("GET", "x")
    finally:
        await exchange.close()
    assert type(failed.value) is kind, say(failed.value.text)
    return say(failed.value.text)


async def text_of(exchange: Exchange) -> str:
    try:
        return (await exchange.send("GET", "x")).text
    finally:
        await exchange.close()


@asynccontextmanager
async def saying(words: bytes) -> AsyncIterator[int]:
    """A server that answers `words` to whatever comes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(words)

    async with listening(talk) as port:
        yield port


async def shake_hands(
    port: int, begun: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Let the TLS server at `port` answer what was `begun` here, and nothing that follows."""
    there, to = await asyncio.open_connection("127.0.0.1", port)
    try:
        to.write(begun)
        writer.write(await there.read(65536))
        await reader.read(65536)
    finally:
        to.close()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


# Certificates


async def test_a_certificate_that_nobody_signed_is_shown_with_its_fingerprint(own: Own) -> None:
    async with serving(hello, own.server) as url:
        exchange = Exchange(url)
        with pytest.raises(UntrustedCertificate) as failed:
            await exchange.send("GET", "x")
        await exchange.close()

    shown = read_certificate(own.der)
    assert failed.value.fingerprint == shown.fingerprint
    words = say(failed.value.text)
    assert "nas.lan" in words
    assert "it signed itself" in words
    assert shown.shown_fingerprint in words
    assert f"{shown.expires:%Y-%m-%d}" in words


async def test_the_one_certificate_that_the_user_trusts_is_accepted_and_no_request_goes_to_others(
    own: Own, tmp_path: Path
) -> None:
    asked = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="hello")

    trusted = read_certificate(own.der).fingerprint
    async with serving(handle, own.server) as url:
        settings = DownloaderSettings(id="x", endpoint=url, trusted_certificate=trusted.upper())
        assert await text_of(exchange_with(settings)) == "hello"

    other = make_certificate(tmp_path, "impostor")
    async with serving(handle, other.server) as url:
        exchange = Exchange(url, trust=Trust(fingerprint=trusted))
        with pytest.raises(UntrustedCertificate) as failed:
            await exchange.send("GET", "x")
        await exchange.close()
        await said(Exchange(url), UntrustedCertificate)
    assert asked == ["/x"]
    assert failed.value.fingerprint == read_certificate(other.der).fingerprint
    words = say(failed.value.text)
    assert "another certificate" in words
    assert "impostor" in words
    assert read_certificate(own.der).shown_fingerprint in words
    assert read_certificate(other.der).shown_fingerprint in words


async def test_a_user_can_do_without_verification(own: Own) -> None:
    async with serving(hello, own.server) as url:
        settings = DownloaderSettings(id="x", endpoint=url, verify_ssl=False)
        assert await text_of(exchange_with(settings)) == "hello"


async def test_a_certificate_is_shown_through_a_proxy_too(own: Own) -> None:
    for proxies in (http_proxy, socks_proxy):
        async with serving(hello, own.server) as url, proxies() as proxy:
            words = await said(Exchange(url, proxy=proxy.url), UntrustedCertificate)
            assert read_certificate(own.der).shown_fingerprint in words
            assert len(proxy.asked) == 2
            trust = Trust(fingerprint=read_certificate(own.der).fingerprint)
            assert await text_of(Exchange(url, proxy=proxy.url, trust=trust)) == "hello"
            trust = Trust(fingerprint="0" * 64)
            words = await said(Exchange(url, proxy=proxy.url, trust=trust), UntrustedCertificate)
            assert "another certificate" in words


async def test_a_server_that_shows_its_certificate_once_only_is_refused_all_the_same(
    own: Own,
) -> None:
    async with serving(hello, own.server) as url:
        target = int(url.rpartition(":")[2])
        made = 0

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal made
            made += 1
            if made == 1:
                await shake_hands(target, await reader.read(65536), reader, writer)

        async with listening(talk) as port:
            words = await said(Exchange(f"https://127.0.0.1:{port}"), Unreachable)
    assert "it signed itself" in words


# HTTP and HTTPS mixed up


async def test_https_where_http_is_spoken_says_which_to_enter() -> None:
    async with serving(hello) as url:
        words = await said(Exchange(url.replace("http", "https")), Unreachable)
    assert "http://" in words


async def test_http_where_https_is_spoken_says_what_to_enter(own: Own) -> None:
    async with serving(hello, own.server) as url:
        words = await said(Exchange(url.replace("https", "http") + "/qb"), NeedsAction)
        assert f"{url}/qb" in words


async def test_a_web_server_that_says_so_itself_is_understood(own: Own) -> None:
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"

    async with serving(hello, own.server) as url:
        target = int(url.rpartition(":")[2])

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            begun = await reader.read(65536)
            if begun[0] != 0x16:
                writer.write(answer)
            else:
                await shake_hands(target, begun, reader, writer)

        async with listening(talk) as port:
            words = await said(Exchange(f"http://127.0.0.1:{port}"), NeedsAction)
    assert f"https://127.0.0.1:{port}" in words


async def test_a_400_of_a_server_without_tls_is_an_answer() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=400, text="bad")

    async with serving(handle) as url:
        assert await text_of(Exchange(url)) == "bad"


async def test_a_400_that_is_json_is_not_asked_for_tls() -> None:
    began: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began.append(await reader.read(1))
        writer.write(b"HTTP/1.1 400 Bad\r\nContent-Type: application/json-rpc\r\n")
        writer.write(b"Content-Length: 2\r\n\r\n{}")
        await reader.read()

    async with listening(talk) as port:
        assert await text_of(Exchange(f"http://127.0.0.1:{port}")) == "{}"
    assert began == [b"G"]


async def test_what_breaks_off_after_it_answered_is_not_asked_for_tls() -> None:
    began: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began.append(await reader.read(1))
        if len(began) == 1:
            writer.write(b"HTTP/1.1 204 None\r\nConnection: close\r\n\r\n")
        writer.close()

    async with listening(talk) as port:
        exchange = Exchange(f"http://127.0.0.1:{port}")
        await exchange.send("GET", "x")
        assert "broke off" in await said(exchange, Unreachable)
    assert set(began) == {b"G"}


# Addresses


@pytest.mark.parametrize("host", ["a..b", "☃.net", "xn--zzzzzzz99.de", "x" * 70 + ".de"])
async def test_an_address_that_cannot_be_is_no_crash(host: str) -> None:
    exchange = Exchange(f"http://{host}:1")
    with pytest.raises((Unreachable, NeedsAction)):
        await exchange.send("GET", "x")
    await exchange.close()


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("https://elsewhere.lan/api/v2/x", "Enter https://elsewhere.lan instead."),
        ("//[::1]:444/api/v2/x", "Enter http://[::1]:444 instead."),
        (
            "https://u:geheim@elsewhere.lan:444/qb/api/v2/x?sid=geheim",
            "Enter https://elsewhere.lan:444/qb instead.",
        ),
        ("/login?next=geheim", "redirects to {url}/login, as"),
        ("/api/v2/x", "redirects to {url}/api/v2/x, as"),
        ("http://[::1", "redirects to ?, as"),
    ],
)
async def test_a_redirect_says_what_to_enter_and_no_secret(target: str, shown: str) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": target})

    async with serving(handle) as url:
        settings = DownloaderSettings(id="x", endpoint=url)
        words = await said(exchange_with(settings, "/api/v2"), NeedsAction)
        assert shown.format(url=url) in words
    assert "geheim" not in words


# Proxies


@pytest.mark.parametrize("proxies", [http_proxy, socks_proxy])
@pytest.mark.parametrize("secure", [False, True])
async def test_a_proxy_carries_requests_and_looks_names_up(
    proxies: type, own: Own, *, secure: bool
) -> None:
    trust = Trust(fingerprint=read_certificate(own.der).fingerprint)
    async with serving(hello, own.server if secure else None) as url, proxies() as proxy:
        proxy.hosts["only.known.there"] = "127.0.0.1"
        exchange = Exchange(
            url.replace("127.0.0.1", "only.known.there"), proxy=proxy.url, trust=trust
        )
        assert await text_of(exchange) == "hello"
    port = url.rpartition(":")[2]
    assert proxy.asked == [f"only.known.there:{port}"]


async def test_without_a_proxy_none_is_asked_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, own: Own
) -> None:
    async with http_proxy() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        async with serving(hello) as url:
            settings = DownloaderSettings(id="x", endpoint=url)
            assert await text_of(exchange_with(settings)) == "hello"
        async with serving(hello, own.server) as url:
            settings = DownloaderSettings(id="x", endpoint=url, verify_ssl=False)
            assert await text_of(exchange_with(settings)) == "hello"
    assert not proxy.asked


async def test_the_proxy_of_the_settings_is_used() -> None:
    async with serving(hello) as url, socks_proxy() as proxy:
        settings = DownloaderSettings(id="x", endpoint=url, proxy=proxy.url)
        assert await text_of(exchange_with(settings)) == "hello"
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("target", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_named(scheme: str, target: str) -> None:
    port = closed_port()
    exchange = Exchange(f"{target}://nas.lan:8080", proxy=f"{scheme}://127.0.0.1:{port}")
    words = await said(exchange, Unreachable)
    assert f"the proxy 127.0.0.1:{port}" in words
    assert "nothing listens" in words


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_whose_name_nobody_knows_is_named(scheme: str) -> None:
    exchange = Exchange("http://127.0.0.1:1", proxy=f"{scheme}://nobody.invalid:3128")
    assert "no computer is called nobody.invalid" in await said(exchange, Unreachable)


@pytest.mark.parametrize("target", ["http", "https"])
@pytest.mark.parametrize("status", [407, 502, 503, 504])
async def test_a_proxy_that_refuses_is_named(target: str, status: int) -> None:
    async with http_proxy() as proxy:
        proxy.status = status
        words = await said(Exchange(f"{target}://nas.lan:1", proxy=proxy.url), Unreachable)
    assert "the proxy 127.0.0.1" in words
    assert ("password" if status == 407 else str(status)) in words


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (1, "it answers with status 1"),
        (2, "its rules forbid it"),
        (4, "it does not reach nas.lan:1"),
        (5, "nothing listens at nas.lan:1"),
    ],
)
async def test_a_socks_server_that_does_not_connect_says_why(reply: int, reason: str) -> None:
    async with socks_proxy() as proxy:
        proxy.reply = reply
        words = await said(Exchange("http://nas.lan:1", proxy=proxy.url), Unreachable)
    assert "the proxy 127.0.0.1" in words
    assert words.endswith(reason)


async def test_a_socks_server_that_wants_a_password_is_told_as_an_http_one_is() -> None:
    async with saying(b"\x05\xff") as port:
        exchange = Exchange("http://nas.lan:1", proxy=f"socks5://127.0.0.1:{port}")
        assert "asks for a user name and password" in await said(exchange, Unreachable)


@pytest.mark.parametrize(
    "spoken", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x05", b"\x05\xff", b"\x00" * 40]
)
async def test_what_is_no_socks_server_is_named(spoken: bytes) -> None:
    async with saying(spoken) as port:
        exchange = Exchange("http://nas.lan:1", proxy=f"socks5://127.0.0.1:{port}")
        words = await said(exchange, Unreachable)
    assert f"the proxy 127.0.0.1:{port}" in words or "broke off" in words


@pytest.mark.parametrize("spoken", [b"SSH-2.0-OpenSSH_9.2\r\n", b""])
@pytest.mark.parametrize("target", ["http", "https"])
async def test_what_is_no_http_proxy_is_no_crash(spoken: bytes, target: str) -> None:
    async with saying(spoken) as port:
        exchange = Exchange(f"{target}://nas.lan:1", proxy=f"http://127.0.0.1:{port}")
        with pytest.raises((Unreachable, ProtocolMismatch)):
            await exchange.send("GET", "x")
        await exchange.close()


@pytest.mark.parametrize("proxies", [http_proxy, socks_proxy])
async def test_https_through_a_proxy_to_where_none_is_spoken_is_named(proxies: type) -> None:
    async with serving(hello) as url, proxies() as proxy:
        exchange = Exchange(url.replace("http", "https"), proxy=proxy.url)
        assert "does not speak HTTPS" in await said(exchange, Unreachable)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_never_answers_is_given_up_and_hung_up_on(scheme: str) -> None:
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    async with listening(talk) as port:
        proxy = f"{scheme}://127.0.0.1:{port}"
        await said(Exchange("https://nas.lan", proxy=proxy, longest=0.2), TooLate)
        async with asyncio.timeout(10):
            await ended.wait()


@pytest.mark.parametrize("proxies", [http_proxy, socks_proxy])
async def test_a_server_that_hangs_in_tls_behind_a_proxy_is_given_up_at_the_first_word(
    proxies: type,
) -> None:
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    async with listening(talk) as port, proxies() as proxy:
        exchange = Exchange(f"https://127.0.0.1:{port}", proxy=proxy.url, longest=0.2)
        async with asyncio.timeout(5):
            await said(exchange, TooLate)
            await ended.wait()


async def test_nobody_listening_is_a_class_of_its_own_without_a_proxy() -> None:
    await said(Exchange(f"http://127.0.0.1:{closed_port()}"), NoListener)
