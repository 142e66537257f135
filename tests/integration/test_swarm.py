"""The main job on real daemons: forged peers come, the bad are dropped, the good keep downloading."""

from __future__ import annotations

import statistics
import time
from itertools import pairwise

import pytest

from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.integration.lab import Lab, only
from tests.integration.program import Program
from tests.swarm.events import Seen
from tests.swarm.gate import Gate

pytestmark = [pytest.mark.daemon]

INTERVAL = 2_000
SEEN_BY_NAME = ("xunlei", "xfplay", "hp", "taipei", "idonly", "liar")
"""Groups of public_basic that a name or id gives away; the others need rules about behaviour."""


def settings(lab: Lab) -> DownloaderSettings:
    return DownloaderSettings(
        id="qb",
        endpoint=lab.daemon.url,
        username="admin",
        password=Secret(lab.daemon.password),
        increment_ban=True,
    )


def program(lab: Lab, gate: Gate) -> Program:
    found = Program(lab.folder / "home", port=gate.port, wrap=lab.in_namespace)
    found.watch(settings(lab), interval=INTERVAL)
    return found


def sweeping(it: Program) -> bool:
    return bool(it.get("/api/downloaders/qb/status")["lastStatus"] == "HEALTHY")


@pytest.mark.alone
@only("4.5.2", "5.3.0")
def test_public_basic(lab: Lab) -> None:
    with lab.gate() as gate, program(lab, gate) as it:
        it.wait(lambda: sweeping(it))
        with lab.swarm("public_basic", duration=14) as swarm:
            it.wait(lambda: any(event.seen is Seen.FINAL for event in swarm.events()), 40)
            swarm.stop()
        score = swarm.score()
        banned = it.banned()
        print(f"\nqBittorrent {lab.daemon.release.version}, a sweep every {INTERVAL} ms")
        for group in score.groups:
            print(group.line())
        for name in SEEN_BY_NAME:
            group = score.group(name)
            assert group.is_right, name
            assert max(group.seconds_to_ban) <= INTERVAL / 1000 + 1.0
        assert score.wrongly_banned == 0
        for name in ("honest_qb", "honest_tr"):
            assert score.group(name).received > 0
        for row in banned.values():
            deciding = [entry for entry in row["trace"] if entry["action"] == "BAN"]
            assert deciding, row
            assert row["banMetadata"]["description"]
            print(row["address"], "-", row["banMetadata"]["description"])


def test_a_ban_by_hand_an_unban_and_an_exception_reach_qbittorrent(lab: Lab) -> None:
    ip = "36.110.0.1"
    with lab.gate() as gate, program(lab, gate) as it, lab.peers(ip) as swarm:
        it.wait(lambda: sweeping(it))
        swarm.wait(ip, Seen.CONNECTED, timeout=10)
        lab.daemon.api.set_banned(["203.0.113.99"])  # the user's own entry
        it.send("PUT", "/api/bans", [ip])
        assert ip in it.banned()
        asked = time.time()
        swarm.wait(ip, Seen.REFUSED, timeout=10)
        it.wait(lambda: set(it.banned()[ip]["enforcement"].values()) == {"enforced"})
        assert "203.0.113.99" in lab.daemon.api.banned()
        it.send("DELETE", "/api/bans", [ip])
        swarm.wait(ip, Seen.CONNECTED, after=asked + 0.5, timeout=10)
        assert "203.0.113.99" in lab.daemon.api.banned()
        assert ip not in it.banned()


@only("4.5.2")
def test_bans_that_a_daemon_lost_while_it_was_away_are_pushed_again(lab: Lab) -> None:
    ip = "36.110.0.1"
    with lab.gate() as gate, program(lab, gate) as it:
        it.wait(lambda: sweeping(it))
        it.send("PUT", "/api/bans", [ip])
        it.wait(lambda: ip in lab.daemon.api.banned())
        lab.daemon.api.set_banned([])
        lab.daemon.restart()
        it.wait(lambda: ip in lab.daemon.api.banned(), 30)
        it.wait(lambda: sweeping(it))


@only("4.5.2")
def test_a_dead_downloader_leaves_the_sweeps_of_the_other_alone(lab: Lab) -> None:
    with lab.gate() as gate:
        alone = sweep_intervals(program(lab, gate))
    with lab.gate() as gate:
        crowded = Program(lab.folder / "two", port=gate.port, wrap=lab.in_namespace)
        dead = DownloaderSettings(id="dead", endpoint="http://127.0.0.1:9")
        crowded.watch(settings(lab), dead, interval=INTERVAL)
        beside = sweep_intervals(crowded)
    print(f"\nseconds between sweeps alone {alone:.3f}, beside a dead downloader {beside:.3f}")
    assert abs(alone - beside) < 0.25


def sweep_intervals(it: Program) -> float:
    """Median seconds between sweeps, by the times that the state shows."""
    with it:
        times: set[int] = set()

        def enough() -> bool:
            status = it.get("/api/downloaders/qb/status")
            if status["sweptAt"]:
                times.add(status["sweptAt"])
            return len(times) >= 5

        it.wait(enough, 60)
    order = sorted(times)
    gaps = [(b - a) / 1000 for a, b in pairwise(order)]
    return statistics.median(gaps)
