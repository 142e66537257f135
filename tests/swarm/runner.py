"""Runs the peers of a scenario on one loop; this side is the child process."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
from collections.abc import Iterable, Sequence
from typing import TextIO

from tests.swarm.events import Event, Seen
from tests.swarm.forged_peer import ForgedPeer
from tests.swarm.scenario import PeerPlan

COUNTED = (Seen.CONNECTED, Seen.REFUSED, Seen.DROPPED)
CONNECTED = (Seen.CONNECTED, Seen.GIVEN, Seen.WENT_BACK)


async def run_swarm(
    plans: Iterable[PeerPlan], events: TextIO, *, duration: float, every: float | None = None
) -> dict[str, object]:
    """Run all peers for `duration` seconds or until SIGTERM; return the summary.

    Events go to `events` as they happen; `every` so many seconds a summary goes to standard output.
    """

    def tell(event: Event) -> None:
        print(event.line(), file=events)

    loop = asyncio.get_running_loop()
    end = loop.time() + duration
    peers = [ForgedPeer(plan, tell) for plan in plans]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(peer.run(end)) for peer in peers]

        def stop() -> None:
            for task in running:
                task.cancel()

        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, stop)
        pending: Iterable[asyncio.Task[None]] = running
        while pending:
            _, pending = await asyncio.wait(pending, timeout=every)
            if pending:
                print(json.dumps(summary(peers)), flush=True)
    for peer in peers:
        peer.last_words()
    return summary(peers)


def summary(peers: Sequence[ForgedPeer]) -> dict[str, object]:
    """Return how many peers of each group are in, what they saw, and what this process used."""
    groups: dict[str, dict[str, float]] = {}
    for peer in peers:
        row = groups.setdefault(peer.plan.group, dict.fromkeys(("peers", "in", *COUNTED, "mib"), 0))
        row["peers"] += 1
        row["in"] += peer.seen in CONNECTED
        for seen in COUNTED:
            row[seen] += peer.counts[seen]
        row["mib"] = round(row["mib"] + peer.received / 2**20, 3)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "groups": groups,
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "rss_mib": used.ru_maxrss // 1024,
    }
