"""The user's scripts: loads them, asks them about peers before these are judged, and stops those that misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.errors import AppError, NotFound
from app.domain.reason import Text
from app.domain.rules.scripts import Answering, ScriptAnswers
from app.domain.script import (
    Answer,
    ScriptFailed,
    ScriptLimits,
    ScriptProblem,
    ScriptsUnavailable,
    read_answer,
    read_header,
    wanted_variables,
)
from app.domain.script_values import ShownValues
from app.domain.sighting import Batch, Sighting
from app.locale.texts import say
from app.services.events import AlertRaised, EventBus, ScriptsChanged
from app.services.script_ports import Asked, ScriptEngine, ScriptFiles, Switch
from app.services.script_state import Script, ScriptState
from app.services.slices import Slices

log = logging.getLogger(__name__)

_BUDGET: Final = 0.5
"""Seconds that a sweep waits for scripts; who has no answer then gets it next time."""
_LOOK_EVERY: Final = 3.0
_VALUES_PER_CALL: Final = 8_000
_ROWS_PER_CALL: Final = 2_500
"""Both come to some 3 ms of making texts of values and handing them to the worker."""
_MAX_BREACHES: Final = 2
_ENOUGH_BROKEN: Final = 20
_RETRY: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedOut:
    """One script asked about one peer."""

    answer: Answer | None
    problem: ScriptProblem | None
    printed: str
    micros: float


class Scripts:
    """Lists, edits and asks the scripts; `answering` is what their rule judges by.

    It can be used without `run`, for a single judgement; then `prepare` takes as long as the scripts do.
    """

    def __init__(
        self,
        *,
        engine: ScriptEngine,
        files: ScriptFiles,
        bus: EventBus,
        limits: ScriptLimits,
        active: bool,
    ) -> None:
        self._engine, self._files, self._bus = engine, files, bus
        self._limits, self._active = limits, active
        self.answering = Answering()
        self._scripts: dict[str, Script] = {}
        self._switches: dict[str, Switch] = {}
        self._stamp: object = None
        self._folder_problem: Text | None = None
        self._retry_at: float | None = None
        self._loading = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._work = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._running = False

    def use(self, limits: ScriptLimits, *, active: bool) -> None:
        """Take over settings; scripts stop at once when their rule is off, and start with the next look."""
        if active != self._active:
            self._stamp = None
        self._limits, self._active = limits, active
        self._publish()
        self._work.set()

    async def run(self) -> None:
        """Ask what `prepare` wants, look for changed files, until cancelled."""
        self._running = True
        try:
            looked = 0.0
            while True:
                if time.monotonic() - looked >= _LOOK_EVERY or self._stamp is None:
                    looked = time.monotonic()
                    await self._look()
                if not self._running_scripts():
                    await self._engine.rest()
                try:
                    async with asyncio.timeout(_LOOK_EVERY):
                        await self._work.wait()
                except TimeoutError:
                    continue
                self._work.clear()
                await self._work_off()
        finally:
            self._running = False
            self._settled.set()
            await self._engine.close()

    async def prepare(self, batches: Sequence[Batch]) -> None:
        """Let the scripts answer about these; returns after half a second at most, whoever has answered."""
        scripts = self._running_scripts()
        slices = Slices()
        for batch in batches:
            for script in scripts:
                script.want(batch)
            await slices.rest_if_due()
        if not any(script.pending for script in scripts):
            return
        if not self._running:
            await self._work_off()
            return
        self._settled.clear()
        self._work.set()
        try:
            async with asyncio.timeout(_BUDGET):
                await self._settled.wait()
        except TimeoutError:
            log.debug("scripts still run; the peers wait for their answers")

    def states(self) -> tuple[ScriptState, ...]:
        """By file name."""
        return tuple(script.state() for script in self._scripts.values())

    def source(self, name: str) -> str:
        """The text of a script; empty when the file is no text. Raises NotFound."""
        return self._find(name).source or ""

    async def save(self, name: str, source: str) -> ScriptState:
        """Create or replace a script; one that cannot be read is kept too, and its state says why it is off."""
        await asyncio.to_thread(self._files.save, name, source)
        await self.reload(quiet=True)
        return self._find(name).state()

    async def delete(self, name: str) -> None:
        """Raises NotFound."""
        self._find(name)
        await asyncio.to_thread(self._files.delete, name)
        if self._switches.pop(name, None) is not None:
            await asyncio.to_thread(self._files.switch, dict(self._switches))
        await self.reload()

    async def enable(self, name: str, *, on: bool) -> ScriptState:
        """Switch a script on, also one that misbehaved, or off until it is switched on again."""
        self._find(name)
        await self._switch(name, Switch(on=on))
        self._scripts.pop(name)
        await self.reload(quiet=True)
        return self._find(name).state()

    async def evaluate_once(self, source: str, sighting: Sighting) -> TriedOut:
        """What a script, saved or not, says of a peer; raises ScriptsUnavailable."""
        started = time.perf_counter()
        answer, printed = None, ""
        try:
            variables = wanted_variables(source)
            answers = ScriptAnswers("", variables, cacheable=True)
            async with self._engine.opened(source, self._limits) as session:
                keys = list(answers.missing(Batch([sighting])))
                asked = await session.ask(answers.columns(keys, ShownValues()), 1)
            printed, problem = asked.printed, asked.problem
            answer = read_answer(asked.answers.get(0))
        except ScriptFailed as error:
            problem = error.problem
        micros = (time.perf_counter() - started) * 1e6
        return TriedOut(answer=answer, problem=problem, printed=printed, micros=micros)

    async def reload(self, *, quiet: bool = False) -> None:
        """Read the folder; scripts whose source is the same keep their answers. `quiet` raises no alerts."""
        async with self._loading:
            self._retry_at = None
            stamp = await asyncio.to_thread(self._files.stamp)
            folder = await asyncio.to_thread(self._files.load)
            self._switches = dict(folder.switches)
            scripts: dict[str, Script] = {}
            for name in sorted(folder.sources):
                old, source = self._scripts.get(name), folder.sources[name]
                keeps = old is not None and old.source == source and (old.ready or old.stopped)
                scripts[name] = old if old is not None and keeps else self._made(name, source)
            self._scripts = scripts
            if self._active:
                for script in scripts.values():
                    if script.on and not script.ready:
                        await self._read(script, quiet=quiet)
            self._stamp = stamp
            self._publish()

    def _made(self, name: str, source: str | None) -> Script:
        header = read_header(source or "", name)
        switch = self._switches.get(name)
        if switch is None or (switch.source_hash and switch.source_hash != _hash(source)):
            switch = Switch(on=header.active)
        return Script(file=name, source=source, header=header, on=switch.on)

    async def _read(self, script: Script, *, quiet: bool) -> None:
        """Let the engine read it; one that cannot be read is off."""
        try:
            source = _readable(script)
            script.read(wanted_variables(source))
            async with self._engine.opened(source, self._limits):
                script.ready = True
        except ScriptFailed as error:
            script.problem = error.problem
            await self._stop(script, quiet=quiet)
        except ScriptsUnavailable as error:
            self._unavailable(error)

    async def _look(self) -> None:
        """Read the folder again if something changed there, or if scripts could not run a minute ago."""
        retries = self._retry_at is not None and time.monotonic() >= self._retry_at
        try:
            stamp = await asyncio.to_thread(self._files.stamp)
            if retries or self._stamp is None or stamp != self._stamp:
                await self.reload()
            self._folder_problem = None
        except AppError as error:
            self._stamp = ()
            if error.text != self._folder_problem:
                self._folder_problem = error.text
                log.warning("%s", say(error.text))
                self._bus.publish(AlertRaised(kind="scripts-folder", text=error.text))

    def _running_scripts(self) -> list[Script]:
        return [each for each in self._scripts.values() if each.on and each.ready and self._active]

    def _publish(self) -> None:
        """Make the rule ask those scripts that run; only a change of them is announced."""
        now = tuple(each.answers for each in self._running_scripts() if each.answers is not None)
        if now != self.answering.scripts:
            self.answering.scripts = now
            self._bus.publish(ScriptsChanged())

    async def _work_off(self) -> None:
        """Ask until nothing is wanted; one at a time, whoever calls."""
        async with self._asking:
            while wanted := [each for each in self._running_scripts() if each.pending]:
                shown = ShownValues()
                for script in wanted:
                    await self._ask(script, shown)
            self._settled.set()

    async def _ask(self, script: Script, shown: ShownValues) -> None:
        """Get all the answers that are wanted of one script; what it breaks on passes."""
        pending = script.take()
        keys = list(pending)
        rows = min(_ROWS_PER_CALL, max(1, _VALUES_PER_CALL // max(1, len(script.variables))))
        left = [keys[start : start + rows] for start in range(0, len(keys), rows)]
        answers: dict[Hashable, Answer] = {}
        while left and script.on:
            try:
                await self._ask_through(script, left, shown, answers)
            except ScriptFailed as error:
                if left:
                    left.pop(0)
                script.problem = error.problem
                script.breaches += error.breach
                if not error.breach or script.breaches >= _MAX_BREACHES:
                    await self._stop(script)
            except ScriptsUnavailable as error:
                self._unavailable(error)
                return
        if script.answers is not None:
            script.answers.put(pending, answers)

    async def _ask_through(
        self,
        script: Script,
        left: list[list[Hashable]],
        shown: ShownValues,
        answers: dict[Hashable, Answer],
    ) -> None:
        """Ask about one part after the other, and take away from `left` those that are done."""
        async with self._engine.opened(script.source or "", self._limits, script.kept) as session:
            while left and script.answers is not None:
                keys = left[0]
                columns = script.answers.columns(keys, shown)
                started = time.perf_counter()
                asked = await session.ask(columns, len(keys))
                script.count(len(keys), len(asked.broken), time.perf_counter() - started)
                script.problem = asked.problem or script.problem
                answers.update(self._meant(script, keys, asked))
                left.pop(0)
                if script.asked >= _ENOUGH_BROKEN and script.broken == script.asked:
                    await self._stop(script)
                    return
            if not script.header.cacheable:
                script.kept = await session.keep()

    def _meant(
        self, script: Script, keys: Sequence[Hashable], asked: Asked
    ) -> dict[Hashable, Answer]:
        """The answers that mean something; the first that does not is logged."""
        answers = {}
        for place, returned in asked.answers.items():
            try:
                answer = read_answer(returned)
            except ScriptFailed as error:
                if script.problem is None:
                    log.warning("script %s: %s", script.file, say(error.text))
                script.problem = error.problem
            else:
                if answer is not None:
                    answers[keys[place]] = answer
        return answers

    async def _stop(self, script: Script, *, quiet: bool = False) -> None:
        """Switch it off until it is edited or switched on."""
        script.on = False
        script.drop()
        self._publish()
        if self._scripts.get(script.file) is not script:
            return  # edited meanwhile
        problem = script.problem
        what = "" if problem is None else located(problem)
        text = Text("script-switched-off", {"script": script.header.name, "what": what})
        log.warning("%s", say(text))
        if not quiet:
            self._bus.publish(AlertRaised(kind=f"script-off-{script.file}", text=text))
        try:
            await self._switch(script.file, Switch(on=False, source_hash=_hash(script.source)))
        except AppError as error:
            log.warning("that could not be noted: %s", say(error.text))

    async def _switch(self, name: str, switch: Switch) -> None:
        self._switches[name] = switch
        await asyncio.to_thread(self._files.switch, dict(self._switches))

    def _unavailable(self, error: ScriptsUnavailable) -> None:
        if self._retry_at is not None:
            return
        self._retry_at = time.monotonic() + _RETRY
        log.warning("%s", say(error.text))
        self._bus.publish(AlertRaised(kind="scripts-unavailable", text=error.text, severe=True))

    def _find(self, name: str) -> Script:
        found = self._scripts.get(name)
        if found is None:
            raise NotFound(Text("script-unknown", {"name": name}))
        return found


def _readable(script: Script) -> str:
    if script.source is None:
        raise ScriptFailed(ScriptProblem(text=Text("script-not-text")))
    return script.source


def located(problem: ScriptProblem) -> Text:
    """What is wrong, with its place where there is one."""
    if problem.line is None:
        return problem.text
    return Text(
        "script-problem-at",
        {"line": problem.line, "column": problem.column or 1, "what": problem.text},
    )


def _hash(source: str | None) -> str:
    return hashlib.sha256((source or "").encode("utf-8", "surrogatepass")).hexdigest()
