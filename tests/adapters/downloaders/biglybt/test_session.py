"""How a session with the plugin begins, ends, and what users read when it does not begin."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.adapters.downloaders.biglybt.session import Session, product_of
from app.adapters.downloaders.biglybt.wire import Metadata
from app.domain.reason import Text
from app.services.errors import AccessDenied, NeedsAction, ProtocolMismatch, Unreachable
from app.settings.secret import Secret
from tests.adapters.downloaders.biglybt.fake import TOKEN, FakeBiglyBT, fake_biglybt
from tests.adapters.downloaders.biglybt.opened import settings


@asynccontextmanager
async def entered(fake: FakeBiglyBT, **changes: object) -> AsyncIterator[Session]:
    """Not opened yet, and closed at the end."""
    session = Session(settings(fake, **changes))
    try:
        yield session
    finally:
        await session.close()


@pytest.mark.parametrize(
    ("metadata", "product"),
    [
        (Metadata(application_name="BiglyBT", azureus_name="BiglyBT"), "BiglyBT"),
        (Metadata(application_name="Vuze", azureus_name="Azureus"), "Vuze"),
        (Metadata(application_name="Azureus"), "Vuze"),
        (Metadata(azureus_name="Vuze"), "Vuze"),
        (Metadata(), "BiglyBT"),
        (Metadata(application_name="Another"), "Another"),
    ],
)
def test_it_is_called_what_its_users_call_it(metadata: Metadata, product: str) -> None:
    assert product_of(metadata) == product


async def test_it_is_greeted_once() -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        first = await ours.open()
        assert await ours.open() is first
        assert (first.product, first.version, first.session) == ("BiglyBT", "3.6.0.0", 1)
        assert fake.calls == {"GET metadata": 1, "POST setconnector": 1}
        assert fake.connector["software"] == "PeerWarden"


async def test_that_it_does_not_care_who_we_are_does_no_harm() -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        fake.statuses["setconnector"] = 500
        assert (await ours.open()).session == 1


async def test_a_wrong_token_is_tried_once_and_shown_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with fake_biglybt() as fake, entered(fake, token=Secret("a-secret-of-mine")) as ours:
        for _ in range(3):
            with pytest.raises(AccessDenied) as denied:
                await ours.open()
            assert denied.value.text == Text("biglybt-token-denied")
        assert fake.calls["GET metadata"] == 1
        ours.forget_refusal()
        with pytest.raises(AccessDenied):
            await ours.open()
        assert fake.calls["GET metadata"] == 2
        assert "a-secret-of-mine" not in caplog.text


async def test_a_token_that_changed_while_it_ran_is_a_refusal_too() -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        await ours.open()
        fake.token = "another"
        with pytest.raises(AccessDenied):
            await ours.statistics()
        before = fake.calls.total()
        with pytest.raises(AccessDenied):
            await ours.open()
        assert fake.calls.total() == before


@pytest.mark.parametrize(
    "told",
    [{"hello": "world"}, [], "text", {"pluginVersion": "?"}, {"pluginVersion": None}],
    ids=json.dumps,
)
async def test_whatever_else_answers_there_is_no_plugin(told: object) -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        fake.metadata = told  # type: ignore[assignment]  # not what it should be
        with pytest.raises(NeedsAction) as needed:
            await ours.open()
        assert needed.value.text == Text("biglybt-no-plugin")


@pytest.mark.parametrize("status", [401, 404])
async def test_a_server_that_does_not_know_the_path_is_none_either(status: int) -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        fake.statuses["metadata"] = status
        with pytest.raises(NeedsAction) as needed:
            await ours.open()
        assert needed.value.text == Text("biglybt-no-plugin")


@pytest.mark.parametrize(
    ("version", "is_new"),
    [("1.2.9", False), ("1.3.0", True), ("1.3", True), ("1.10.0-SNAPSHOT", True), ("0.9", False)],
)
async def test_a_plugin_that_is_too_old_says_which_one_is_needed(
    version: str,
    is_new: bool,  # noqa: FBT001 - parametrized
) -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        fake.metadata["pluginVersion"] = version
        if is_new:
            await ours.open()
        else:
            with pytest.raises(NeedsAction) as needed:
                await ours.open()
            assert needed.value.text == Text(
                "biglybt-plugin-too-old", {"version": version, "minimum": "1.3.0"}
            )


async def test_what_it_says_of_a_failure_is_passed_on() -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        fake.statuses["statistics"] = 500
        with pytest.raises(ProtocolMismatch) as failed:
            await ours.statistics()
        assert failed.value.text.params["detail"] == Text(
            "answer-problem", {"status": 500, "path": "statistics", "message": "made to fail"}
        )
        assert TOKEN not in str(failed.value.text)


async def test_a_restart_is_noticed_by_the_time_it_has_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        now = 1_000.0
        monkeypatch.setattr("app.adapters.downloaders.biglybt.session.time.monotonic", lambda: now)
        fake._started = 0.0  # noqa: SLF001 - of our own fake
        await ours.statistics()
        now = 1_060.0
        await ours.statistics()
        assert (await ours.open()).session == 1
        fake._started = 1_055.0  # noqa: SLF001 - as above: it counts from the start again
        await ours.statistics()
        assert (await ours.open()).session == 2
        now = 4_000.0
        await ours.statistics()
        assert (await ours.open()).session == 2
        fake._started = 2_000.0  # noqa: SLF001 - as above: it has run longer than when seen last
        await ours.statistics()
        assert (await ours.open()).session == 3


async def test_when_it_was_away_it_is_greeted_again() -> None:
    async with fake_biglybt() as fake, entered(fake) as ours:
        await ours.statistics()
        await fake.stop()
        with pytest.raises(Unreachable):
            await ours.statistics()
        await fake.start()
        await ours.statistics()
        assert (await ours.open()).session == 2


async def test_a_token_that_no_header_can_hold_is_a_wrong_one() -> None:
    async with fake_biglybt() as fake, entered(fake, token=Secret("tökén")) as ours:
        for _ in range(2):
            with pytest.raises(AccessDenied):
                await ours.open()
        assert not fake.calls
