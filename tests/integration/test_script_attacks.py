"""Scripts that attack a running program are switched off, while it goes on sweeping in its memory."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import psutil

from app.adapters.config_files import PROFILE
from app.demo.process import DemoServer
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.integration.program import Program

ATTACKS = {
    "loop": "def judge(client_name):\n    while True:\n        try:\n            while True: pass\n"
    "        except BaseException: pass\n",
    "memory": "def judge(client_name):\n    hoard = []\n    while True: hoard.append('x' * 100_000)\n",
    "power": "def judge(client_name): return 2 ** 10 ** 10\n",
    "import": "import socket\n\ndef judge(client_name): return True\n",
    "file": "def judge(client_name): return open('/etc/passwd').read()\n",
    "network": "def judge(client_name):\n    import urllib.request\n"
    "    return urllib.request.urlopen('http://127.0.0.1:9').read()\n",
    "format": "def judge(client_name): return f'{1:>2000000000}'\n",
    "globals": "def judge(client_name): return '{0.__class__.__init__.__globals__}'.format(client_name)\n",
    "recursion": "def judge(client_name): return judge(client_name)\n",
    "output": "def judge(client_name):\n    while True: print('x' * 10_000)\n",
}
LIMIT_MS = 300
INTERVAL_MS = 1_000
LATE_MS = 2_500
"""By which a sweep may be late: half a second for scripts, and what a loaded machine takes."""
MEMORY_LIMIT = 2**24
MORE_MEMORY = 64 * 2**20
"""What the program itself may grow by; what scripts hold, their own process does."""


async def test_attacking_scripts_are_switched_off_while_sweeps_go_on(tmp_path: Path) -> None:
    async with DemoServer(peers=400, torrents=8) as demo:
        program = Program(tmp_path / "home")
        program.watch(
            DownloaderSettings(
                id="demo",
                endpoint=demo.endpoint,
                username=demo.username,
                password=Secret(demo.password),
                increment_ban=True,
            ),
            interval=INTERVAL_MS,
        )
        area = ("module", "expression-engine")
        program.set(PROFILE, *area, "time-limit", value=LIMIT_MS)
        program.set(PROFILE, *area, "memory-limit", value=MEMORY_LIMIT)
        with program:
            attacked(program)
            assert program.stop() == 0


def attacked(program: Program) -> None:
    program.wait(program.banned)
    scripts = program.folder / "scripts"
    program.wait((scripts / "version").exists)
    process = psutil.Process(program.pid)
    before = process.memory_info().rss
    for name, source in ATTACKS.items():
        (scripts / f"attack-{name}.py").write_text(source, "utf-8")
    swept: set[int] = set()
    peaks = [0, 0]

    def all_off() -> bool:
        swept_at = program.get("/api/downloaders/demo/status")["sweptAt"]
        if swept_at is not None:  # the first sweep bans before it has ended
            swept.add(swept_at)
        peaks[0] = max(peaks[0], process.memory_info().rss)
        peaks[1] = max(peaks[1], *(memory(child) for child in process.children()), 0)
        said = program.errors()
        return all(f"attack-{name}.py” was switched off" in said for name in ATTACKS)

    try:
        program.wait(all_off, 60)
    finally:
        gaps = [after - earlier for earlier, after in pairwise(sorted(swept))]
        print(
            f"\n{len(swept)} sweeps, at most {max(gaps)} ms apart; memory {before >> 20} MiB before,"
        )
        print(
            f"{peaks[0] >> 20} MiB at most, {peaks[1] >> 20} MiB at most in the process of the scripts"
        )
    assert max(gaps) < INTERVAL_MS + LATE_MS
    assert peaks[0] - before < MORE_MEMORY
    assert peaks[1] < 4 * MEMORY_LIMIT + MORE_MEMORY
    assert program.get("/api/downloaders/demo/status")["lastStatus"] == "HEALTHY"


def memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
