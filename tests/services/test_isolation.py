"""A healthy downloader beside four that are not, on a virtual clock; tests/bench/isolation.py measures it over HTTP."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec import structs
from typing_extensions import override

from app.domain.snapshot import Snapshot
from app.services.errors import Unreachable
from app.services.events import SweepFailed, Swept
from app.services.ports import Connection
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import House, ScriptedDownloader, house
from tests.services.virtual_time import VirtualClock, VirtualLoop

HOUR = 3_600.0
INTERVAL = 5.0


class Hanging(ScriptedDownloader):
    """Never answers."""

    @override
    async def connect(self) -> Connection:
        self.connects += 1
        await asyncio.Event().wait()
        raise AssertionError


class Slow(ScriptedDownloader):
    """Takes half a minute for each answer."""

    @override
    async def snapshot(self) -> Snapshot:
        await asyncio.sleep(30)
        return await super().snapshot()


class Costly(ScriptedDownloader):
    """Answers so much that to read it takes three seconds of the processor."""

    @override
    async def snapshot(self) -> Snapshot:
        return structs.replace(await super().snapshot(), decode_time=3.0)


@dataclass
class Hour:
    """What came of each in an hour."""

    it: House
    swept: Counter[str]
    failed: Counter[str]


async def live(folder: Path, *others: str) -> Hour:
    clock = VirtualClock()
    kinds = {"hangs": Hanging, "slow": Slow, "costly": Costly}
    names = ("healthy", *others)
    made = {name: kinds.get(name, ScriptedDownloader)(clock) for name in names}
    made["healthy"].show(UBUNTU, peer("203.0.113.7"))
    if "refuses" in made:
        made["refuses"].error = Unreachable("connection refused")
    async with house(folder, *names, downloaders=made, clock=clock) as it:
        hour = Hour(it, Counter(), Counter())
        it.core.bus.subscribe(Swept, lambda event: hour.swept.update([event.downloader]))
        it.core.bus.subscribe(SweepFailed, lambda event: hour.failed.update([event.downloader]))
        await asyncio.sleep(HOUR)
        return hour


def lived(folder: Path, *others: str) -> Hour:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(live(folder, *others))


def test_a_healthy_one_is_swept_as_often_as_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the costly one takes is made up: here the processor did it.
    monkeypatch.setattr("app.services.sweep.process_time", itertools.count(step=100).__next__)
    (tmp_path / "alone").mkdir()
    (tmp_path / "beside").mkdir()
    alone = lived(tmp_path / "alone")
    beside = lived(tmp_path / "beside", "hangs", "refuses", "slow", "costly")
    assert alone.swept["healthy"] >= HOUR / INTERVAL - 5
    assert abs(beside.swept["healthy"] - alone.swept["healthy"]) <= 5
    assert beside.failed["healthy"] == 0
    assert 55 <= beside.swept["slow"] <= 61
    assert 115 <= beside.swept["costly"] <= 121
    # Asked once a minute whether they answer, for ten seconds at most.
    assert 50 <= beside.failed["refuses"] <= 80
    assert 40 <= beside.failed["hangs"] <= 60
