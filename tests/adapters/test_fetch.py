"""Downloads from a real server that behaves, and from ones that do not."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import lzma
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from app.adapters.fetch import HttpFetch, is_direct, without_secrets
from app.locale.texts import say
from app.services.fetching import Credentials, Fetched, FetchFailed, Stamp
from app.settings.config import Proxy
from app.settings.secret import Secret
from app.version import __version__
from tests.adapters.certificates import make_certificate
from tests.adapters.downloaders.serving import serving
from tests.adapters.proxies import http_proxy, socks_proxy
from tests.services.list_server import ListServer, list_server

BODY = b"1.2.3.4\n5.6.7.0/24\n" * 100


@pytest.fixture
async def server() -> AsyncIterator[ListServer]:
    async with list_server() as running:
        yield running


class Folder:
    """Where a test's file goes, and what is there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.target = path / "list.txt"
        self.fetch = HttpFetch(Proxy)

    def names(self) -> list[str]:
        return sorted(entry.name for entry in self.path.iterdir())

    async def get(self, url: str, *, limit: int = 1_000_000, **more: object) -> Fetched:
        return await self.fetch(url, self.target, limit=limit, **more)  # type: ignore[arg-type]

    async def refused(self, url: str, **more: object) -> FetchFailed:
        """The failure; what was there before must be all that is there."""
        self.target.write_bytes(b"before")
        with pytest.raises(FetchFailed) as failure:
            await self.get(url, **more)  # type: ignore[arg-type]
        assert self.names() == ["list.txt"]
        assert self.target.read_bytes() == b"before"
        return failure.value


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


async def test_a_file_comes_whole_with_its_stamp(server: ListServer, folder: Folder) -> None:
    changed = "Sat, 21 Nov 2026 10:00:00 GMT"
    url = server.put("/a.txt", BODY, etag='"1"', headers={"Last-Modified": changed})

    got = await folder.get(url)

    assert got.path == folder.target
    assert folder.target.read_bytes() == BODY
    assert folder.names() == ["list.txt"]
    assert got.stamp == Stamp(etag='"1"', modified=changed)
    assert (got.size, got.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert server.asked[0].headers["User-Agent"] == f"PeerWarden/{__version__}"


async def test_what_did_not_change_is_not_sent_again(server: ListServer, folder: Folder) -> None:
    url = server.put("/a.txt", BODY, etag='"1"')
    first = await folder.get(url)

    again = await folder.get(url, stamp=first.stamp)

    assert again.path is None
    assert again.stamp == first.stamp
    assert folder.target.read_bytes() == BODY


@pytest.mark.parametrize("header", [{}, {"Content-Encoding": "gzip"}])
async def test_packed_files_are_unpacked_whatever_the_server_calls_them(
    server: ListServer, folder: Folder, header: dict[str, str]
) -> None:
    url = server.put("/a.txt.gz", gzip.compress(BODY), headers=header)
    await folder.get(url)
    assert folder.target.read_bytes() == BODY

    twice = gzip.compress(gzip.compress(BODY))
    await folder.get(server.put("/b.gz", twice, headers={"Content-Encoding": "gzip"}))
    assert folder.target.read_bytes() == BODY

    await folder.get(server.put("/c.mmdb.xz", lzma.compress(BODY)))
    assert folder.target.read_bytes() == BODY


@pytest.mark.parametrize("status", [204, 206, 304, 403, 404, 500, 503])
async def test_any_status_but_200_is_a_failure(
    server: ListServer, folder: Folder, status: int
) -> None:
    url = server.put("/a.txt", BODY if status not in (204, 304) else b"", status=status)
    failure = await folder.refused(url)
    assert str(status) in say(failure.text)


async def test_redirects_are_followed_and_credentials_stay_at_home(
    server: ListServer, folder: Folder
) -> None:
    async with list_server() as elsewhere:
        far = elsewhere.put("/far.txt", BODY)
        server.put("/near", b"", status=302, headers={"Location": far})
        url = server.put("/old", b"", status=301, headers={"Location": "near"})

        await folder.get(url, credentials=Credentials(username="u", password=Secret("geheim")))

        assert folder.target.read_bytes() == BODY
        assert [request.headers.get("Authorization") for request in server.asked] == [
            "Basic dTpnZWhlaW0=",
            "Basic dTpnZWhlaW0=",
        ]
        assert "Authorization" not in elsewhere.asked[0].headers


@pytest.mark.parametrize(
    "to", ["/round", "ftp://127.0.0.1/x", "http://", "http://[::1", "file:///etc/passwd"]
)
async def test_redirects_to_nowhere_end(server: ListServer, folder: Folder, to: str) -> None:
    url = server.put("/round", b"", status=302, headers={"Location": to})
    await folder.refused(url)
    assert server.calls["/round"] <= 10


async def test_one_byte_and_then_nothing_is_refused(server: ListServer, folder: Folder) -> None:
    failure = await folder.refused(server.put("/a", BODY, drips=True), seconds=0.2)
    assert failure.why.id == "fetch-slow"


async def test_a_cut_connection_leaves_nothing(server: ListServer, folder: Folder) -> None:
    failure = await folder.refused(server.put("/a", b"1" * 2_000_000, cut=True), limit=10_000_000)
    assert failure.why.id == "answer-broke-off"


async def test_what_is_too_large_is_refused_packed_and_unpacked(
    server: ListServer, folder: Folder
) -> None:
    plain = server.put("/a", b"x" * 20_001)
    bomb = server.put("/b", gzip.compress(b"\0" * 50_000_000))
    for url in (plain, bomb):
        failure = await folder.refused(url, limit=20_000)
        assert failure.why.id == "fetch-too-large"


async def test_damaged_gzip_is_refused(server: ListServer, folder: Folder) -> None:
    failure = await folder.refused(server.put("/a.gz", gzip.compress(BODY)[:-5]))
    assert failure.why.id == "fetch-damaged"


async def test_nobody_there_is_said_in_words(server: ListServer, folder: Folder) -> None:
    del server
    refused = await folder.refused("http://127.0.0.1:1/list.txt")
    assert say(refused.text) == (
        "http://127.0.0.1:1/list.txt could not be fetched: nothing listens there"
    )
    await folder.refused("nonsense")
    await folder.refused("http://[::1")


async def test_a_folder_that_is_gone_is_a_failure_like_others(
    server: ListServer, tmp_path: Path
) -> None:
    url = server.put("/a.txt", BODY)
    with pytest.raises(FetchFailed, match="No such file"):
        await HttpFetch(Proxy)(url, tmp_path / "gone" / "x", limit=1_000_000)


async def test_cancelling_leaves_nothing(server: ListServer, folder: Folder) -> None:
    url = server.put("/a", BODY, drips=True)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(folder.get(url))
        await server.came.wait()
        task.cancel()
    assert task.cancelled()
    assert folder.names() == []


async def test_secrets_of_an_address_are_not_shown(folder: Folder) -> None:
    url = "http://someone:geheim@127.0.0.1:1/list?token=verborgen"
    failure = await folder.refused(url)
    shown = f"{failure!r} {failure} {say(failure.text)}"
    assert "geheim" not in shown
    assert "verborgen" not in shown
    assert without_secrets(url) == "http://127.0.0.1:1/list?…"


def test_this_computer_its_lan_and_named_hosts_are_asked_without_the_proxy() -> None:
    proxy = Proxy(code=1, non_proxy_hosts="*.example.org| intra?net |")
    direct = ["127.0.0.1", "localhost", "::1", "127.1.2.3", "a.example.org", "INTRA1NET"]
    direct += ["10.0.0.1", "172.31.255.255", "192.168.1.2", "169.254.1.1", "fd00::1", "fe80::1"]
    assert all(is_direct(host, proxy) for host in direct)
    assert not any(is_direct(host, proxy) for host in ("example.org", "172.32.0.1", "intranet"))
    assert is_direct("example.org", Proxy())


class ToyProxy:
    """Answers for every host by itself; speaks HTTP or SOCKS 5, and notes where to one wanted."""

    def __init__(self) -> None:
        self.wanted: list[str] = []
        self.port = 0

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.wanted.append(head.split(b" ")[1].decode())
        await self._reply(writer)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        *_, length = await reader.readexactly(5)
        host = await reader.readexactly(length)
        port = await reader.readexactly(2)
        self.wanted.append(f"{host.decode()}:{int.from_bytes(port)}")
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
        await reader.readuntil(b"\r\n\r\n")
        await self._reply(writer)

    async def _reply(self, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + BODY)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(("code", "wanted"), [(1, "http://list.invalid/a"), (2, "list.invalid:80")])
async def test_a_proxy_is_used_and_looks_names_up_itself(
    folder: Folder, code: int, wanted: str
) -> None:
    toy = ToyProxy()
    running = await asyncio.start_server(toy.http if code == 1 else toy.socks, "127.0.0.1", 0)
    async with running:
        port = running.sockets[0].getsockname()[1]
        fetch = HttpFetch(lambda: Proxy(code=code, host="127.0.0.1", port=port))
        await fetch("http://list.invalid/a", folder.target, limit=1_000_000)
    assert toy.wanted == [wanted]
    assert folder.target.read_bytes() == BODY


async def test_a_proxy_that_is_not_there_is_said_in_words(folder: Folder) -> None:
    folder.fetch = HttpFetch(lambda: Proxy(code=1, host="127.0.0.1", port=1))
    failure = await folder.refused("https://list.invalid/a")
    assert failure.why.id == "fetch-proxy"


@pytest.mark.parametrize("proxies", [None, http_proxy, socks_proxy])
async def test_a_certificate_that_nobody_signed_is_said_in_words(
    folder: Folder, tmp_path: Path, proxies: type | None
) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(body=BODY)

    own = tmp_path / "own"
    own.mkdir()
    async with serving(page, make_certificate(own).server) as url, AsyncExitStack() as stack:
        target = url
        if proxies is not None:
            proxy = await stack.enter_async_context(proxies())
            proxy.hosts["list.invalid"] = "127.0.0.1"
            code, port = (1 if proxies is http_proxy else 2), int(proxy.url.rpartition(":")[2])
            folder.fetch = HttpFetch(lambda: Proxy(code=code, host="127.0.0.1", port=port))
            target = url.replace("127.0.0.1", "list.invalid")
        with pytest.raises(FetchFailed) as failure:
            await folder.get(target)
    assert "its certificate is not trusted" in say(failure.value.text)
