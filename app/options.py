"""The command line, parsed: options before or after the command, or from PEERWARDEN_… variables."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import platformdirs

from app.locale import _
from app.version import __version__

_NAME: Final = "peerwarden"
_LEVELS: Final = ("debug", "info", "warning", "error")
_TRUE: Final = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; None where settings or defaults decide."""

    command: str | None = None
    """`export`, `check`, `simulate`, or None to run."""
    data_dir: Path | None = None
    headless: bool = False
    minimized: bool = False
    demo: bool = False
    demo_peers: int = 120
    demo_torrents: int = 12
    demo_server_only: bool = False
    api_host: str | None = None
    api_port: int | None = None
    api_token: str | None = None
    log_level: str = "info"
    language: str | None = None
    format: str = ""
    """Of `export`."""
    output: Path | None = None
    profile: Path | None = None
    file: Path | None = None
    """Of `simulate`."""
    json: bool = False

    def folder(self) -> Path:
        """The data directory: the one given, else the platform's."""
        return self.data_dir or Path(platformdirs.user_data_dir("PeerWarden", appauthor=False))


def parse(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Options:
    """Read `arguments`; what they leave out comes from `environment`. Wrong use ends the program with 2."""
    parser = argparse.ArgumentParser(prog=_NAME, description=_("Watches who you upload to."))
    parser.add_argument("--version", action="version", version=f"PeerWarden {__version__}")
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    for target in (parser, shared):
        _add_options(target)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_export(commands, shared)
    _add_check(commands, shared)
    _add_simulate(commands, shared)
    given = vars(parser.parse_args(_from_environment(parser, environment) + list(arguments)))
    return Options(**{key: value for key, value in given.items() if value is not None})


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    suppressed: Any = argparse.SUPPRESS
    add("--data-dir", type=Path, default=suppressed, help=_("where settings and database live"))
    add("--headless", action="store_true", default=suppressed, help=_("no window"))
    add("--minimized", action="store_true", default=suppressed, help=_("start in the tray"))
    add("--demo", action="store_true", default=suppressed, help=_("show a simulated swarm"))
    add("--demo-peers", type=_count, default=suppressed, metavar="N", help=_("size of the demo"))
    add("--demo-torrents", type=_count, default=suppressed, metavar="M", help=_("size of the demo"))
    add(
        "--demo-server-only",
        action="store_true",
        default=suppressed,
        help=_("serve just the simulated qBittorrent"),
    )
    add("--api-host", default=suppressed, metavar="HOST", help=_("where the REST server listens"))
    add("--api-port", type=_port, default=suppressed, metavar="PORT", help=_("0 takes a free one"))
    add("--api-token", default=suppressed, metavar="TOKEN", help=_("instead of the stored one"))
    add("--log-level", choices=_LEVELS, default=suppressed, help=_("least level that is logged"))
    add("--language", default=suppressed, metavar="LANG", help=_("en, zh_CN or zh_TW"))


def _add_export(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse hides the type
    export = commands.add_parser("export", parents=[shared], help=_("write the ban list"))
    export.add_argument(
        "format", metavar="FORMAT", help="ip, p2p-plain-format, dat-emule, nftables, ipset"
    )
    export.add_argument("--output", type=Path, metavar="FILE", help=_("instead of standard output"))


def _add_check(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse hides the type
    check = commands.add_parser(
        "check", parents=[shared], help=_("judge peers given as JSON lines")
    )
    _add_judging(check)


def _add_simulate(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse hides the type
    simulate = commands.add_parser(
        "simulate", parents=[shared], help=_("replay recorded snapshots through the rules")
    )
    simulate.add_argument(
        "file", type=Path, metavar="FILE", help=_("JSON lines; - reads the input")
    )
    _add_judging(simulate)


def _add_judging(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile", type=Path, metavar="FILE", help=_("other rules than the stored ones")
    )
    parser.add_argument("--json", action="store_true", help=_("one JSON object per line"))


def _from_environment(parser: argparse.ArgumentParser, environment: Mapping[str, str]) -> list[str]:
    found = []
    for action in parser._actions:  # noqa: SLF001 - the only way to list them
        option = next((o for o in action.option_strings if o.startswith("--")), "")
        if not option or option in ("--help", "--version"):
            continue
        value = environment.get("PEERWARDEN_" + option.removeprefix("--").upper().replace("-", "_"))
        if not value:
            continue
        if action.nargs == 0:
            found += [option] if value.lower() in _TRUE else []
        else:
            found.append(f"{option}={value}")
    return found


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(_("must be at least 1"))
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:  # noqa: PLR2004 - the largest port
        raise argparse.ArgumentTypeError(_("must be from 0 to 65535"))
    return number
