"""Runs the benchmarks: `python -m tests.bench [NAME…] [--save]`; each is a process of its own and prints its table."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from tests.bench.figures import machine

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_RESULTS: Final = Path(__file__).resolve().parent / "results"
_LIMIT: Final = 1800
_WITH_FIGURES: Final = ("sweep",)
"""These write their figures as JSON, too, when asked with `--figures FILE`."""
_BENCHES: Final = {
    "sweep": "sweeps of 1,000 and 10,000 peers: time, loop steps, memory",
    "records": "what a day of records writes with 10,000 live peers",
    "storage": "commits and loads of the ban list",
    "isolation": "a healthy downloader alone, and beside four that are not",
    "judging": "10,000 peers judged by every rule",
    "rules": "a million addresses read and looked up; hundreds of string rules",
    "polling": "what watching costs a real qBittorrent with 4,000 forged peers (root, 10 minutes)",
    "table": "the peer table with 10,000 rows",
}


def main() -> int:
    """Run those that were named, or all; 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    listed = "; ".join(f"{name}: {what}" for name, what in _BENCHES.items())
    parser.add_argument("names", nargs="*", metavar="NAME", help=listed)
    parser.add_argument("--save", action="store_true", help=f"write JSON to {_RESULTS.name}/")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in _BENCHES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(_BENCHES)}")
    failed = [name for name in options.names or _BENCHES if not _run(name, save=options.save)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str, *, save: bool) -> bool:
    print(f"\n== {name}: {_BENCHES[name]}\n   {machine()}", flush=True)
    report: dict[str, Any] = {"bench": name, "machine": machine(), "at": int(time.time())}
    figures = _RESULTS / f"{name}.json"
    command = [sys.executable, "-u", "-m", f"tests.bench.{name}"]
    if save:
        _RESULTS.mkdir(exist_ok=True)
        figures.unlink(missing_ok=True)
        command += ["--figures", str(figures)] if name in _WITH_FIGURES else []
    process = subprocess.Popen(
        command,
        cwd=_CHECKOUT,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ},
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = []
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip("\n"))
    passed = process.wait(_LIMIT) == 0
    if save:
        if figures.exists():
            report["figures"] = json.loads(figures.read_text("utf-8"))
        figures.write_text(json.dumps({**report, "lines": lines}, indent=1) + "\n", "utf-8")
    return passed


if __name__ == "__main__":
    sys.exit(main())
