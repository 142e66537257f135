"""The program itself with a stopwatch on its loop; arguments are FIGURES STARTED SWEEPS and those of the program.

Nothing in `app` measures itself for this: sweeps announce themselves, and what else is timed is wrapped from here.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import time
from array import array
from collections.abc import Awaitable, Callable, Mapping
from functools import partial, wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from app.cli import main as run_program

P = ParamSpec("P")
T = TypeVar("T")

REST: Final = "at rest"
"""What the program prints once it has swept `RESTS_AFTER` times and does nothing: the moment to look at its memory."""
RESTS_AFTER: Final = 10
LAG_EVERY: Final = 0.005
"""Seconds between two looks at how late the loop is."""
_REST_DELAY: Final = 0.45
"""Seconds after a sweep, which come every second."""
_SLOW: Final = 0.016
_MOST_SLOW: Final = 200
_ADAPTER: Final = "app.adapters.downloaders.qbittorrent.downloader"
_PARTS: Final = (
    ("connect", _ADAPTER, "QBittorrent", "connect"),
    ("snapshot", _ADAPTER, "QBittorrent", "snapshot"),
    ("prepare", "app.services.judge", "Judge", "prepare"),
    ("judge", "app.services.peer_book", "PeerBook", "judge"),
    ("store", "app.services.ban_list", "BanList", "add"),
    ("reconcile", "app.services.reconcile", "Reconciler", "reconcile"),
)
"""What is timed: its name, and the method that does it. The program imports them when it wants them."""


class Stopwatch:
    """Collects what the loop does, step by step and sweep by sweep."""

    def __init__(self, started: float, sweeps: int) -> None:
        """`started` is the `time.monotonic` of the process's start; after `sweeps` sweeps the program ends."""
        self._started, self._wanted = started, sweeps
        self._cpu: dict[str, float] = {}
        self._cpu_at_start = self._cpu_before = 0.0
        self._beat_due: float | None = None
        self._beat_cpu = 0.0
        self._steps_before = 0
        self.steps, self.steps_cpu = array("d"), array("d")
        self.lags, self.lags_cpu = array("d"), array("d")
        self.slow: list[tuple[float, float, float, str]] = []
        self.sweeps: list[dict[str, float]] = []
        self.collections: list[tuple[float, int, float]] = []
        self.problems: list[str] = []

    def watch_steps(self) -> None:
        """Time each callback that the loop runs, on the clock and on the processor."""
        clock, processor = time.perf_counter, time.thread_time
        steps, steps_cpu = self.steps, self.steps_cpu

        def timed(run: Callable[[asyncio.Handle], None]) -> Callable[[asyncio.Handle], None]:
            def step(handle: asyncio.Handle) -> None:
                begun, begun_cpu = clock(), processor()
                run(handle)
                took, took_cpu = clock() - begun, processor() - begun_cpu
                steps.append(took)
                steps_cpu.append(took_cpu)
                if took > _SLOW and len(self.slow) < _MOST_SLOW:
                    at = time.monotonic() - self._started
                    self.slow.append((took, took_cpu, at, _name(handle)))

            return step

        _wrap(asyncio.Handle, "_run", timed)

    def watch_collections(self) -> None:
        """Time the garbage collector's runs."""
        begun = 0.0

        def watch(phase: str, facts: Mapping[str, int]) -> None:
            nonlocal begun
            if phase == "start":
                begun = time.perf_counter()
            else:
                at = time.monotonic() - self._started
                took = time.perf_counter() - begun
                self.collections.append((took, facts["generation"], at))

        gc.callbacks.append(watch)

    def watch_core(self) -> None:
        """Add up the processor time of the parts of a sweep, and hear when one is over."""
        for part, module, owner, name in _PARTS:
            # A kind of downloader is loaded when one of it is opened, which is a moment away.
            _wrap(getattr(import_module(module), owner), name, partial(self._metered, part))
        events = sys.modules["app.services.events"]

        def heard(publish: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
            def announce(bus: object, event: Any) -> None:  # noqa: ANN401 - not imported here
                begun = time.perf_counter()
                publish(bus, event)
                if isinstance(event, events.SweepFailed):
                    self.problems.append(repr(event.error))
                if isinstance(event, events.Swept):
                    self._on_swept(event, time.perf_counter() - begun)

            return announce

        _wrap(events.EventBus, "publish", heard)

    def figures(self) -> dict[str, Any]:
        """All of it, as JSON takes it; seconds."""
        return {
            "sweeps": self.sweeps,
            "steps": list(self.steps),
            "steps_before": self._steps_before,
            "steps_cpu": list(self.steps_cpu),
            "lags": list(self.lags),
            "lags_cpu": list(self.lags_cpu),
            "slow": sorted(self.slow, reverse=True),
            "collections": sorted(self.collections, reverse=True),
            "problems": self.problems,
            "modules": sorted({name.partition(".")[0] for name in sys.modules}),
        }

    def _metered(self, part: str, work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(work)
        async def metered(*args: P.args, **kwargs: P.kwargs) -> T:
            begun = time.process_time()
            if part == "connect":
                self._cpu_at_start = begun
            try:
                return await work(*args, **kwargs)
            finally:
                self._cpu[part] = self._cpu.get(part, 0.0) + time.process_time() - begun

        return metered

    def _on_swept(self, event: Any, announced: float) -> None:  # noqa: ANN401 - not imported here
        loop, timings = asyncio.get_running_loop(), event.timings
        if not self.sweeps:
            self._steps_before = len(self.steps)
            self._beat(loop)
            loop.call_soon(_show_peers)
        cpu = time.process_time()
        self.sweeps.append(
            {
                "at": time.monotonic() - self._started,
                "fetch": timings.fetch,
                "decode": timings.decode,
                "judge": timings.judge,
                "reconcile": timings.reconcile,
                "total": timings.total,
                "announce": announced,
                "cpu": cpu - self._cpu_at_start,
                "cpu_with_rest": cpu - self._cpu_before,
                **{f"cpu_{part}": seconds for part, seconds in self._cpu.items()},
                "peers": event.peers,
                "changed": len(event.changed),
                "bans": len(event.bans),
                "requests": event.snapshot.requests,
            }
        )
        self._cpu, self._cpu_before = {}, cpu
        if len(self.sweeps) == RESTS_AFTER:
            loop.call_later(_REST_DELAY, _say_rest)
        if len(self.sweeps) == self._wanted:
            os.kill(os.getpid(), signal.SIGTERM)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now, cpu = loop.time(), time.thread_time()
        if self._beat_due is not None:
            self.lags.append(now - self._beat_due)
            self.lags_cpu.append(cpu - self._beat_cpu)
        self._beat_due, self._beat_cpu = now + LAG_EVERY, cpu
        loop.call_later(LAG_EVERY, self._beat, loop)


def _wrap(owner: type, name: str, wrapping: Callable[[Any], Any]) -> None:
    setattr(owner, name, wrapping(getattr(owner, name)))


def _show_peers() -> None:
    """Open the page with the most rows, if there is a window."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is not None and widgets.QApplication.instance() is not None:
        for window in widgets.QApplication.topLevelWidgets():
            if hasattr(window, "open_page"):
                window.open_page("peers")


def _say_rest() -> None:
    print(REST, flush=True)


def _name(handle: asyncio.Handle) -> str:
    """Whose step it was; a task's is told by the innermost coroutine that waits."""
    callback = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return repr(callback)
    inner: Any = task.get_coro()
    names = []
    while inner is not None and hasattr(inner, "cr_code"):
        names.append(f"{inner.cr_code.co_name}:{inner.cr_frame.f_lineno if inner.cr_frame else 0}")
        inner = inner.cr_await
    return f"{task.get_name()}: {' > '.join(names)}"


def main() -> int:
    """Run the program as the rest of the command line says, then write the figures."""
    target, started, sweeps, *options = sys.argv[1:]
    watch = Stopwatch(float(started), int(sweeps))
    watch.watch_collections()

    def watched(run: Callable[..., int]) -> Callable[..., int]:
        def start(*args: object, **kwargs: object) -> int:
            watch.watch_steps()
            watch.watch_core()
            return run(*args, **kwargs)

        return start

    _wrap(asyncio.Runner, "run", watched)
    code = run_program(options)
    Path(target).write_text(json.dumps(watch.figures()), "utf-8")
    return code
