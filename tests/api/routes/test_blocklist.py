"""The lists that downloaders fetch (reference/webapi.md 3.6)."""

import asyncio
from ipaddress import ip_address

import pytest
from msgspec.structs import replace

from app.api.routes import blocklist
from app.domain.address import parse_prefix
from app.services.addressing import remap_of
from app.services.blocklists import Blocklists
from app.services.export import FORMATS, lines
from tests.api.conftest import Served, failed
from tests.domain.examples import ban

LISTS = [f"/blocklist/{name}" for name in FORMATS]


async def put(served: Served, *prefixes: str) -> None:
    until = served.clock.now + 1_000_000
    bans = [replace(ban(prefix), since=served.clock.now, until=until) for prefix in prefixes]
    await served.core.ban_list.add(bans)


@pytest.mark.parametrize("path", LISTS)
async def test_an_empty_list_is_an_empty_text(served: Served, path: str) -> None:
    answer = await served.anyone.get(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_the_addresses_are_those_of_the_list_widened_and_completed(served: Served) -> None:
    await put(served, "198.51.100.7", "203.0.113.0/24", "2001:db8:1234:5678::1")
    answer = await served.anyone.get("/blocklist/ip")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.endswith("\n")
    assert sorted(answer.text.splitlines()) == [
        "198.51.100.7",
        "2001:db8:1234:5000::/52",
        "203.0.113.0/24",
        "::ffff:c633:6407",
        "::ffff:cb00:7100/120",
    ]


async def test_all_three_carry_the_same_entries(served: Served) -> None:
    await put(served, "198.51.100.7", "203.0.113.0/24", "2001:db8::1", "64:ff9b::102:304")
    plain = (await served.anyone.get("/blocklist/ip")).text.splitlines()
    p2p = (await served.anyone.get("/blocklist/p2p-plain-format")).text.splitlines()
    dat = (await served.anyone.get("/blocklist/dat-emule")).text.splitlines()
    assert len(plain) == len(p2p) == len(dat) == len(set(plain)) == 7
    assert [line.rpartition(" , ")[2] for line in dat] == plain
    assert [line.partition(" , ")[0].replace(" - ", "-") for line in dat] == [
        line.partition(":")[2] for line in p2p
    ]


async def test_the_settings_say_how_wide(served: Served) -> None:
    await put(served, "198.51.100.7")
    remapping = ("banlist-remapping", "ipv4")
    await served.core.settings.change(
        "config.yml", {(*remapping, "enabled"): True, (*remapping, "remap-range"): 24}
    )
    text = (await served.anyone.get("/blocklist/ip")).text
    assert text.splitlines() == ["198.51.100.0/24", "::ffff:c633:6400/120"]


async def test_technical_bans_and_bans_by_hand_are_listed(served: Served) -> None:
    entry = replace(ban("192.0.2.1", disconnect=True), until=served.clock.now + 1000)
    await served.core.ban_list.add([entry])
    await served.core.bans.ban([parse_prefix("192.0.2.2")])
    text = (await served.anyone.get("/blocklist/ip")).text
    assert {"192.0.2.1", "192.0.2.2"} <= set(text.splitlines())


async def test_transmission_gets_a_line_that_bans_nobody_instead_of_nothing(
    served: Served,
) -> None:
    agent = {"User-Agent": "Transmission/4.0.5"}
    p2p = "/blocklist/p2p-plain-format"
    answer = await served.anyone.get(p2p, headers=agent)
    assert answer.content == b"TransmissionWorkaround:127.127.127.127-127.127.127.127"
    assert (await served.anyone.get("/blocklist/ip", headers=agent)).content == b""
    await put(served, "198.51.100.7")
    assert "Workaround" not in (await served.anyone.get(p2p, headers=agent)).text


async def test_who_sends_no_user_agent_gets_the_list_too(served: Served) -> None:
    await put(served, "198.51.100.7")
    reader, writer = await asyncio.open_connection("127.0.0.1", served.server.port)
    writer.write(b"GET /blocklist/ip HTTP/1.0\r\n\r\n")
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.0 200")
    assert answer.endswith(b"\r\n\r\n198.51.100.7\n::ffff:c633:6407\n")


async def test_a_long_list_is_the_one_of_the_moment_it_was_asked_for(served: Served) -> None:
    await put(served, *(f"10.{n >> 8}.{n & 255}.1" for n in range(5_000)))
    wanted = "".join(lines("ip", list(served.core.ban_list), remap_of(served.core.settings.config)))
    async with served.anyone.stream("GET", "/blocklist/ip") as answer:
        pieces = answer.aiter_text()
        text = await anext(pieces)
        await served.core.bans.unban_all()
        async for piece in pieces:
            text += piece
    assert text == wanted
    assert text.count("\n") == 10_000


async def test_a_client_that_leaves_in_the_middle_is_no_error(served: Served) -> None:
    await put(served, *(f"10.{n >> 8}.{n & 255}.1" for n in range(1_000)))
    _, writer = await asyncio.open_connection("127.0.0.1", served.server.port)
    writer.write(b"GET /blocklist/ip HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await writer.drain()
    writer.transport.abort()
    assert (await served.anyone.get("/blocklist/ip")).status_code == 200


def path_of(served: Served, downloader: str) -> str:
    url = served.core.blocklists.url(downloader, near=True)
    assert url is not None
    return url.removeprefix(served.server.url)


async def test_a_downloader_finds_the_list_that_was_put_for_it(served: Served) -> None:
    shelf = served.core.blocklists
    path = path_of(served, "nas")
    failed(await served.anyone.get(path), 404)
    shelf.put("nas", b"PeerWarden:1.2.3.4-1.2.3.4\n")
    shelf.put("other", b"another\n")
    answer = await served.anyone.get(path)
    assert answer.content == b"PeerWarden:1.2.3.4-1.2.3.4\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-length"] == "27"
    assert (shelf.fetched("nas"), shelf.fetched("other")) == (True, False)
    shelf.put("nas", b"new\n")
    assert not shelf.fetched("nas")
    failed(await served.anyone.get("/blocklist/for/nobody"), 404)


async def test_who_asks_for_the_size_alone_has_not_fetched_it(served: Served) -> None:
    served.core.blocklists.put("nas", b"x" * 100)
    answer = await served.anyone.head(path_of(served, "nas"))
    assert answer.headers["content-length"] == "100"
    assert answer.content == b""
    assert not served.core.blocklists.fetched("nas")


async def test_who_leaves_in_the_middle_has_not_fetched_it(served: Served) -> None:
    served.core.blocklists.put("nas", b"x" * 16_000_000)
    reader, writer = await asyncio.open_connection("127.0.0.1", served.server.port, limit=1024)
    writer.write(f"GET {path_of(served, 'nas')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await writer.drain()
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.transport.abort()
    assert (await served.anyone.get("/blocklist/ip")).status_code == 200
    assert not served.core.blocklists.fetched("nas")


async def test_a_list_is_packed_for_who_fetches_it_from_afar(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocklist, "direct_address", lambda _request: ip_address("192.168.1.9"))
    body = b"PeerWarden:1.2.3.4-1.2.3.4\n" * 10_000
    served.core.blocklists.put("nas", body)
    for _ in range(2):
        answer = await served.anyone.get(path_of(served, "nas"))
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) < len(body) / 50
        assert answer.content == body
    plain = await served.anyone.get(path_of(served, "nas"), headers={"Accept-Encoding": "br"})
    assert "content-encoding" not in plain.headers
    assert plain.content == body


async def test_a_downloader_elsewhere_finds_its_list_where_the_settings_say(
    served: Served,
) -> None:
    await served.core.settings.change(
        "config.yml", {("server", "prefix"): "http://192.168.1.5:9898"}
    )
    far = served.core.blocklists.url("nas", near=False)
    assert far == f"http://192.168.1.5:9898{path_of(served, 'nas')}"


async def test_a_list_that_was_put_before_the_server_ran_is_found_too(served: Served) -> None:
    shelf = Blocklists()
    shelf.put("nas", b"early")
    assert shelf.url("nas", near=True) is None
    shelf.open(served.core.settings, "http://127.0.0.1:1")
    url = shelf.url("nas", near=True)
    assert url is not None
    found = shelf.named(url.rpartition("/")[2])
    assert found is not None
    assert found.body == b"early"
    shelf.close()
    assert shelf.url("nas", near=True) is None
