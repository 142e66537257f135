"""Prints what bad neighbours cost a healthy downloader: `python -m tests.bench.isolation [--rounds N] [--sweeps N]`.

One program watches a simulated qBittorrent over real HTTP, alone and beside four others: one hangs, one refuses, one
drips, one answers 30 MB. What runs on its loop and in its threads is put down to the downloader that it is for by a
context variable, which tasks, transports and threads inherit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final

from app.adapters.config_files import CONFIG, PROFILE, ConfigFiles
from app.bootstrap import running
from app.demo.process import DemoServer
from app.options import Options
from app.services.core import Core
from app.services.events import SweepFailed, Swept
from app.services.sweep import Watcher
from app.settings.downloader import DownloaderSettings, downloader_changes
from app.settings.secret import Secret
from tests.bench.figures import machine, percentile
from tests.bench.neighbours import DRIPS, HANGS, HUGE, JUNK, REFUSES
from tests.integration.program import stay_alone

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_HEALTHY: Final = "healthy"
_PEERS, _TORRENTS = 2_000, 25
_INTERVAL_MS: Final = 1_500
_DEADLINE_MS: Final = 10_000
"""Of the bad ones, so that they fail more than once."""
_SETTLING: Final = 2
"""Sweeps of each phase that do not count: the neighbours come and go."""
_MOST: Final = 0.05
"""By which share neighbours may change the healthy one's interval and processor time."""
_PATIENCE: Final = 60.0

_owner: ContextVar[str] = ContextVar("owner", default="")


@dataclass(slots=True)
class Phase:
    """What was seen of the healthy one."""

    starts: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    neighbours: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    neighbour_cpu: float = 0.0
    seconds: float = 0.0

    @property
    def intervals(self) -> list[float]:
        """From start to start."""
        counted = self.starts[_SETTLING:]
        return [later - earlier for earlier, later in pairwise(counted)]


class Account:
    """Processor time by downloader."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def open(self) -> None:
        """Watch the loop's steps and the threads that it hands work to, from now on."""
        seconds, clock = self.seconds, time.thread_time

        def timed(run: Callable[[Any], None]) -> Callable[[Any], None]:
            def step(handle: Any) -> None:  # noqa: ANN401 - its context is no part of its type
                begun = clock()
                run(handle)
                seconds[handle._context.get(_owner, "")] += clock() - begun  # noqa: SLF001

            return step

        def in_thread(to_thread: Callable[..., Any]) -> Callable[..., Any]:
            async def measured(work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on
                owner = _owner.get()

                def whole() -> Any:  # noqa: ANN401 - the same
                    begun = clock()
                    try:
                        return work(*args, **kwargs)
                    finally:
                        seconds[owner] += clock() - begun

                return await to_thread(whole)

            return measured

        def owned(watch: Callable[[Any], Any]) -> Callable[[Any], Any]:
            async def named(watcher: Any) -> None:  # noqa: ANN401 - what is private is looked at
                _owner.set(watcher._ref.id)  # noqa: SLF001
                await watch(watcher)

            return named

        _wrap(asyncio.Handle, "_run", timed)
        _wrap(asyncio, "to_thread", in_thread)
        _wrap(Watcher, "watch", owned)


def _wrap(owner: Any, name: str, wrapping: Callable[[Any], Any]) -> None:  # noqa: ANN401 - a class or a module
    setattr(owner, name, wrapping(getattr(owner, name)))


@asynccontextmanager
async def neighbours() -> AsyncIterator[dict[str, str]]:
    """The addresses of the bad ones, by what they do."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.neighbours"],
        cwd=_CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(await asyncio.to_thread(process.stdout.readline))
    finally:
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


async def phase(core: Core, account: Account, sweeps: int) -> Phase:
    """Watch the healthy one for so many sweeps."""
    seen, done = Phase(), asyncio.Event()
    spent = dict(account.seconds)
    started = time.perf_counter()

    def on_swept(event: Swept) -> None:
        now = time.perf_counter()
        if event.downloader != _HEALTHY:
            seen.neighbours[event.downloader].append("swept")
            return
        seen.starts.append(now - event.timings.total)
        seen.cpu.append(account.seconds[_HEALTHY])
        if len(seen.starts) == sweeps:
            done.set()

    def on_failed(event: SweepFailed) -> None:
        seen.neighbours[event.downloader].append("failed")
        if event.downloader == _HEALTHY:
            raise RuntimeError(str(event.error))

    ends = [core.bus.subscribe(Swept, on_swept), core.bus.subscribe(SweepFailed, on_failed)]
    async with asyncio.timeout(sweeps * 10 + _PATIENCE):
        await done.wait()
    for end in ends:
        end()
    seen.cpu = [
        b - a for a, b in zip(seen.cpu[_SETTLING:], seen.cpu[_SETTLING + 1 :], strict=False)
    ]
    seen.seconds = time.perf_counter() - started
    others = [name for name in account.seconds if name not in {"", _HEALTHY}]
    seen.neighbour_cpu = sum(account.seconds[name] - spent.get(name, 0) for name in others)
    return seen


async def measure(big: str, rounds: int, sweeps: int) -> tuple[list[Phase], list[Phase]]:
    """Alone and beside the neighbours in turn, as often as `rounds`; `big` is what the fourth of them answers."""
    account = Account()
    account.open()
    alone, beside = [], []
    async with (
        DemoServer(peers=_PEERS, torrents=_TORRENTS) as demo,
        neighbours() as places,
    ):
        with tempfile.TemporaryDirectory(prefix="peerwarden-bench-") as place:
            folder = Path(place)
            _configure(folder, demo)
            options = Options(data_dir=folder, headless=True, api_port=0, log_level="error")
            async with running(options, api_required=True) as program:
                core = program.core
                await phase(core, account, 6)
                for _ in range(rounds):
                    alone.append(await phase(core, account, sweeps))
                    for name in (HANGS, REFUSES, DRIPS, big):
                        await core.downloaders.add(_settings(name, places[name]))
                    await phase(core, account, 4)
                    beside.append(await phase(core, account, sweeps))
                    for name in (HANGS, REFUSES, DRIPS, big):
                        await core.downloaders.remove(name)
    return alone, beside


def _settings(name: str, endpoint: str) -> DownloaderSettings:
    return DownloaderSettings(
        id=name,
        name=name,
        endpoint=endpoint,
        username="x",
        password=Secret("y"),
        sweep_deadline=_DEADLINE_MS,
    )


def _configure(folder: Path, demo: DemoServer) -> None:
    files = ConfigFiles(folder)
    stay_alone(files)
    settings = DownloaderSettings(
        id=_HEALTHY,
        name=_HEALTHY,
        endpoint=demo.endpoint,
        username=demo.username,
        password=Secret(demo.password),
    )
    files.change(CONFIG, downloader_changes(settings))
    files.change(PROFILE, {("check-interval",): _INTERVAL_MS})


def _intervals(phases: list[Phase]) -> list[float]:
    return [1_000 * seconds for each in phases for seconds in each.intervals]


def _cpu(phases: list[Phase]) -> list[float]:
    return [1_000 * seconds for each in phases for seconds in each.cpu]


def report(title: str, alone: list[Phase], beside: list[Phase]) -> bool:
    """Print the table; True when the neighbours are hardly felt."""
    print(f"\n{title}")
    fine = True
    for what, pick in (("interval, start to start", _intervals), ("CPU of a sweep", _cpu)):
        one, other = pick(alone), pick(beside)
        share = median(other) / median(one) - 1
        missed = share > _MOST
        fine &= not missed
        print(
            f"  {what:<26} alone {median(one):7.1f} ms  beside {median(other):7.1f} ms"
            f"  {100 * share:+5.1f} %{'  <-- MISSED' if missed else ''}"
            f"  (p95 {percentile(one, 0.95):.1f} and {percentile(other, 0.95):.1f};"
            f" {len(one)} and {len(other)} sweeps)"
        )
    busy = sum(each.neighbour_cpu for each in beside) / sum(each.seconds for each in beside)
    print(f"  the neighbours took {100 * busy:.1f} % of a processor here")
    for name in (HANGS, REFUSES, DRIPS, HUGE, JUNK):
        came = [each for one in beside for each in one.neighbours[name]]
        if came:
            print(f"    {name:<8} swept {came.count('swept')}, failed {came.count('failed')}")
    return fine


def main() -> int:
    """Run it with 30 MB that are good, then with 30 MB that are not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sweeps", type=int, default=10)
    parser.add_argument("--big", choices=(HUGE, JUNK), action="append")
    options = parser.parse_args()
    fine = True
    for big in options.big or (HUGE, JUNK):
        if options.big is None:  # the loop is wrapped: each in a process of its own
            command = [sys.executable, "-m", "tests.bench.isolation", "--big", big]
            sizes = ["--rounds", str(options.rounds), "--sweeps", str(options.sweeps)]
            fine &= subprocess.run([*command, *sizes], cwd=_CHECKOUT, check=False).returncode == 0
        else:
            alone, beside = asyncio.run(measure(big, options.rounds, options.sweeps))
            title = f"{_PEERS:,} peers, one neighbour hangs, one refuses, one drips, one is {big}"
            fine &= report(f"{title}; {machine()}", alone, beside)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
