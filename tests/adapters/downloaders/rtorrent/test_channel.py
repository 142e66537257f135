"""Every way to rTorrent carries bytes there and back, and says in words what went wrong."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.adapters.downloaders.rtorrent.channel import ScgiChannel, WebChannel, open_channel
from app.adapters.downloaders.rtorrent.xml import Call, decode_now, encode
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    NoListener,
    ProtocolMismatch,
    TooLate,
    Unreachable,
)
from app.settings.secret import Secret
from tests.adapters.downloaders.rtorrent.fake import PASSWORD, FakeRTorrent, ScgiServer, Site
from tests.adapters.downloaders.rtorrent.opened import settings

VERSION = encode(Call("system.client_version"))


@pytest.fixture
async def server() -> AsyncIterator[ScgiServer]:
    server = ScgiServer(FakeRTorrent())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site(FakeRTorrent())
    await site.server.start()
    yield site
    await site.server.stop()


async def failure(channel: ScgiChannel | WebChannel) -> DownloaderError:
    with pytest.raises(DownloaderError) as caught:
        await channel.send(VERSION)
    await channel.close()
    return caught.value


def inner(error: DownloaderError) -> str:
    """The id of the reason in a text."""
    detail = error.text.params.get("detail")
    return getattr(detail, "id", str(detail))


async def test_a_request_is_framed_as_scgi_has_it(server: ScgiServer) -> None:
    channel = ScgiChannel(server.url)
    assert decode_now(await channel.send(VERSION)) == "0.9.8"
    assert server.heads == [b"CONTENT_LENGTH\0%d\0SCGI\0001\0," % len(VERSION)]
    assert channel.requests == 1
    assert channel.received > 0


async def test_a_socket_file_is_as_good(tmp_path: Path) -> None:
    server = ScgiServer(FakeRTorrent(), tmp_path / "with space")
    await server.start()
    for url in (server.url, server.url.replace(" ", "%20")):
        assert decode_now(await ScgiChannel(url).send(VERSION)) == "0.9.8"
    await server.stop()


async def test_a_missing_socket_and_a_closed_port_are_told_apart(
    server: ScgiServer, tmp_path: Path
) -> None:
    missing = await failure(ScgiChannel(f"scgi://{tmp_path}/none"))
    assert (type(missing), inner(missing)) == (Unreachable, "no-socket")
    (tmp_path / "file").touch()
    assert isinstance(await failure(ScgiChannel(f"scgi://{tmp_path}/file")), Unreachable)
    await server.stop()
    closed = await failure(ScgiChannel(server.url))
    assert (type(closed), inner(closed)) == (NoListener, "no-listener")
    nowhere = await failure(ScgiChannel("scgi://nowhere.invalid:5000"))
    assert (type(nowhere), inner(nowhere)) == (Unreachable, "no-such-host")


async def test_a_socket_of_somebody_else_is_the_users_to_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(_path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(asyncio, "open_unix_connection", refuse)  # root may open every socket
    assert isinstance(await failure(ScgiChannel("scgi:///run/rtorrent/rpc")), NeedsAction)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", Unreachable),
        (b"Content-Length: 100\r\n\r\n<half", Unreachable),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ProtocolMismatch),
    ],
)
async def test_half_an_answer_and_another_protocol_are_told_apart(
    server: ScgiServer, raw: bytes, kind: type[DownloaderError]
) -> None:
    server.raw = raw
    assert type(await failure(ScgiChannel(server.url))) is kind


async def test_what_follows_the_promised_length_is_cut(server: ScgiServer) -> None:
    server.raw = b"Content-Length: 2\r\n\r\nabc"
    assert await ScgiChannel(server.url).send(VERSION) == b"ab"
    server.raw = b"Status: 200 OK\r\n\r\nabc"
    assert await ScgiChannel(server.url).send(VERSION) == b"abc"


async def test_time_and_size_of_an_answer_are_bounded(server: ScgiServer) -> None:
    assert isinstance(await failure(ScgiChannel(server.url, largest=10)), ProtocolMismatch)
    server.hangs = True
    assert isinstance(await failure(ScgiChannel(server.url, longest=0.05)), TooLate)


async def test_a_web_server_is_told_the_password_at_once(site: Site) -> None:
    channel = open_channel(settings(site.url, username="user", password=Secret(PASSWORD)))
    assert decode_now(await channel.send(VERSION)) == "0.9.8"
    assert site.refused == 0
    assert channel.requests == 1
    assert channel.received > 0
    await channel.close()


@pytest.mark.parametrize(
    ("password", "words"),
    [(Secret("wrong"), "downloader-denied"), (Secret(), "downloader-login-missing")],
)
async def test_a_refusal_says_whether_a_password_was_given(
    site: Site, password: Secret, words: str
) -> None:
    error = await failure(WebChannel(settings(site.url, password=password)))
    assert (type(error), error.text.id) == (AccessDenied, words)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NeedsAction), (405, NeedsAction), (403, AccessDenied), (502, Unreachable)],
)
async def test_what_a_web_server_says_instead_is_explained(
    site: Site, status: int, kind: type[DownloaderError]
) -> None:
    site.status = status
    assert type(await failure(WebChannel(settings(site.url)))) is kind


async def test_two_requests_at_a_time_are_enough(server: ScgiServer) -> None:
    channel = ScgiChannel(server.url)
    answers = await asyncio.gather(*(channel.send(VERSION) for _ in range(8)))
    assert {decode_now(answer) for answer in answers} == {"0.9.8"}


async def test_one_that_does_not_even_read_is_waited_for_so_long_and_no_longer() -> None:
    met: list[asyncio.StreamWriter] = []

    async def ignore(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(writer)

    deaf = await asyncio.start_server(ignore, "127.0.0.1", 0, limit=1)
    port = deaf.sockets[0].getsockname()[1]
    channel = ScgiChannel(f"scgi://127.0.0.1:{port}", longest=0.1)
    async with asyncio.timeout(5):
        with pytest.raises(TooLate):
            await channel.send(bytes(32 * 1024 * 1024))
    for writer in met:
        writer.close()
    deaf.close()
    await deaf.wait_closed()
