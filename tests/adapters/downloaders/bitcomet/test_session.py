"""How a session with BitComet begins, ends, and what users read when it does not begin."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.adapters.downloaders.bitcomet.session import Session
from app.adapters.downloaders.bitcomet.wire import ConnectionAnswer
from app.domain.reason import Text
from app.services.errors import AccessDenied, NeedsAction, ProtocolMismatch, Unreachable
from app.settings.secret import Secret
from tests.adapters.downloaders.bitcomet.fake import PASSWORD, USER, FakeBitComet, fake_bitcomet
from tests.adapters.downloaders.bitcomet.opened import settings

LOGIN, GET = "api/webui/login", "api/config/connection/get"
FILTER = "api/config/ipfilter/"


@asynccontextmanager
async def entered(fake: FakeBitComet, **changes: object) -> AsyncIterator[Session]:
    """Not opened yet, and closed at the end."""
    session = Session(settings(fake, **changes))
    try:
        yield session
    finally:
        await session.close()


async def test_it_is_logged_into_once_by_a_credential_that_it_can_open() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        first = await ours.open()
        assert await ours.open() is first
        assert (first.product, first.version, first.session) == ("BitComet", "2.21", 1)
        assert first.advice is None
        assert json.loads(fake.opened[0]) == {"username": USER, "password": PASSWORD}
        assert fake.device["platform"] == "webui"
        assert fake.calls[LOGIN] == 1


async def test_a_wrong_password_is_tried_once_and_no_secret_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with fake_bitcomet() as fake, entered(fake, password=Secret("not-this-one")) as ours:
        for _ in range(3):
            with pytest.raises(AccessDenied) as denied:
                await ours.open()
            assert denied.value.text == Text("downloader-denied")
        assert fake.calls[LOGIN] == 1
        ours.forget_refusal()
        with pytest.raises(AccessDenied):
            await ours.open()
        assert fake.calls[LOGIN] == 2
        assert "not-this-one" not in caplog.text


async def test_without_a_name_and_a_password_it_is_not_asked() -> None:
    async with fake_bitcomet() as fake, entered(fake, username="", password=Secret()) as ours:
        with pytest.raises(AccessDenied) as denied:
            await ours.open()
        assert denied.value.text == Text("downloader-login-missing")
        assert not fake.calls


async def test_a_version_that_is_too_old_says_which_one_is_needed() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.version = "2.17"
        with pytest.raises(NeedsAction) as needed:
            await ours.open()
        assert needed.value.text == Text(
            "downloader-too-old", {"version": "2.17", "minimum": "2.18"}
        )


@pytest.mark.parametrize("version", ["", "what"])
async def test_without_a_version_it_is_no_bitcomet_that_we_know(version: str) -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.version = version
        with pytest.raises(ProtocolMismatch):
            await ours.open()


@pytest.mark.parametrize("status", [200, 403, 404, 405])
async def test_another_server_is_told_from_a_bitcomet(status: int) -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.statuses[LOGIN] = status
        with pytest.raises(NeedsAction) as needed:
            await ours.open()
        assert needed.value.text == Text("bitcomet-no-remote-access")


async def test_one_that_has_trouble_at_the_log_in_is_no_other_server() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.statuses[LOGIN] = 500
        with pytest.raises(ProtocolMismatch):
            await ours.open()


@pytest.mark.parametrize("path", [LOGIN, "api/device_token/get"])
async def test_whatever_else_it_says_to_a_log_in_is_passed_on(path: str) -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.codes[path] = "SOMETHING_ELSE"
        with pytest.raises(ProtocolMismatch) as failed:
            await ours.open()
        assert failed.value.text.params["detail"] == Text(
            "answer-refused", {"path": path, "message": "made up"}
        )


@pytest.mark.parametrize(
    "config",
    [
        {"enable_ipfilter": False},
        {"ipfilter_mode": "whitelist"},
        {"enable_ipfilter": None, "ipfilter_mode": None},
    ],
    ids=str,
)
async def test_its_filter_is_switched_on_as_a_blacklist(config: dict[str, object]) -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.filter |= config
        await ours.open()
        assert fake.filter == {"enable_ipfilter": True, "ipfilter_mode": "blacklist"}
        assert fake.calls[FILTER + "set"] == 1


async def test_a_filter_that_cannot_be_switched_on_says_what_to_set() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.filter["enable_ipfilter"] = False
        fake.filter_is_fixed = True
        with pytest.raises(NeedsAction) as needed:
            await ours.open()
        assert needed.value.text == Text("bitcomet-no-filter")


async def test_one_that_does_not_tell_its_filter_is_used_with_a_word_of_advice() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.tells_filter = False
        assert (await ours.open()).advice == Text("bitcomet-replaces-filter")


async def test_when_its_token_has_ended_it_logs_in_again_by_itself() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        await ours.open()
        fake.token = "another"
        answer = await ours.ask(GET, {}, ConnectionAnswer)
        assert answer.connection_config is not None
        assert (await ours.open()).session == 2
        assert fake.calls[LOGIN] == 2


async def test_an_error_about_the_request_is_no_reason_to_log_in_again() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.codes[GET] = "NOT_TODAY"
        with pytest.raises(ProtocolMismatch) as failed:
            await ours.ask(GET, {}, ConnectionAnswer)
        assert failed.value.text.params["detail"] == Text(
            "answer-refused", {"path": GET, "message": "made up"}
        )
        fake.codes.clear()
        fake.statuses[GET] = 403
        with pytest.raises(ProtocolMismatch):
            await ours.ask(GET, {}, ConnectionAnswer)
        assert fake.calls[LOGIN] == 1
        assert (await ours.open()).session == 1


async def test_when_it_was_away_it_is_looked_at_again_and_the_token_still_serves() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        await ours.open()
        await fake.stop()
        with pytest.raises(Unreachable):
            await ours.ask(GET, {}, ConnectionAnswer)
        await fake.start()
        assert (await ours.open()).session == 2
        assert fake.calls[LOGIN] == 1


async def test_what_stands_in_its_filter_is_told_as_it_stands() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.put(["1.2.3.4", "# of mine: ä", "5.5.5.0 - 5.5.5.9 , 000 , x"])
        assert (await ours.filter_entries()).splitlines() == fake.lines
        fake.token = "another"
        assert (await ours.filter_entries()).splitlines() == fake.lines


async def test_a_filter_that_is_not_told_this_time_is_not_taken_for_an_empty_one() -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        await ours.open()
        fake.statuses[FILTER + "download"] = 500
        with pytest.raises(ProtocolMismatch):
            await ours.filter_entries()


@pytest.mark.parametrize("token", ["two\nlines", "ü", "x" * 5_000])
async def test_a_token_that_no_header_can_hold_is_a_wrong_answer(token: str) -> None:
    async with fake_bitcomet() as fake, entered(fake) as ours:
        fake.invitation = token
        with pytest.raises(ProtocolMismatch):
            await ours.open()
