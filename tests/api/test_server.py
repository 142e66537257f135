"""The server as a whole: listening, envelopes, limits, languages, and what it refuses to browsers."""

from __future__ import annotations

import asyncio
import gzip
import socket
from pathlib import Path

import httpx
import pytest

from app.api.call import MAX_BODY
from app.api.server import ApiServer, CannotListen, PortInUse
from app.domain.address import parse_prefix
from app.locale.texts import say
from app.settings.secret import Secret
from tests.api.conftest import TOKEN, Served, failed, fine, sent_to
from tests.services.fakes import house

MANIFEST = "/api/metadata/manifest"


async def test_a_free_port_is_found_and_told(served: Served) -> None:
    assert served.server.port > 0
    assert served.server.url == f"http://127.0.0.1:{served.server.port}"


async def test_a_taken_port_is_said_in_words_and_the_core_runs_on(served: Served) -> None:
    second = ApiServer(served.core, host="127.0.0.1", port=served.server.port)
    with pytest.raises(PortInUse) as caught:
        await second.__aenter__()
    assert str(served.server.port) in say(caught.value.text)
    fine(await served.anyone.get(MANIFEST))


async def test_an_address_of_another_machine_is_said_in_words(served: Served) -> None:
    with pytest.raises(CannotListen) as caught:
        await ApiServer(served.core, host="192.0.2.1", port=0).__aenter__()
    assert not isinstance(caught.value, PortInUse)
    assert "192.0.2.1" in say(caught.value.text)


async def test_its_port_is_free_again_when_the_block_ends(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        async with ApiServer(it.core, host="127.0.0.1", port=0) as server:
            port = server.port
        async with ApiServer(it.core, host="127.0.0.1", port=port) as again:
            assert again.port == port


async def test_ipv6_loopback_works(served: Served) -> None:
    async with ApiServer(served.core, host="::1", port=0) as server, sent_to(server) as client:
        assert server.url.startswith("http://[::1]:")
        fine(await client.get(MANIFEST))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost"])
async def test_other_ways_to_listen_are_reached_over_loopback(served: Served, host: str) -> None:
    async with ApiServer(served.core, host=host, port=0) as server, sent_to(server) as client:
        assert server.url == f"http://127.0.0.1:{server.port}"
        fine(await client.get(MANIFEST))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nothing"),
        ("POST", "/api/bans"),
        ("GET", "/api/auth/login"),
        ("GET", "/"),
        ("GET", "//api/bans"),
        ("GET", "/API/bans"),
        ("GET", "/api/downloaders//status"),
        ("TRACE", "/api/bans"),
        ("GET", "/%00%ff%0a"),
    ],
)
async def test_an_unknown_path_or_method_is_405_in_the_envelope(
    served: Served, method: str, path: str
) -> None:
    answer = await served.anyone.request(method, path)
    assert method in failed(answer, 405)
    assert answer.json()["data"] is None


async def test_one_slash_at_the_end_does_not_count(served: Served) -> None:
    fine(await served.anyone.get(MANIFEST + "/"))
    failed(await served.anyone.get(MANIFEST + "//"), 405)


async def test_head_is_get_without_a_body_and_asks_for_the_token_too(served: Served) -> None:
    assert (await served.anyone.head("/api/bans")).status_code == 403
    answer = await served.admin.head("/api/bans")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await served.anyone.head("/blocklist/ip")).status_code == 200


async def test_options_answers_everybody_with_nothing(served: Served) -> None:
    answer = await served.anyone.options("/api/bans")
    assert (answer.status_code, answer.content) == (200, b"")
    assert "access-control-allow-origin" not in answer.headers


async def test_every_answer_names_the_program(served: Served) -> None:
    await served.core.bans.ban([parse_prefix("203.0.113.7")])
    for path in (MANIFEST, "/nowhere", "/api/bans", "/blocklist/ip"):
        answer = await served.anyone.get(path)
        assert answer.headers["server"] == "PeerWarden/0"


async def test_an_answer_is_json_without_caching_headers(served: Served) -> None:
    answer = await served.anyone.get(MANIFEST)
    assert answer.headers["content-type"].startswith("application/json")
    assert "etag" not in answer.headers
    assert "cache-control" not in answer.headers


async def test_large_answers_are_compressed_for_who_wants_that(served: Served) -> None:
    prefixes = [parse_prefix(f"203.0.113.{last}") for last in range(1, 100)]
    await served.core.bans.ban(prefixes)
    for path in ("/api/bans?pageSize=50", "/blocklist/ip"):
        packed = await served.admin.get(path)
        assert packed.headers["content-encoding"] == "gzip"
        for unwilling in ("identity", "br", "gzip;q=0", "gzip ; q=0.0, br", "xgzip"):
            plain = await served.admin.get(path, headers={"Accept-Encoding": unwilling})
            assert "content-encoding" not in plain.headers
            assert packed.content == plain.content


async def test_the_language_is_that_of_each_request(served: Served) -> None:
    path = "/api/nowhere"
    english = failed(await served.anyone.get(path, headers={"Accept-Language": "en-US"}), 405)
    default = failed(await served.anyone.get(path, headers={"Accept-Language": "tlh"}), 405)
    assert english == default
    await served.anyone.get(path, headers={"Accept-Language": "zh-CN,en;q=0.5"})
    again = failed(await served.anyone.get(path), 405)  # on the same connection
    assert again == english


async def test_a_body_may_have_a_million_bytes_and_no_more(served: Served) -> None:
    at_limit = b'["198.51.100.1"]'.ljust(MAX_BODY)
    assert fine(await served.admin.put("/api/bans", content=at_limit)) == {"count": 1}
    failed(await served.admin.put("/api/bans", content=at_limit + b" "), 413)
    assert len(served.core.ban_list) == 1


async def test_a_body_that_swells_when_unpacked_is_refused(served: Served) -> None:
    bomb = gzip.compress(b'["198.51.100.1"]'.ljust(50_000_000))
    headers = {"Content-Encoding": "gzip"}
    failed(await served.admin.put("/api/bans", content=bomb, headers=headers), 413)


async def test_a_body_that_is_not_what_its_header_says_is_400(served: Served) -> None:
    headers = {"Content-Encoding": "gzip"}
    answer = await served.admin.put("/api/bans", content=b'["1.2.3.4"]', headers=headers)
    assert answer.status_code == 400


async def test_a_client_that_waits_for_100_continue_is_let_on(served: Served) -> None:
    body = b'["198.51.100.1"]'
    head = (
        f"PUT /api/bans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", served.server.port)
    writer.write(head.encode())
    async with asyncio.timeout(5):
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b'{"success":true,"message":null,"data":{"count":1}}')


@pytest.mark.parametrize(
    "text", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9\r\n\r\n", b"\r\n"]
)
async def test_what_is_no_http_breaks_nothing_and_is_no_error_in_the_log(
    served: Served, text: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", served.server.port)) as connection:
        connection.send(text)
        fine(await served.anyone.get(MANIFEST))


@pytest.mark.logs_errors
async def test_a_bug_is_500_without_a_word_about_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(type(served.core.rules), "states", broken)
    answer = await served.anyone.get(MANIFEST)
    assert "secret" not in failed(answer, 500)
    assert answer.json()["data"] is None


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9898", "[::1]:9898", "localhost."]
)
async def test_names_of_this_machine_are_answered(served: Served, host: str) -> None:
    fine(await served.anyone.get(MANIFEST, headers={"Host": host}))


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:9898", "192.168.1.7", "127.0.0.1.evil.example", ""]
)
async def test_a_foreign_name_bent_to_this_machine_is_refused(served: Served, host: str) -> None:
    for path in (MANIFEST, "/blocklist/ip"):
        failed(await served.admin.get(path, headers={"Host": host}), 403)


async def test_the_name_in_the_settings_is_answered(served: Served) -> None:
    await served.core.settings.change(
        "config.yml", {("server", "prefix"): "https://warden.example:8443"}
    )
    fine(await served.anyone.get(MANIFEST, headers={"Host": "warden.example"}))


async def test_a_server_for_the_network_answers_to_any_name(served: Served) -> None:
    async with ApiServer(served.core, host="0.0.0.0", port=0) as server, sent_to(server) as client:
        fine(await client.get(MANIFEST, headers={"Host": "nas.lan"}))


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", ""]
)
async def test_a_foreign_page_changes_nothing(served: Served, origin: str) -> None:
    headers = {"Origin": origin}
    failed(await served.admin.put("/api/bans", json=["198.51.100.1"], headers=headers), 403)
    failed(await served.anyone.post("/api/auth/login", json={"token": TOKEN}, headers=headers), 403)
    assert len(served.core.ban_list) == 0
    fine(await served.admin.get("/api/bans", headers=headers))  # it cannot read the answer


async def test_our_own_page_changes_what_it_likes(served: Served) -> None:
    own = {"Origin": served.server.url}
    fine(await served.admin.put("/api/bans", json=["198.51.100.1"], headers=own))


async def test_the_token_given_at_the_start_counts_and_not_the_stored_one(served: Served) -> None:
    stored = served.core.settings.config.server.token.reveal()
    assert stored
    failed(await served.anyone.get("/api/bans", params={"token": stored}), 403)


async def test_the_token_of_the_settings_counts_at_once(served: Served) -> None:
    async with (
        ApiServer(served.core, host="127.0.0.1", port=0) as server,
        sent_to(server) as client,
    ):
        for token in ("first", "second"):
            await served.core.settings.change("config.yml", {("server", "token"): Secret(token)})
            fine(await client.get("/api/bans", params={"token": token}))
        failed(await client.get("/api/bans", params={"token": "first"}), 403)


async def test_many_clients_at_once_are_all_answered(served: Served) -> None:
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(served.admin.get("/api/bans")) for _ in range(50)]
    assert all(task.result().status_code == httpx.codes.OK for task in asked)
