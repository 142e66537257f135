"""Background commands: who owns them, and what happens when they fail."""

import asyncio

import pytest

from app.domain.errors import Refused
from app.domain.reason import Text
from app.services.events import CommandFailed, EventBus
from app.services.tasks import Tasks


async def fail(error: Exception) -> None:
    raise error


async def test_a_refusal_is_announced() -> None:
    bus = EventBus()
    told: list[CommandFailed] = []
    bus.subscribe(CommandFailed, told.append)
    error = Refused(Text("ban-unknown", {"address": "x"}))
    await Tasks(bus).start(fail(error), "unban")
    assert told == [CommandFailed("unban", error)]


@pytest.mark.logs_errors
async def test_a_bug_is_logged_and_announced_without_details() -> None:
    bus = EventBus()
    told: list[CommandFailed] = []
    bus.subscribe(CommandFailed, told.append)
    await Tasks(bus).start(fail(ValueError("secret")), "unban")
    assert told == [CommandFailed("unban", None)]


async def test_closing_cancels_what_runs_and_what_never_started() -> None:
    tasks = Tasks(EventBus())
    running = tasks.start(asyncio.sleep(3600), "sleep")
    await asyncio.sleep(0)
    never = tasks.start(asyncio.sleep(3600), "never started")
    await tasks.close()
    assert running.cancelled()
    assert never.cancelled()
