"""What holds for every route, whatever is sent to it."""

from __future__ import annotations

import itertools
from typing import Final

import httpx
import pytest

from app.api.router import Route
from app.api.routes import ROUTES
from tests.api.conftest import NAS, TOKEN, Served
from tests.domain.examples import UBUNTU, peer

BODIES: Final = (
    b"",
    b"null",
    b"true",
    b"1e999",
    b'"x"',
    b"[]",
    b"{}",
    b'[{"a": 1}]',
    b'["1.2.3.4/-1"]',
    b'["::/129", "1.2.3.4%x", "\\u0000", "\\ufdd0"]',
    b'{"id": "\\u0000", "config": {"type": "qbittorrent", "endpoint": "http://[", "name": "\\n"}}',
    b'{"id": "x", "config": {"type": {"a": []}, "endpoint": []}}',
    b'{"id": 1, "config": 1, "token": 1e400}',
    b'{"token": {"a": "\\ud800"}}',
    b"{" * 5_000,
    b'{"a":' * 200_000,
    bytes(range(256)),
)
QUERIES: Final = (
    "?page=-1&pageSize=-1",
    "?page=x",
    "?pageSize=%00",
    "?page=&page=2&search=%",
    "?search=%ff%fe&search=%25ff",
    "?search=" + "a" * 3_000,
    "?orderBy=peerIp'%20OR%201=1--|desc&filter=%5B",
    "?;&&==&=",
)
PARTS: Final = (NAS, "%00", "%2e%2e%2f", "%ff", "a" * 1_000, "'%22%3Cx%3E")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_nothing_that_is_sent_makes_it_fail_on_our_side(served: Served, route: Route) -> None:
    await served.show(UBUNTU, peer("203.0.113.7", client_name="hp/torrent"), peer())
    paths = {route.path.format(downloaderId=part, torrentId=part, name=part) for part in PARTS}
    for path, query in itertools.product(sorted(paths), ("", *QUERIES)):
        _is_sound(await served.admin.request(route.method, path + query, content=BODIES[8]))
    if route.method != "GET":
        for path, body in itertools.product(sorted(paths)[:2], BODIES):
            _is_sound(await served.admin.request(route.method, path, content=body))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_strange_headers_do_not_matter(served: Served, route: Route) -> None:
    path = route.path.format(downloaderId=NAS, torrentId="x", name="x")
    for headers in (
        {"Accept": "text/html"},
        {"Accept-Language": "*;q=0.1,,;;=,zh;q=" + "9" * 400},
        {"Cookie": "JSESSIONID=; JSESSIONID=x; =;"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": ""},
        {"X-Forwarded-For": "1.2.3.4, [::1, %, " + "x" * 900},
        {"Accept-Encoding": "br;q=1.0, gzip;q=0"},
        {"If-None-Match": "*", "Range": "bytes=0-1"},
        {"User-Agent": ""},
    ):
        _is_sound(await served.admin.request(route.method, path, headers=headers, content=b"[]"))


async def test_no_answer_shows_the_token_or_a_password(served: Served) -> None:
    config = {"type": "qbittorrent", "endpoint": "http://127.0.0.1:1", "password": "hidden-word"}
    await served.admin.put("/api/downloaders", json={"id": "x", "config": config})
    stored = served.core.settings.config.server.token.reveal()
    for route in ROUTES:
        path = route.path.format(downloaderId="x", torrentId="x", name="x")
        if route.method == "GET":
            answer = await served.admin.get(path)
            for secret in (TOKEN, stored, "hidden-word"):
                assert secret not in answer.text


def _is_sound(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.headers["content-type"].startswith("text/plain"):
        assert answer.status_code == 200
        return
    envelope = answer.json()
    assert list(envelope) == ["success", "message", "data"]
    assert "Traceback" not in answer.text
