"""Calls to deluge-web: what comes back, and what comes of calls that nobody answers."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from aiohttp import web

from app.adapters.downloaders.deluge.rpc import DaemonLost, Rpc, RpcFailure
from app.services.errors import ProtocolMismatch, Unreachable
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DELUGE
from tests.adapters.downloaders.deluge.fake import FakeDeluge, fake_deluge
from tests.adapters.downloaders.deluge.opened import settings
from tests.adapters.downloaders.serving import Handler, serving
from tests.adapters.downloaders.simulated import until


async def result_of(handler: Handler, *params: object) -> object:
    """What one call comes to."""
    async with serving(handler) as url:
        given = DownloaderSettings(id="de", type=DELUGE, endpoint=url, rpc_url="/json")
        rpc = Rpc(given)
        try:
            return await rpc.call("web.method", *params, kind=object)
        finally:
            await rpc.exchange.close()


async def test_a_call_is_just_what_every_version_understands() -> None:
    seen = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.method, request.path, request.headers["Content-Type"]))
        return web.json_response(
            {"id": 1, "error": None, "result": json.loads(await request.text())}
        )

    asked = await result_of(handle, "a", [1])
    assert asked == {"id": 1, "method": "web.method", "params": ["a", [1]]}
    assert seen == [("POST", "/json", "application/json")]


async def test_an_error_is_told_with_its_code() -> None:
    async def handle(request: web.Request) -> web.Response:
        error = {"message": "Unknown method", "code": 2}
        return web.json_response({"id": 1, "result": None, "error": error})

    with pytest.raises(RpcFailure) as failed:
        await result_of(handle)
    assert (failed.value.method, failed.value.code) == ("web.method", 2)


async def test_a_reason_is_one_line_without_addresses() -> None:
    async def handle(request: web.Request) -> web.Response:
        error = {"message": "Failure: http://a.example/secret is gone\nTraceback", "code": 4}
        return web.json_response({"id": 1, "result": None, "error": error})

    with pytest.raises(RpcFailure) as failed:
        await result_of(handle)
    assert failed.value.reason == "Failure: … is gone"


@pytest.mark.parametrize(
    ("status", "body"), [(404, "{}"), (200, "<html>"), (200, "[1]"), (200, "")]
)
async def test_what_is_no_deluge_web_is_named(status: int, body: str) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    with pytest.raises(ProtocolMismatch):
        await result_of(handle)


async def joined(fake: FakeDeluge) -> Rpc:
    rpc = Rpc(settings(fake))
    await rpc.call("auth.login", fake.password, kind=bool)
    await rpc.call("web.connect", "0123", kind=object)
    return rpc


async def test_a_call_that_the_daemon_no_longer_answers_is_given_up() -> None:
    async with fake_deluge() as fake:
        rpc = await joined(fake)
        assert await rpc.call("core.get_listen_port", kind=int) == 6881
        await fake.kill()
        started = time.monotonic()
        with pytest.raises(DaemonLost):
            await rpc.call("core.get_listen_port", kind=int)
        assert time.monotonic() - started < 5
        await rpc.exchange.close()


async def test_a_slow_daemon_is_waited_for() -> None:
    async with fake_deluge() as fake:
        rpc = await joined(fake)
        fake.is_joined = False  # it does not answer, though it is there
        async with asyncio.TaskGroup() as group:
            call = group.create_task(rpc.call("core.get_listen_port", kind=int))
            await until(lambda: fake.calls["web.connected"] > 1, "looked at twice")
            assert not call.done()
            call.cancel()
        await rpc.exchange.close()


async def test_a_daemon_that_ends_with_its_deluge_web_is_unreachable() -> None:
    async with fake_deluge() as fake:
        rpc = await joined(fake)
        await fake.stop()
        with pytest.raises(Unreachable):
            await rpc.call("core.get_listen_port", kind=int)
        await rpc.exchange.close()
