"""A SOCKS5 proxy is asked for what was entered, and whatever it answers is told as an error of its own kind."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from app.adapters.http import TIMEOUTS, AsksForPassword, NoSocks, SocksRefused, open_transport
from tests.adapters.proxies import Talk, listening, socks_proxy

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CONNECTED = b"\x05\x00\x00"
HERE = b"\x01\x7f\x00\x00\x01\x00\x50"


class Script:
    """A proxy that answers as told, byte by byte, and keeps what it was asked."""

    def __init__(self, bound: bytes = HERE) -> None:
        self.asked = b""
        self._bound = bound

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(3) == b"\x05\x01\x00"
        await self._say(writer, b"\x05\x00")
        self.asked = await reader.read(300)
        await self._say(writer, CONNECTED + self._bound)
        await reader.readuntil(b"\r\n\r\n")
        await self._say(writer, FINE)

    async def _say(self, writer: asyncio.StreamWriter, words: bytes) -> None:
        for byte in words:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0)


async def fetched(talk: Talk, url: str) -> bytes:
    async with listening(talk) as port:
        transport = await open_transport(tls=False, proxy=f"socks5://127.0.0.1:{port}")
        async with transport:
            request = httpx.Request("GET", url, extensions={"timeout": TIMEOUTS})
            answer = await transport.handle_async_request(request)
            body = await answer.aread()
            await answer.aclose()
    return body


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://192.0.2.1:8080/", b"\x05\x01\x00\x01\xc0\x00\x02\x01\x1f\x90"),
        ("http://[2001:db8::1]/", b"\x05\x01\x00\x04\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x01\0\x50"),
        ("http://nas.lan:80/", b"\x05\x01\x00\x03\x07nas.lan\x00\x50"),
        ("http://bücher.lan/", b"\x05\x01\x00\x03\x11xn--bcher-kva.lan\x00\x50"),
    ],
)
async def test_addresses_and_names_are_asked_for_as_they_are(url: str, asked: bytes) -> None:
    script = Script()
    assert await fetched(script.talk, url) == b"ok"
    assert script.asked == asked


@pytest.mark.parametrize(
    "bound", [HERE, b"\x03\x05proxy\x00\x50", b"\x04" + b"\x00" * 16 + b"\x00\x50"]
)
async def test_wherever_the_proxy_says_it_stands_the_answer_comes_through(bound: bytes) -> None:
    assert await fetched(Script(bound).talk, "http://nas.lan/") == b"ok"


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ([b"\x04\x00"], NoSocks),
        ([b"\x05\x02"], AsksForPassword),
        ([b"\x05\xff"], AsksForPassword),
        ([b"\x05"], NoSocks),
        ([b"\x05\x00", b"\x05\x02\x00\x01"], SocksRefused),
        ([b"\x05\x00", b"\x05\x5b\x00\x01"], NoSocks),
        ([b"\x05\x00", b"HTTP/1.1 400"], NoSocks),
        ([b"\x05\x00", b""], NoSocks),
        ([b"\x05\x00", CONNECTED + b"\x03\x02\xff\xfe\x00\x50"], NoSocks),
    ],
)
async def test_a_refusal_is_an_error_of_its_own_kind(
    replies: list[bytes], kind: type[httpx.ProxyError]
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            await reader.read(300)
            writer.write(reply)
            await writer.drain()

    with pytest.raises(httpx.ProxyError) as refused:
        await fetched(talk, "http://nas.lan/")
    assert type(refused.value) is kind


async def test_a_server_behind_it_that_hangs_up_in_its_handshake_is_told_as_such() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with listening(talk) as port, socks_proxy() as proxy:
        transport = await open_transport(tls=True, proxy=proxy.url)
        request = httpx.Request(
            "GET", f"https://127.0.0.1:{port}", extensions={"timeout": TIMEOUTS}
        )
        async with transport:
            with pytest.raises(httpx.ReadError):
                await transport.handle_async_request(request)
