"""Runs scripts in Monty: a Python subset without files, network, imports of ours or a way out, in worker processes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar, TypeVarTuple

from msgspec import json
from pydantic_monty import (
    CollectString,
    Frame,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySyntaxError,
)
from pydantic_monty import MontySession as MontyWorker

from app.adapters.scripting.workshop import PROCESSES, Workshop
from app.domain.reason import Text
from app.domain.script import (
    MAX_REASON,
    ScriptFailed,
    ScriptLimits,
    ScriptProblem,
    ScriptsUnavailable,
)
from app.domain.verdict import Action
from app.services.script_ports import Asked

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_MAX_PRINTED: Final = 16 * 1024
_MAX_KEPT: Final = 4 * 2**20
_OVER_PRINT: Final = re.compile(rf"> {_MAX_PRINTED} bytes$")
_SOURCE: Final = "<python-input-0>"
"""What Monty calls the first thing that a fresh session reads."""

_CONSTANTS: Final = {action.name: action.name for action in Action}

# `judge` is called for each peer, and one that it breaks on does not lose the others. What it returns is cut to plain
# and small values here, where a limit holds. A script may redefine all names: the answer is not trusted.
_RUNNER: Final = f"""
def __plain(value, deep):
    kind = type(value)
    if kind is bool or kind is float:
        return value
    if kind is int:
        return value if -9007199254740992 < value < 9007199254740992 else -1
    if kind is str:
        return value[:{MAX_REASON + 1}]
    if deep and (kind is tuple or kind is list) and 2 <= len(value) <= 3:
        return [__plain(part, False) for part in value]
    return ['?']

def __run(__rows):
    answers = []
    broken = []
    place = 0
    for __row in __rows:
        try:
            said = judge(*__row)
            if said is not False and said is not None:
                answers.append((place, __plain(said, True)))
        except Exception:
            broken.append(place)
        place += 1
    return answers, broken
"""
_ASK: Final = "import json as __json\n__run(zip(*__json.loads(__columns)))"


class MontyEngine:
    """Starts a worker process with the first script, and ends it with `close`."""

    def __init__(self, binary: Path | None = None) -> None:
        self._binary = binary
        self._workshop: Workshop | None = None
        self._opening = asyncio.Lock()
        self._places = asyncio.Semaphore(PROCESSES)
        self._in_use = 0

    @asynccontextmanager
    async def opened(
        self, source: str, limits: ScriptLimits, kept: bytes | None = None
    ) -> AsyncIterator[MontySession]:
        """A script that has run its top level, or goes on from what it `kept`.

        Raises ScriptFailed, also from the calls inside, and ScriptsUnavailable.
        """
        async with self._places, AsyncExitStack() as stack:
            self._in_use += 1
            stack.callback(self._give_back)
            try:
                workshop = await self._open()
                worker = await workshop.enter(limits)
            except (MontyError, OSError, RuntimeError) as error:
                raise ScriptsUnavailable(str(error) or type(error).__name__) from error
            stack.push_async_callback(workshop.run, worker.__exit__, None, None, None)
            session = MontySession(workshop, worker, limits)
            try:
                await session.start(source, kept)
                yield session
            except MontyCrashedError as error:
                raise _crashed(error, limits) from error
            except MontyError as error:
                raise ScriptFailed(_problem(error, limits), breach=_is_breach(error)) from error

    async def rest(self) -> None:
        """End the worker processes unless one is in use."""
        if not self._in_use:
            await self.close()

    async def close(self) -> None:
        """End the worker processes; the next script starts new ones."""
        async with self._opening:
            workshop, self._workshop = self._workshop, None
            if workshop is not None:
                await workshop.close()

    def _give_back(self) -> None:
        self._in_use -= 1

    async def _open(self) -> Workshop:
        async with self._opening:
            if self._workshop is None:
                workshop = Workshop(self._binary)
                await workshop.open()
                self._workshop = workshop
            return self._workshop


class MontySession:
    """One script in a worker."""

    def __init__(self, workshop: Workshop, worker: MontyWorker, limits: ScriptLimits) -> None:
        self._workshop, self._worker, self._limits = workshop, worker, limits
        self._printed = CollectString(max_bytes=_MAX_PRINTED)

    async def start(self, source: str, kept: bytes | None) -> None:
        """Run the top level, or take it and what it became from `kept`."""
        if kept is not None:
            await self._run(self._worker.load_session, kept)
            return
        await self._run(self._begin, source)

    async def ask(self, columns: Sequence[list[object]], rows: int) -> Asked:
        """Call `judge` for each of `rows` peers, whose values stand in one column per parameter."""
        # One long text takes a quarter of the time of thousands of values.
        inputs = {"__columns": json.encode(columns).decode()} if columns else None
        call = _ASK if columns else f"__run([()] * {rows})"
        returned = await self._feed(call, inputs)
        answers, broken = _checked(returned, rows)
        problem = None
        if broken:
            problem = await self._why_broken([column[broken[0]] for column in columns])
        return Asked(
            answers=answers,
            broken=tuple(broken),
            problem=problem,
            printed=self._printed.output,
        )

    async def keep(self) -> bytes:
        """All that the script remembers; raises ScriptFailed when that is too much."""
        kept = await self._run(self._worker.dump)
        if len(kept) > _MAX_KEPT:
            text = Text("script-remembers-too-much", {"limit_bytes": _MAX_KEPT})
            raise ScriptFailed(ScriptProblem(text=text), breach=True)
        return kept

    async def _why_broken(self, row: list[object]) -> ScriptProblem | None:
        """Let it break once more, for the place; a script that answers this time has none."""
        names = [f"__v{place}" for place in range(len(row))]
        try:
            await self._feed(f"judge({', '.join(names)})", dict(zip(names, row, strict=True)))
        except MontyRuntimeError as error:
            if _is_breach(error):
                raise
            return _problem(error, self._limits)
        return None

    async def _feed(self, code: str, inputs: dict[str, Any] | None = None) -> object:
        return await self._run(self._feed_now, code, inputs)

    def _begin(self, source: str) -> None:
        self._feed_now(source, _CONSTANTS)
        self._feed_now(_RUNNER, None)

    def _feed_now(self, code: str, inputs: dict[str, Any] | None) -> object:
        answer: object = self._worker.feed_run(code, inputs=inputs, print_callback=self._printed)
        return answer

    async def _run(self, call: Callable[[*Ts], T], *arguments: *Ts) -> T:
        return await self._workshop.run(call, *arguments, worker=self._worker)


def _checked(returned: object, rows: int) -> tuple[dict[int, object], list[int]]:
    """What the runner answered, unless the script put something of its own in its place."""
    match returned:
        case (list() as said, list() as broken) if all(_is_place(each, rows) for each in broken):
            answers = {}
            for each in said:
                match each:
                    case (place, value) if _is_place(place, rows):
                        answers[place] = value
                    case _:
                        break
            else:
                return answers, broken
    text = Text("script-answer-unknown")
    raise ScriptFailed(ScriptProblem(text=text))


def _is_place(value: object, rows: int) -> bool:
    return type(value) is int and 0 <= value < rows


def _problem(error: MontyError, limits: ScriptLimits) -> ScriptProblem:
    """`error` in words, with its place in the source where it has one."""
    cause = error.exception()
    said = str(cause)[:MAX_REASON]
    if isinstance(error, MontyRuntimeError) and isinstance(cause, TimeoutError):
        return ScriptProblem(text=Text("script-too-slow", {"limit": limits.time_ms}))
    if isinstance(error, MontyRuntimeError) and isinstance(cause, MemoryError):
        if _OVER_PRINT.search(said):
            return ScriptProblem(text=Text("script-prints-too-much", {"limit_bytes": _MAX_PRINTED}))
        return ScriptProblem(text=Text("script-too-large", {"limit_bytes": limits.memory_bytes}))
    if _is_breach(error):
        return ScriptProblem(text=Text("script-asks-too-much"))
    frame = _place(error)
    if isinstance(error, MontySyntaxError):
        text = Text("script-syntax", {"reason": said})
    else:
        text = Text("script-raised", {"reason": f"{type(cause).__name__}: {said}"})
    if frame is None:
        return ScriptProblem(text=text)
    return ScriptProblem(text=text, line=frame.line, column=frame.column)


def _place(error: MontyError) -> Frame | None:
    """The innermost place in the script itself."""
    if not isinstance(error, (MontySyntaxError, MontyRuntimeError)):
        return None
    frames = [frame for frame in error.traceback() if frame.filename == _SOURCE]
    return frames[-1] if frames else None


def _is_breach(error: MontyError) -> bool:
    """Whether a limit stopped it: those errors a script cannot catch."""
    if not isinstance(error, MontyRuntimeError):
        return False
    cause = error.exception()
    return isinstance(cause, (TimeoutError, MemoryError)) or "suspension limit" in str(cause)


def _crashed(error: MontyCrashedError, limits: ScriptLimits) -> ScriptFailed:
    slow = Text("script-too-slow", {"limit": limits.time_ms})
    text = slow if error.timed_out else Text("script-crashed")
    return ScriptFailed(ScriptProblem(text=text), breach=True)
