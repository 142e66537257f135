"""A program that is killed while it writes its records keeps them sound, and the next one goes on with them."""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from app.adapters.config_files import PROFILE
from app.demo.process import DemoServer
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.integration.program import Program

KILLS = 6
LONGEST = 120
"""Milliseconds from the first byte of what is written at the end to the kill, at most."""
COUNTS = {
    "progress": "SELECT count(*), coalesce(sum(total), 0) FROM progress",
    "peer_records": "SELECT count(*), coalesce(sum(uploaded), 0) FROM peer_records",
    "swarm": "SELECT count(*), 0 FROM tracked_swarm",
    "history": "SELECT count(*), 0 FROM history",
}


def counts(path: Path) -> dict[str, tuple[int, int]]:
    """Rows of each table, and the bytes in them; the database must be sound."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return {name: connection.execute(query).fetchone() for name, query in COUNTS.items()}


def swept(program: Program) -> bool:
    return bool(program.get("/api/downloaders/demo/status")["sweptAt"])


def end_in_the_middle(program: Program, path: Path, after: int) -> None:
    """Ask it to end, upon which it writes all records, and kill it `after` milliseconds in the middle of that."""
    log = path.with_name(path.name + "-wal")
    written = log.stat().st_mtime_ns
    os.kill(program.pid, signal.SIGTERM)
    pause, end = select.poll(), time.monotonic() + 5
    while log.exists() and log.stat().st_mtime_ns == written and time.monotonic() < end:
        pause.poll(1)
    pause.poll(after)
    program.kill()


async def test_a_kill_while_records_are_written_loses_nothing_written_before(
    tmp_path: Path,
) -> None:
    chance = random.Random(11)
    async with DemoServer(peers=2_000, torrents=20) as demo:
        program = Program(tmp_path / "home")
        program.watch(
            DownloaderSettings(
                id="demo",
                endpoint=demo.endpoint,
                username=demo.username,
                password=Secret(demo.password),
                increment_ban=True,
            )
        )
        area = ("module", "progress-cheat-blocker")
        program.set(PROFILE, *area, "fast-pcb-test-percentage", value=-1)
        path = program.folder / "peerwarden.db"
        seen = []
        for number in range(KILLS):
            with program:
                program.wait(lambda: swept(program))
                end_in_the_middle(program, path, chance.randrange(LONGEST * number // KILLS + 1))
            seen.append(counts(path))
        with program:
            program.wait(lambda: swept(program))
            assert program.stop() == 0
        seen.append(counts(path))
        for before, after in pairwise(seen):
            for name in ("progress", "peer_records", "history"):
                assert after[name] >= before[name], (before, after)
        print("\n", *seen, sep="\n")
        assert all(rows for name, (rows, _) in seen[-1].items()), seen[-1]
        assert "Traceback" not in program.errors()
