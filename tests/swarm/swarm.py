"""Runs a scenario in a child process and follows what its peers see; this side is the test's."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.swarm.events import Event, EventReader, Seen
from tests.swarm.measure import Score, score
from tests.swarm.namespace import Namespace
from tests.swarm.scenario import Scenario, dump
from tests.swarm.waiting import wait_for

CHECKOUT = Path(__file__).parents[2]
GRACE = 10.0


class Swarm:
    """The peers of `scenario`, alive while used as a context and for its duration at most."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        torrents: Path,
        folder: Path,
        namespace: Namespace | None = None,
    ) -> None:
        """Prepare it; `torrents` holds the .torrent files, `folder` is new and takes the log."""
        self.scenario = scenario
        events = folder / "events.jsonl"
        self._events = EventReader(events)
        self._log = folder / "log"
        plan = folder / "scenario.json"
        folder.mkdir(parents=True)
        plan.write_text(json.dumps(dump(scenario)), encoding="utf-8")
        argv = [sys.executable, "-m", "tests.swarm", "run", str(plan)]
        argv += ["--torrents", str(torrents), "--events", str(events)]
        self._argv = namespace.argv(argv) if namespace else argv
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=CHECKOUT
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it and let the peers say their last words; may be repeated."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        self._process.kill()
        self._process.wait()

    def events(self) -> Sequence[Event]:
        """Return what was seen so far, oldest first."""
        return self._events.read()

    def received(self, ip: str) -> int:
        """Return the payload bytes that peers at `ip` were given until a second ago."""
        latest = {event.number: event.received for event in self.events() if event.ip == ip}
        return sum(latest.values())

    def of(self, ip: str, seen: Seen, after: float = 0) -> list[Event]:
        """Return what peers at `ip` saw at or after `after`, seconds since the epoch."""
        return [
            event
            for event in self.events()
            if event.ip == ip and event.seen is seen and event.at >= after
        ]

    def wait(self, ip: str, seen: Seen, *, after: float = 0, timeout: float = 10) -> Event:
        """Return the first such event, waiting up to `timeout` seconds; raises `AssertionError`."""
        found = wait_for(lambda: self.of(ip, seen, after), timeout)
        if not found:
            story = [event.line() for event in self.events() if event.ip == ip][-10:]
            raise AssertionError(
                f"{ip} was not {seen} within {timeout} s: {story}\n{self._log.read_text()}"
            )
        return found[0]

    def wait_all(self, seen: Seen, *, after: float = 0, timeout: float = 20) -> float:
        """Wait until each peer of the scenario saw this; return when the last one did."""
        wanted = sum(group.count for group in self.scenario.groups)
        firsts: dict[int, float] = {}

        def complete() -> bool:
            for event in self.events():
                if event.seen is seen and event.at >= after:
                    firsts.setdefault(event.number, event.at)
            return len(firsts) == wanted

        if not wait_for(complete, timeout):
            raise AssertionError(f"{len(firsts)} of {wanted} peers were {seen} within {timeout} s")
        return max(firsts.values(), default=time.time())

    def wait_until(self, holds: Callable[[], bool], *, timeout: float = 10) -> None:
        """Wait until `holds` answers true; raises `AssertionError`."""
        if not wait_for(holds, timeout):
            raise AssertionError(f"not so within {timeout} s:\n{self.score().table()}")

    def score(self) -> Score:
        """Return who was banned by now, and when."""
        return score(self.scenario, self.events())
