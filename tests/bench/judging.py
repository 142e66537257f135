"""Prints what judging 10,000 peers costs with every rule in force, a million listed addresses and 200 string rules.

`python -m tests.bench.judging [--profile first|warm]`; ends with 1 when a budget of the second issue is missed. Peers
come as ready snapshots, so nothing but the judging is measured. The scripts' worker is a process of its own, counted
apart. Each round is a process of its own: there is one first sweep in the life of a program, and its memory is fresh.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import pstats
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

import psutil
from msgspec import json

from app.domain.address_list import AddressList
from app.domain.address_reader import parse_address_list
from app.domain.sighting import Batch
from app.services.peer_book import Judged
from tests.bench.court import PEERS, Court, court, prepare_folder, strict_profile
from tests.bench.figures import Figure, machine, percentile, table
from tests.bench.program import Stopwatch
from tests.bench.rules import address_lines

_ROUNDS: Final = 3
_SWEEPS: Final = 20
_FIRST_MS: Final = 300
_WARM_MS: Final = 60
_STEP_MS: Final = 16
_SETTLING: Final = 2
_MB: Final = 1024 * 1024


@dataclass(slots=True)
class Taken:
    """CPU of judgings, milliseconds."""

    first: list[float] = field(default_factory=list)
    first_script: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    warm_script: list[float] = field(default_factory=list)
    prepared: list[float] = field(default_factory=list)
    """The part of `warm` that looks things up."""
    first_prepared: list[float] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    """Of the loop while it was judged, seconds; on the processor below."""
    steps_cpu: list[float] = field(default_factory=list)
    slow: list[tuple[float, float, float, str]] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)
    listed: int = 0


def _children() -> float:
    """CPU seconds of the scripts' workers."""
    spent = 0.0
    for child in psutil.Process().children(recursive=True):
        times = child.cpu_times()
        spent += times.user + times.system
    return spent


class Meter:
    """Judges a court's crowd and notes what it takes."""

    def __init__(
        self,
        held: Court,
        taken: Taken,
        watch: Stopwatch,
        profiler: cProfile.Profile | None,
        *,
        warm: bool,
    ) -> None:
        self._held, self._taken, self._watch = held, taken, watch
        self._profiler, self._warm = profiler, warm
        self._prepared = 0.0
        self._watch_prepare()

    async def round(self) -> None:
        """A first sweep, then warm ones."""
        taken = self._taken
        rss = psutil.Process().memory_info().rss
        if self._profiler is not None and not self._warm:
            self._profiler.enable()
        judged, cpu, script = await self._judge()
        if self._profiler is not None:
            self._profiler.disable()
        taken.first.append(cpu)
        taken.first_script.append(script)
        taken.first_prepared.append(self._prepared)
        taken.memory.append((psutil.Process().memory_info().rss - rss) / _MB)
        decided = (peer.decision.deciding for peer in judged.changed.values())
        taken.verdicts = dict(
            Counter(f"{best.rule} {best.action.name}" if best else "pass" for best in decided)
        )
        gc.freeze()
        for sweep in range(_SWEEPS):
            self._held.crowd.move()
            if self._profiler is not None and self._warm:
                self._profiler.enable()
            judged, cpu, script = await self._judge()
            if self._profiler is not None:
                self._profiler.disable()
            if sweep < _SETTLING:
                continue
            taken.warm.append(cpu)
            taken.warm_script.append(script)
            taken.prepared.append(self._prepared)
            taken.changed.append(len(judged.changed))
        gc.unfreeze()

    async def _judge(self) -> tuple[Judged, float, float]:
        snapshot = self._held.crowd.snapshot()
        self._prepared = 0.0
        gc.collect()
        await asyncio.sleep(0)  # that was a step of its own
        taken, watch = self._taken, self._watch
        before, slow = len(watch.steps), len(watch.slow)
        children, began = _children(), time.process_time()
        judged = await self._held.book.judge(snapshot)
        cpu = (time.process_time() - began) * 1000
        self._held.book.settle()
        await asyncio.sleep(0)
        taken.steps += watch.steps[before:]
        taken.steps_cpu += watch.steps_cpu[before:]
        taken.slow += watch.slow[slow:]
        return judged, cpu, (_children() - children) * 1000

    def _watch_prepare(self) -> None:
        judge = self._held.judge
        prepare = judge.prepare

        async def timed(batches: Sequence[Batch]) -> None:
            began = time.process_time()
            await prepare(batches)
            self._prepared += (time.process_time() - began) * 1000

        judge.prepare = timed  # type: ignore[method-assign]


async def _measure(
    taken: Taken,
    listed: AddressList,
    watch: Stopwatch,
    profiler: cProfile.Profile | None,
    *,
    warm: bool,
) -> None:
    with tempfile.TemporaryDirectory(prefix="peerwarden-bench-") as place:
        folder = Path(place)
        prepare_folder(folder)
        async with court(folder, strict_profile(Random(11)), listed) as held:
            await Meter(held, taken, watch, profiler, warm=warm).round()


def _round(profiler: cProfile.Profile | None = None, *, warm: bool = False) -> Taken:
    gc.disable()  # as in the program, which collects by itself between sweeps
    listed = parse_address_list(address_lines(Random(7)), name="a million")
    watch, taken = Stopwatch(time.monotonic(), 0), Taken(listed=len(listed))
    watch.watch_steps()
    asyncio.run(_measure(taken, listed, watch, profiler, warm=warm))
    return taken


def _round_apart() -> Taken:
    command = (sys.executable, "-m", "tests.bench.judging", "--round")
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300)
    return json.decode(found.stdout, type=Taken)


def _joined(rounds: Sequence[Taken]) -> Taken:
    whole = Taken(listed=rounds[0].listed)
    for each in rounds:
        for name, value in asdict(each).items():
            if isinstance(value, list):
                getattr(whole, name).extend(value)
        whole.verdicts = dict(Counter(whole.verdicts) + Counter(each.verdicts))
    return whole


def main() -> int:
    """Measure and print; 1 when a budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.judging", description=__doc__)
    parser.add_argument("--profile", choices=("first", "warm"), help="print what takes long")
    parser.add_argument("--round", action="store_true", help="print one round as JSON")
    options = parser.parse_args()
    if options.round:
        sys.stdout.buffer.write(json.encode(_round()))
        return 0
    profiler = cProfile.Profile() if options.profile else None
    if profiler is None:
        rounds = [_round_apart() for _ in range(_ROUNDS)]
    else:
        rounds = [_round(profiler, warm=options.profile == "warm")]
    taken = _joined(rounds)
    steps_cpu = [seconds * 1000 for seconds in taken.steps_cpu]
    steps = [seconds * 1000 for seconds in taken.steps]
    figures = [
        Figure("first sweep: CPU, median", median(taken.first), "ms", _FIRST_MS),
        Figure("    looking things up before judging", median(taken.first_prepared), "ms"),
        Figure("    the scripts' worker", median(taken.first_script), "ms"),
        Figure("warm sweep: CPU, median", median(taken.warm), "ms", _WARM_MS),
        Figure("    looking things up before judging", median(taken.prepared), "ms"),
        Figure("    the scripts' worker", median(taken.warm_script), "ms"),
        Figure("warm sweep: CPU, p95", percentile(taken.warm, 0.95), "ms"),
        Figure("loop steps, CPU, p99.9", percentile(steps_cpu, 0.999), "ms", _STEP_MS),
        Figure("loop steps, CPU, longest", max(steps_cpu), "ms"),
        Figure("loop steps, p99.9", percentile(steps, 0.999), "ms"),
        Figure("memory that the first sweep takes", median(taken.memory), "MB"),
    ]
    print(
        table(
            f"{PEERS:,} peers, {taken.listed:,} listed addresses; {len(rounds)} rounds of a first and "
            f"{len(taken.warm) // len(rounds)} warm sweeps, each with {median(taken.changed):.0f} changed",
            figures,
        )
    )
    counts = sorted(taken.verdicts.items(), key=lambda found: -found[1])
    found = ", ".join(f"{what} {count // len(rounds)}" for what, count in counts)
    print(f"  decided in a first sweep: {found}\n  {machine()}")
    for took, cpu, _, name in sorted(taken.slow)[-5:]:
        print(f"  slow step: {took * 1000:.1f} ms, {cpu * 1000:.1f} ms of it CPU: {name}")
    if profiler is not None:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
