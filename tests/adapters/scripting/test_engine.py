"""Scripts that work, and scripts that attack: each is stopped within its limit while the loop goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from app.adapters.scripting.engine import MontyEngine
from app.domain.script import ScriptFailed, ScriptLimits, ScriptProblem, ScriptsUnavailable
from app.services.script_ports import Asked

LIMITS = ScriptLimits(time_ms=300, memory_bytes=64 * 2**20)


@pytest.fixture
async def engine() -> AsyncIterator[MontyEngine]:
    engine = MontyEngine()
    yield engine
    await engine.close()


async def ask(engine: MontyEngine, source: str, *values: object) -> Asked:
    """Call a script's `judge`, which has one parameter, for each value."""
    async with engine.opened(source, LIMITS) as session:
        return await session.ask([list(values)], len(values))


async def failure(engine: MontyEngine, source: str) -> ScriptFailed:
    with pytest.raises(ScriptFailed) as failed:
        await ask(engine, source, 1, 2)
    return failed.value


async def problem(engine: MontyEngine, source: str) -> ScriptProblem:
    return (await failure(engine, source)).problem


async def longest_lag(until: asyncio.Event) -> float:
    """Seconds by which a tick of 5 ms came late."""
    worst = 0.0
    while not until.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        worst = max(worst, time.perf_counter() - before - 0.005)
    return worst


async def test_answers_come_by_place_and_who_passes_is_left_out(engine: MontyEngine) -> None:
    source = "def judge(n):\n    return 'odd' if n % 2 else False"

    asked = await ask(engine, source, 1, 2, 3)

    assert asked.answers == {0: "odd", 2: "odd"}
    assert asked.broken == ()
    assert asked.problem is None


async def test_a_script_without_parameters_is_asked_too(engine: MontyEngine) -> None:
    async with engine.opened("def judge():\n    return 1", LIMITS) as session:
        assert (await session.ask([], 2)).answers == {0: 1, 1: 1}


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("True", True),
        ("7", 7),
        ("1.5", 1.5),
        ("'@trusted'", "@trusted"),
        ("BAN", "BAN"),
        ("BAN, 'why', 5", ["BAN", "why", 5]),
        ("'x' * 1000", "x" * 201),
        ("2 ** 200", -1),
        ("{}", ["?"]),
        ("b'x'", ["?"]),
        ("judge", ["?"]),
        ("[[1, 2], [3, 4]]", [["?"], ["?"]]),
    ],
)
async def test_only_plain_and_small_values_come_out(
    engine: MontyEngine, expression: str, answer: object
) -> None:
    asked = await ask(engine, f"def judge(n):\n    return {expression}", 1)

    assert asked.answers == {0: answer}


async def test_a_peer_that_breaks_a_script_does_not_lose_the_others(engine: MontyEngine) -> None:
    source = "def judge(n):\n    part = 6 / n\n    return part > 2"

    asked = await ask(engine, source, 0, 1, 2, 0)

    assert asked.answers == {1: True, 2: True}
    assert asked.broken == (0, 3)
    assert asked.problem is not None
    assert (asked.problem.line, asked.problem.column) == (2, 12)
    assert "division by zero" in str(asked.problem.text.params["reason"])


async def test_a_syntax_error_has_line_and_column(engine: MontyEngine) -> None:
    found = await problem(engine, "x = 1\ndef judge(n)\n    return 1")

    assert found.text.id == "script-syntax"
    assert (found.line, found.column) == (2, 13)


async def test_an_error_outside_judge_has_its_place(engine: MontyEngine) -> None:
    found = await problem(engine, "x = 1\ny = x / 0\ndef judge(n): pass")

    assert found.text.id == "script-raised"
    assert found.line == 2


async def test_what_a_script_keeps_it_has_next_time(engine: MontyEngine) -> None:
    source = "seen = []\ndef judge(n):\n    seen.append(n)\n    return len(seen)"
    async with engine.opened(source, LIMITS) as session:
        await session.ask([[1]], 1)
        kept = await session.keep()

    async with engine.opened(source, LIMITS, kept) as session:
        assert (await session.ask([[1]], 1)).answers == {0: 2}


async def test_too_much_memory_is_not_kept(engine: MontyEngine) -> None:
    source = "seen = ['x' * 1000 + str(n) for n in range(10_000)]\ndef judge(n): pass"
    async with engine.opened(source, LIMITS) as session:
        with pytest.raises(ScriptFailed) as failed:
            await session.keep()

    assert failed.value.problem.text.id == "script-remembers-too-much"


async def test_scripts_do_not_see_each_other(engine: MontyEngine) -> None:
    await ask(engine, "secret = 1\nlen = None\ndef judge(n): return 1", 1)

    assert (await ask(engine, "def judge(n): return len('abc')", 1)).answers == {0: 3}
    asked = await ask(engine, "def judge(n): return secret", 1)
    assert asked.broken == (0,)


ATTACKS = {
    "endless loop": "def judge(n):\n  while True: pass",
    "endless loop that catches everything": "def judge(n):\n  while True:\n    try:\n      while True: pass\n"
    "    except BaseException: pass",
    "endless loop at the top": "while True: pass\ndef judge(n): pass",
    "endless sum": "def judge(n): return sum(range(10 ** 15))",
    "endless generator": "def judge(n): return all(True for i in range(10 ** 15))",
    "memory bomb": "def judge(n):\n  hoard = []\n  while True: hoard.append('x' * 100_000)",
    "memory bomb that catches everything": "def judge(n):\n  hoard = []\n  while True:\n    try:\n"
    "      hoard.append('x' * 100_000)\n    except BaseException: pass",
    "huge text": "def judge(n): return 'x' * (1 << 40)",
    "huge list": "def judge(n): return [0] * 10 ** 9",
    "huge power": "def judge(n): return 2 ** 10 ** 10",
    "huge power at the top": "x = 2 ** 10 ** 10\ndef judge(n): pass",
    "doubling": "def judge(n):\n  text = 'a'\n  while True: text = text.replace('a', 'aa')",
    "percent format": "def judge(n): return '%1000000000d' % 1",
    "f-string format": "def judge(n): return f'{1:>2000000000}'",
    "output flood": "def judge(n):\n  while True: print('x' * 10_000)",
    "flood of short lines": "def judge(n):\n  while True: print(1)",
    "flood of unknown names": "def judge(n):\n  while True:\n    try: nothing\n    except NameError: pass",
    "large answers": "def judge(n): return ['x' * 30_000_000, 'y' * 30_000_000]",
    "depth of brackets": "(" * 30_000 + ")" * 30_000 + "\ndef judge(n): pass",
    "depth of signs": "-" * 60_000 + "1\ndef judge(n): pass",
    "depth of blocks": "".join(" " * n + "if 1:\n" for n in range(300)) + " " * 300 + "pass",
}


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS.keys())
async def test_an_attack_is_stopped_within_its_limits(engine: MontyEngine, source: str) -> None:
    started, over = time.perf_counter(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        beat = tasks.create_task(longest_lag(over))
        try:
            failed = await failure(engine, source)
        finally:
            over.set()

    # The limit, the grace after it, and what a loaded machine takes.
    assert time.perf_counter() - started < 0.3 + 0.25 + 1.5
    assert beat.result() < LAG
    assert failed.breach or failed.problem.text.id == "script-syntax"
    assert (await ask(engine, "def judge(n): return 1", 1)).answers == {0: 1}


LAG = 0.05
"""Seconds that the loop may be late while a script attacks."""


@pytest.mark.parametrize(
    "source",
    [
        "import socket\ndef judge(n): pass",
        "import subprocess\ndef judge(n): pass",
        "import app\ndef judge(n): pass",
        "__import__('os')\ndef judge(n): pass",
        "open('/etc/hostname').read()\ndef judge(n): pass",
        "open('x', 'w')\ndef judge(n): pass",
        "from pathlib import Path\nPath('/etc/hostname').read_text()\ndef judge(n): pass",
        "import os\nos.environ['PATH']\ndef judge(n): pass",
        "import os\nos.listdir('/')\ndef judge(n): pass",
        "import os\nos.system('ls')\ndef judge(n): pass",
        "().__class__.__bases__[0].__subclasses__()\ndef judge(n): pass",
        "'{0.__class__.__init__.__globals__}'.format(1)\ndef judge(n): pass",
        "x: int\nglobals()['__builtins__']['open']\ndef judge(n): pass",
        "input()\ndef judge(n): pass",
        "breakpoint()\ndef judge(n): pass",
    ],
)
async def test_there_is_no_way_out(engine: MontyEngine, source: str) -> None:
    assert (await problem(engine, source)).text.id in {"script-raised", "script-syntax"}


@pytest.mark.parametrize(
    "source",
    [
        "import re\ndef judge(n): return re.match('(a+)+$', 'a' * 5000 + 'b') is None",
        "import re\ndef judge(n): return re.match(r'(a|aa)+\\1$', 'a' * 5000 + 'b') is None",
        "def judge(n): return judge(n)",
        "import time\ndef judge(n):\n  time.sleep(100)\n  return 1",
        "import asyncio\nasync def nap(): await asyncio.sleep(9)\ndef judge(n): return asyncio.run(nap()) or 1",
        "def judge(n):\n  deep = []\n  for i in range(100_000): deep = [deep]\n  return deep",
        "def judge(n):\n  loop = []\n  loop.append(loop)\n  return loop",
    ],
)
async def test_what_looks_slow_ends_quickly(engine: MontyEngine, source: str) -> None:
    started = time.perf_counter()
    asked = await ask(engine, source, 1)

    assert time.perf_counter() - started < 0.3 + 1.5
    assert asked.answers or asked.broken


@pytest.mark.parametrize(
    "source",
    [
        "type = 1\nlen = 2\nstr = 3\nException = 4\ndef judge(n): return 'x'",
        "def type(x): return str\ndef judge(n): return [1, 2, 3, 4]",
        "def judge(n):\n  global __plain\n  __plain = lambda a, b: 1\n  return 1",
        "def judge(n):\n  global __run\n  __run = lambda rows: 'mine'\n  return 1",
        "def zip(*columns): return [[1]] * 100_000\ndef judge(n): return 1",
        "def range(*x): return 'x'\ndef enumerate(x): return 'y'\ndef judge(n): return 1",
    ],
)
async def test_a_script_that_replaces_names_gains_nothing(engine: MontyEngine, source: str) -> None:
    try:
        asked = await ask(engine, source, 1, 2)
    except ScriptFailed:
        return
    assert set(asked.answers) <= {0, 1}


async def test_the_worker_inherits_nothing(
    engine: MontyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERWARDEN_API_TOKEN", "not for scripts")
    before = set(psutil.Process().children())
    async with engine.opened("def judge(n): return 1", LIMITS):
        (worker,) = set(psutil.Process().children()) - before
        environment, command = worker.environ(), worker.cmdline()

    assert environment == {}
    assert "not for scripts" not in " ".join(command)


async def test_no_process_runs_before_the_first_script_nor_after_the_last(
    engine: MontyEngine,
) -> None:
    before = set(psutil.Process().children())
    await ask(engine, "def judge(n): return 1", 1)
    (worker,) = set(psutil.Process().children()) - before

    await engine.rest()

    _, alive = await asyncio.to_thread(psutil.wait_procs, [worker], 5)
    assert alive == []
    assert (await ask(engine, "def judge(n): return 1", 1)).answers == {0: 1}


async def test_a_worker_in_use_is_not_ended(engine: MontyEngine) -> None:
    async with engine.opened("def judge(n): return 1", LIMITS) as session:
        await engine.rest()

        assert (await session.ask([[1]], 1)).answers == {0: 1}


async def test_a_worker_that_dies_is_replaced(engine: MontyEngine) -> None:
    before = set(psutil.Process().children())

    async def ask_a_dead_one() -> None:
        async with engine.opened("def judge(n): return 1", LIMITS) as session:
            (worker,) = set(psutil.Process().children()) - before
            worker.kill()
            await session.ask([[1]], 1)

    with pytest.raises(ScriptFailed) as failed:
        await ask_a_dead_one()
    assert failed.value.breach
    assert (await ask(engine, "def judge(n): return 1", 1)).answers == {0: 1}


async def test_without_the_worker_program_scripts_are_unavailable(tmp_path: Path) -> None:
    engine = MontyEngine(tmp_path / "monty")

    with pytest.raises(ScriptsUnavailable):
        async with engine.opened("def judge(n): return 1", LIMITS):
            pass
    await engine.close()


async def test_cancelling_ends_a_call_at_once(engine: MontyEngine) -> None:
    started = time.perf_counter()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ask(engine, ATTACKS["endless loop"], 1)

    assert time.perf_counter() - started < 1
    assert (await ask(engine, "def judge(n): return 1", 1)).answers == {0: 1}


@pytest.mark.parametrize(
    "values",
    [
        ["a", "", "µ", "\u2028", "\U0001f600"],
        ["a\x1fb", '"\\', "\x00"],
        ["a", 1],
        [["x"], []],
        [0, -1, 2**53, 2**63 - 1],
        [0.0, 1.0, 0.1, 2 / 3, 5e-324, 1e300],
        [True, False],
    ],
)
async def test_values_arrive_as_they_are(engine: MontyEngine, values: list[object]) -> None:
    asked = await ask(engine, "def judge(n): return repr(n)", *values)

    assert asked.answers == {place: repr(value) for place, value in enumerate(values)}
