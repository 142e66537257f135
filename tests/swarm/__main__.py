"""The swarm lab's command line; `python -m tests.swarm --help`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from tests.swarm.events import EventReader
from tests.swarm.measure import score
from tests.swarm.namespace import LAB, why_not
from tests.swarm.runner import run_swarm
from tests.swarm.scenario import BadScenario, load
from tests.swarm.torrent import MIB, make_torrent, read_torrents


def main(argv: list[str] | None = None) -> int:
    """Do what the command line says."""
    options = _parser().parse_args(argv)
    try:
        return _do(options)
    except BadScenario as error:
        print(error, file=sys.stderr)
        return 2


def _do(options: argparse.Namespace) -> int:
    match options.command:
        case "torrents":
            for number in range(options.count):
                torrent = make_torrent(
                    options.folder, f"{options.prefix}{number:02}", options.mib * MIB
                )
                print(torrent.info_hash, torrent.metainfo)
        case "run":
            return _run(options)
        case "measure":
            result = score(load(options.scenario), EventReader(options.events).read())
            print(result.table())
            return 1 if result.missed or result.wrongly_banned else 0
        case _:
            return _namespace(options)
    return 0


def _run(options: argparse.Namespace) -> int:
    scenario = load(options.scenario)
    if options.port:
        scenario = scenario.aimed(options.host or scenario.host, {scenario.port: options.port})
    plans = scenario.plans(read_torrents(options.torrents))
    duration = options.duration or scenario.duration
    with options.events.open("a", buffering=1, encoding="utf-8") as events:
        print(
            json.dumps(
                asyncio.run(run_swarm(plans, events, duration=duration, every=options.report))
            )
        )
    return 0


def _namespace(options: argparse.Namespace) -> int:
    if lack := why_not():
        print(lack, file=sys.stderr)
        return 1
    if options.command == "up":
        LAB.up()
    elif options.command == "down":
        LAB.down()
    else:
        argv = LAB.argv(options.argv)
        os.execvp(argv[0], argv)  # noqa: S606 - a shell would only be in the way
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.swarm", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("torrents", help="make random torrents")
    command.add_argument("folder", type=Path)
    command.add_argument("count", type=int)
    command.add_argument("mib", type=int)
    command.add_argument("--prefix", default="lab")
    command = commands.add_parser("run", help="run the peers of a scenario")
    command.add_argument("scenario", type=_scenario, help="a name, or a path with a slash")
    command.add_argument(
        "--torrents", type=Path, required=True, help="folder of the .torrent files"
    )
    command.add_argument(
        "--events", type=Path, required=True, help="file that lines of JSON are added to"
    )
    command.add_argument("--duration", type=float, help="seconds, if not those of the scenario")
    command.add_argument("--report", type=float, help="print a summary each so many seconds")
    command.add_argument("--host", help="aim at this host; with --port")
    command.add_argument(
        "--port", type=int, help="aim the groups of the scenario's own port at this one"
    )
    command = commands.add_parser("measure", help="score a run")
    command.add_argument("scenario", type=_scenario)
    command.add_argument("events", type=Path)
    commands.add_parser("up", help="make the namespace of the lab; root only")
    commands.add_parser("down", help="end what runs in the namespace and remove it")
    command = commands.add_parser("exec", help="run a command in the namespace")
    command.add_argument("argv", nargs=argparse.REMAINDER)
    return parser


def _scenario(value: str) -> str | Path:
    return Path(value) if "/" in value else value


if __name__ == "__main__":
    raise SystemExit(main())
