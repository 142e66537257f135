"""Calls carry the secret, and what goes wrong is said in words."""

from __future__ import annotations

import pytest
from msgspec import Raw

from app.adapters.downloaders.aria2.rpc import Call, CallRefused, Refusal, Rpc
from app.adapters.downloaders.aria2.wire import Version
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    ProtocolMismatch,
    Unreachable,
)
from app.settings.secret import Secret
from tests.adapters.downloaders.aria2.fake import FakeAria2, fake_aria2
from tests.adapters.downloaders.aria2.opened import settings


def rpc(fake: FakeAria2, secret: str | None = None) -> Rpc:
    return Rpc(settings(fake) if secret is None else settings(fake, token=Secret(secret)))


async def test_a_call_is_signed_and_its_answer_read() -> None:
    async with fake_aria2() as fake:
        server = rpc(fake)
        found = await server.call("aria2.getVersion", Version)
        assert (found.product, found.version) == ("aria2-next", "2.5.5")
        await server.close()
        fake.secret = ""
        server = rpc(fake, "")
        assert (await server.call("aria2.getVersion", Version)).version == "2.5.5"
        await server.close()


@pytest.mark.parametrize(
    ("secret", "words"), [("wrong", "aria2-denied"), ("", "aria2-secret-missing")]
)
async def test_a_wrong_secret_is_a_refusal_that_is_not_tried_again(secret: str, words: str) -> None:
    async with fake_aria2() as fake:
        server = rpc(fake, secret)
        for _ in range(3):
            with pytest.raises(AccessDenied) as caught:
                await server.call("aria2.getVersion", Version)
            assert caught.value.text.id == words
        assert fake.calls["aria2.getVersion"] == 1
        server.forget_refusal()
        with pytest.raises(AccessDenied):
            await server.batch([Call("aria2.getVersion")])
        with pytest.raises(AccessDenied):
            await server.batch([Call("aria2.getVersion")])
        assert fake.calls["system.multicall"] == 1
        await server.close()


async def test_calls_of_a_batch_fail_each_for_itself() -> None:
    async with fake_aria2() as fake:
        server = rpc(fake)
        one, two = await server.batch([Call("aria2.getPeers", ("none",)), Call("aria2.getVersion")])
        assert isinstance(one, Refusal)
        assert "none" in one.message
        assert isinstance(two, Raw)
        with pytest.raises(CallRefused, match="No such method"):
            await server.call("aria2.nothing", Version)
        assert fake.calls["system.multicall"] == 1
        await server.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AccessDenied),
        (403, AccessDenied),
        (404, NeedsAction),
        (502, Unreachable),
        (418, ProtocolMismatch),
    ],
)
async def test_a_server_that_is_something_else_is_explained(
    status: int, kind: type[DownloaderError]
) -> None:
    async with fake_aria2() as fake:
        fake.status = status
        server = rpc(fake)
        with pytest.raises(DownloaderError) as caught:
            await server.call("aria2.getVersion", Version)
        assert type(caught.value) is kind
        await server.close()


async def test_long_lists_are_sent_like_short_ones() -> None:
    async with fake_aria2() as fake:
        server = rpc(fake)
        rules = [f"36.{n >> 8}.{n & 255}.1" for n in range(3_000)]
        await server.call("aria2.setBtPeerBlocklist", dict[str, str], rules)
        assert len(fake.blocked) == 3_000
        await server.close()
