"""User scripts over the real engine: what they say counts, and those that misbehave are stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.adapters.scripting.engine import MontyEngine, MontySession
from app.adapters.scripting.folder import ScriptDirectory
from app.domain.errors import AppError, NotFound
from app.domain.reason import Text
from app.domain.rules.scripts import ScriptRule
from app.domain.script import ScriptLimits, ScriptProblem, ScriptsUnavailable
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Verdict
from app.locale.texts import say
from app.resource import resource
from app.services.events import AlertRaised, EventBus, ScriptsChanged
from app.services.script_ports import ScriptEngine, ScriptSession
from app.services.scripts import Scripts, located
from tests.domain.rules.sightings import sighting

LIMITS = ScriptLimits(time_ms=200)
LOOP = "def judge(client_name):\n    while True: pass"
BAN = "def judge(client_name): return 'bad' in client_name"


@dataclass
class Bench:
    """Scripts in a folder of their own, and what they announced."""

    scripts: Scripts
    folder: Path
    engine: MontyEngine
    alerts: list[AlertRaised] = field(default_factory=list)
    changes: int = 0
    happened: asyncio.Event = field(default_factory=asyncio.Event)

    def judge(self, *seen: Sighting) -> list[Verdict]:
        rule = ScriptRule(answering=self.scripts.answering)
        return [rule.judge(each) for each in seen]

    async def ask(self, *seen: Sighting) -> list[Action]:
        await self.scripts.prepare([Batch(seen)])
        return [verdict.action for verdict in self.judge(*seen)]


@asynccontextmanager
async def opened(folder: Path, engine: ScriptEngine | None = None) -> AsyncIterator[Bench]:
    folder.mkdir(exist_ok=True)
    (folder / "version").write_text("999")
    monty, bus = MontyEngine(), EventBus()
    files = ScriptDirectory(folder, resource("scripts"))
    scripts = Scripts(engine=engine or monty, files=files, bus=bus, limits=LIMITS, active=True)
    bench = Bench(scripts, folder, monty)

    def count(_event: ScriptsChanged) -> None:
        bench.changes += 1
        bench.happened.set()

    def note(event: AlertRaised) -> None:
        bench.alerts.append(event)
        bench.happened.set()

    bus.subscribe(AlertRaised, note)
    bus.subscribe(ScriptsChanged, count)
    yield bench
    await monty.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path / "scripts") as bench:
        yield bench


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(bench.scripts.run())
        yield
        task.cancel()


async def until(bench: Bench, count: int) -> None:
    """As many scripts run."""
    async with asyncio.timeout(10):
        while len(bench.scripts.answering.scripts) != count:
            await bench.happened.wait()
            bench.happened.clear()


async def test_a_saved_script_judges(bench: Bench) -> None:
    state = await bench.scripts.save("a.py", BAN)

    assert state.enabled
    assert state.problem is None
    assert await bench.ask(sighting(client_name="bad")) == [Action.BAN]
    assert await bench.ask(sighting(client_name="good")) == [Action.NO_ACTION]
    assert bench.changes == 1
    (state,) = bench.scripts.states()
    assert state.asked == 2
    assert state.micros > 0


async def test_the_same_values_are_asked_about_once(bench: Bench) -> None:
    await bench.scripts.save("a.py", BAN)
    await bench.ask(*[sighting(f"192.0.2.{n}", client_name="bad") for n in range(50)])
    await bench.ask(sighting(client_name="bad", uploaded=7))

    assert bench.scripts.states()[0].asked == 1


async def test_a_script_about_behaviour_is_asked_when_it_changes(bench: Bench) -> None:
    await bench.scripts.save("a.py", "def judge(uploaded): return uploaded > 5")

    assert await bench.ask(sighting(uploaded=1)) == [Action.NO_ACTION]
    assert await bench.ask(sighting(uploaded=7)) == [Action.BAN]


async def test_a_script_without_cache_remembers_from_call_to_call(bench: Bench) -> None:
    source = (
        "## @CACHEABLE false\nseen = []\n"
        "def judge(peer_port):\n    seen.append(peer_port)\n    return len(seen) > 2"
    )
    await bench.scripts.save("a.py", source)

    answers = [await bench.ask(sighting(at=at)) for at in (1, 1, 2, 3)]

    assert [each[0] for each in answers] == [Action.NO_ACTION] * 3 + [Action.BAN]


async def test_an_edited_script_judges_anew(bench: Bench) -> None:
    await bench.scripts.save("a.py", BAN)
    await bench.ask(sighting(client_name="bad"))

    await bench.scripts.save("a.py", "def judge(client_name): return '@friend'")

    assert bench.judge(sighting(client_name="bad"))[0].reason.id == "scripts-not-yet"
    assert await bench.ask(sighting(client_name="bad")) == [Action.SKIP]


async def test_x8_scripts_are_asked_together(bench: Bench) -> None:
    await bench.scripts.save("a.py", "def judge(): return '@trusted'")
    await bench.scripts.save("b.py", "def judge(): return True")

    assert await bench.ask(sighting()) == [Action.SKIP]


async def test_x9_an_answer_that_means_nothing_is_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.scripts.save("a.py", "def judge(peer_ip): return 7")

    assert await bench.ask(sighting()) == [Action.NO_ACTION]
    await bench.ask(sighting("192.0.2.7"))

    assert caplog.text.count("It answered 7") == 1
    assert bench.scripts.states()[0].enabled


async def test_a_peer_that_breaks_a_script_passes_and_the_others_do_not(bench: Bench) -> None:
    await bench.scripts.save("a.py", "def judge(peer_port): return 6 / (peer_port - 1) > 0")

    assert await bench.ask(sighting(port=1), sighting(port=2)) == [Action.NO_ACTION, Action.BAN]
    (state,) = bench.scripts.states()
    assert state.enabled
    assert state.problem is not None
    assert state.problem.line == 1
    assert "ZeroDivisionError" in say(located(state.problem))


async def test_a_script_that_cannot_be_read_is_off_until_it_is_edited(bench: Bench) -> None:
    state = await bench.scripts.save("a.py", "def judge(client_name) return 1")

    assert not state.enabled
    assert state.problem is not None
    assert state.problem.line == 1
    assert await bench.ask(sighting()) == [Action.NO_ACTION]
    assert (await bench.scripts.save("a.py", BAN)).enabled


async def test_a_script_that_breaks_on_everybody_is_switched_off(bench: Bench) -> None:
    await bench.scripts.save("a.py", "def judge(peer_port): return 1 / 0")
    await bench.ask(*[sighting(port=port) for port in range(1, 30)])

    assert not bench.scripts.states()[0].enabled
    (alert,) = bench.alerts
    assert "division by zero" in say(alert.text)


async def test_a_slow_script_is_switched_off_at_the_second_time(bench: Bench) -> None:
    await bench.scripts.save("a.py", LOOP)
    await bench.scripts.save("b.py", BAN)

    assert await bench.ask(sighting(client_name="bad 1")) == [Action.BAN]
    assert [state.enabled for state in bench.scripts.states()] == [True, True]
    assert await bench.ask(sighting(client_name="bad 2")) == [Action.BAN]

    assert [state.enabled for state in bench.scripts.states()] == [False, True]
    assert "200" in say(bench.alerts[0].text)


async def test_what_is_switched_off_stays_off(bench: Bench, tmp_path: Path) -> None:
    await bench.scripts.save("a.py", "def judge(peer_port): return 1 / 0")
    await bench.scripts.save("b.py", BAN)
    await bench.ask(*[sighting(port=port) for port in range(1, 30)])
    await bench.scripts.enable("b.py", on=False)

    async with opened(tmp_path / "scripts") as again:
        await again.scripts.reload()
        assert [state.enabled for state in again.scripts.states()] == [False, False]
        await again.scripts.save("a.py", BAN)
        await again.scripts.save("b.py", BAN + " ")
        assert [state.enabled for state in again.scripts.states()] == [True, False]
        assert (await again.scripts.enable("b.py", on=True)).enabled


async def test_a_script_that_waits_for_its_header_is_off(bench: Bench) -> None:
    assert not (await bench.scripts.save("a.py", "## @ACTIVE false\n" + BAN)).enabled
    assert (await bench.scripts.enable("a.py", on=True)).enabled


async def test_a_deleted_script_is_gone_with_its_switch(bench: Bench) -> None:
    await bench.scripts.save("a.py", BAN)
    await bench.scripts.enable("a.py", on=False)
    await bench.scripts.delete("a.py")

    assert bench.scripts.states() == ()
    with pytest.raises(NotFound):
        bench.scripts.source("a.py")
    assert (await bench.scripts.save("a.py", BAN)).enabled


async def test_the_source_is_what_was_saved(bench: Bench) -> None:
    await bench.scripts.save("a.py", BAN)

    assert bench.scripts.source("a.py") == BAN


async def test_without_the_rule_no_script_runs(bench: Bench) -> None:
    await bench.scripts.save("a.py", BAN)
    bench.scripts.use(LIMITS, active=False)

    assert bench.scripts.answering.scripts == ()
    assert await bench.ask(sighting(client_name="bad")) == [Action.NO_ACTION]
    assert bench.scripts.states()[0].enabled


async def test_a_try_out_says_answer_output_and_problem(bench: Bench) -> None:
    tried = await bench.scripts.evaluate_once(
        "def judge(peer_ip):\n    print('looking at', peer_ip)\n    return 'no'", sighting()
    )
    broken = await bench.scripts.evaluate_once("def judge(peer_ip): return 1 / 0", sighting())
    unread = await bench.scripts.evaluate_once("def judge(wealth): return 1", sighting())

    assert tried.answer is not None
    assert tried.answer.why == "no"
    assert tried.printed == "looking at 203.0.113.9\n"
    assert tried.micros > 0
    assert broken.answer is None
    assert broken.problem is not None
    assert unread.problem is not None
    assert unread.problem.text.id == "script-variable-unknown"


async def test_a_running_service_sees_files_that_others_change(bench: Bench) -> None:
    async with running(bench):
        (bench.folder / "a.py").write_text(BAN)
        await until(bench, 1)
        assert await bench.ask(sighting(client_name="bad")) == [Action.BAN]
        (bench.folder / "a.py").unlink()
        await until(bench, 0)


async def test_a_sweep_does_not_wait_for_a_slow_script(bench: Bench) -> None:
    bench.scripts.use(ScriptLimits(time_ms=3_000), active=True)
    (bench.folder / "a.py").write_text(LOOP)
    async with running(bench):
        await until(bench, 1)
        started = time.perf_counter()

        await bench.scripts.prepare([Batch([sighting()])])

        assert time.perf_counter() - started < 1
        (verdict,) = bench.judge(sighting())
        assert verdict.action is Action.NO_ACTION
        assert verdict.review_at == 1_000


async def test_the_rule_switched_on_later_runs_scripts(bench: Bench) -> None:
    (bench.folder / "a.py").write_text(BAN)
    bench.scripts.use(LIMITS, active=False)
    async with running(bench):
        await bench.scripts.prepare([Batch([sighting()])])
        bench.scripts.use(LIMITS, active=True)
        await until(bench, 1)


class NoWorker:
    """An engine whose worker program does not start."""

    @asynccontextmanager
    async def opened(
        self, source: str, limits: ScriptLimits, kept: bytes | None = None
    ) -> AsyncIterator[ScriptSession]:
        if source:
            raise ScriptsUnavailable("no such file")
        yield MontySession.__new__(MontySession)

    async def rest(self) -> None:
        """Nothing runs."""

    async def close(self) -> None:
        """Nothing runs."""


async def test_without_a_worker_all_pass_and_one_alert_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path / "scripts", NoWorker()) as bench:
        await bench.scripts.save("a.py", BAN)
        await bench.scripts.save("b.py", BAN)

        assert await bench.ask(sighting(client_name="bad")) == [Action.NO_ACTION]
        assert {alert.kind for alert in bench.alerts} == {"scripts-unavailable"}


async def test_a_folder_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    async with opened(tmp_path / "scripts") as bench:
        (bench.folder / "version").unlink()
        bench.folder.rmdir()
        bench.folder.write_text("a file")
        with pytest.raises(AppError):
            await bench.scripts.reload()
        async with running(bench), asyncio.timeout(10):
            await bench.happened.wait()
    assert bench.alerts[0].text.id == "scripts-unreadable"


def test_a_problem_without_a_place_is_its_text() -> None:
    assert located(ScriptProblem(text=Text("x"))) == Text("x")
