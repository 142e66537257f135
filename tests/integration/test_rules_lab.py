"""The rules as delivered on real traffic: who cheats is banned by what it does, and nobody else is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.integration.lab import Lab, only
from tests.integration.program import Program
from tests.swarm.events import Seen
from tests.swarm.gate import Gate
from tests.swarm.measure import Score
from tests.swarm.scenario import Group, Report, Scenario, load

pytestmark = [pytest.mark.daemon]

FASTER = 4
"""How much faster the peers of the short form take, to be where the rules look after seconds."""


def program(lab: Lab, gate: Gate, *, interval: int) -> Program:
    """With the rules of a new installation."""
    found = Program(lab.folder / "home", port=gate.port, wrap=lab.in_namespace)
    found.watch(
        DownloaderSettings(
            id="qb",
            endpoint=lab.daemon.url,
            username="admin",
            password=Secret(lab.daemon.password),
            increment_ban=True,
        ),
        interval=interval,
    )
    return found


def faster(scenario: Scenario) -> Scenario:
    """The same peers, of which those that move data move more of it, and those that begin anew do so more often."""

    def hurried(group: Group) -> Group:
        does = group.behaviour
        if does.report is Report.REWIND:
            does = replace(does, period=does.period / FASTER)
        if does.report in (Report.HONEST, Report.NONE, Report.REWIND):
            does = replace(does, rate=does.rate * FASTER)
        return replace(group, behaviour=replace(does, retries=1_000))

    return replace(scenario, groups=tuple(map(hurried, scenario.groups)))


def scored(lab: Lab, scenario: Scenario, duration: float, *, interval: int) -> Score:
    with lab.gate() as gate, program(lab, gate, interval=interval) as it:
        it.wait(lambda: it.get("/api/downloaders/qb/status")["lastStatus"] == "HEALTHY")
        with lab.swarm(scenario, duration=duration) as swarm:
            it.wait(
                lambda: any(event.seen is Seen.FINAL for event in swarm.events()), duration + 40
            )
            swarm.stop()
        score, banned = swarm.score(), it.banned()
        print(
            f"\nqBittorrent {lab.daemon.release.version}, {duration} s, a sweep every {interval} ms"
        )
        print(score.table())
        for address, row in sorted(banned.items()):
            meta = row["banMetadata"]
            print(address, "-", meta["context"].rpartition(".")[2], "-", meta["description"])
        print(Counter(row["banMetadata"]["context"].rpartition(".")[2] for row in banned.values()))
        print(it.errors())
    return score


@only("4.5.2", "5.3.0")
@pytest.mark.soak
def test_public_basic_by_the_rules_as_delivered(lab: Lab) -> None:
    score = scored(lab, load("public_basic"), 150, interval=5_000)
    assert (score.wrongly_banned, score.missed) == (0, 0)


@only("4.5.2")
@pytest.mark.soak
def test_public_all_by_the_rules_as_delivered(lab: Lab) -> None:
    score = scored(lab, load("public_all"), 150, interval=5_000)
    assert (score.wrongly_banned, score.missed) == (0, 0)


@only("4.5.2")
def test_those_who_lie_about_progress_are_banned_and_nobody_else(lab: Lab) -> None:
    score = scored(lab, faster(load("public_basic")), 80, interval=1_000)
    assert (score.wrongly_banned, score.missed) == (0, 0)
