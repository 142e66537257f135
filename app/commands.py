"""The commands that work on a data directory without running the program: `export`, `check` and `simulate`."""

from __future__ import annotations

import asyncio
import codecs
import json
import sys
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec

from app.adapters.config_files import ConfigFiles, read_profile_file
from app.adapters.storage import read_bans
from app.bootstrap import standalone_outside
from app.domain.address import Translation
from app.domain.errors import AppError, Refused
from app.domain.reason import Text
from app.locale.texts import rule_title, say
from app.options import Options
from app.services.addressing import remap_of, translation_of
from app.services.clock import wall_clock
from app.services.export import FORMATS, lines
from app.services.firewall import FIREWALLS, script
from app.services.replay import Found, Replay, Summary
from app.services.standalone import StandaloneRules, open_standalone
from app.services.wire import (
    decision_to_wire,
    found_to_wire,
    read_check_line,
    read_simulate_line,
    summary_to_wire,
)
from app.settings.config import Config

_STEERING: Final = ("Cc", "Cf", "Cs")
"""Kinds of characters that show nothing of their own."""


def export(options: Options) -> int:
    """Write the ban list of a data directory; also while the program runs."""
    if options.format not in FORMATS and options.format not in FIREWALLS:
        allowed = ", ".join((*FORMATS, *FIREWALLS))
        raise Refused(Text("export-format-unknown", {"format": options.format, "allowed": allowed}))
    config, profile = ConfigFiles(options.folder()).load()
    now = wall_clock()
    bans = [ban for ban in read_bans(options.folder() / "peerwarden.db") if ban.until > now]
    write = script if options.format in FIREWALLS else lines
    text = write(options.format, bans, remap_of(config, profile.ignore_peers_from_addresses))
    if options.output is None:
        _write(text, sys.stdout)
        return 0
    try:
        with options.output.open("w", encoding="utf-8", newline="\n") as file:
            _write(text, file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(
            Text("export-not-written", {"path": str(options.output), "reason": reason})
        ) from None
    return 0


def check(options: Options) -> int:
    """Judge the peers on standard input, one JSON object a line; prints each decision with its trace."""
    return asyncio.run(_check(options))


def simulate(options: Options) -> int:
    """Replay a file of snapshots, one JSON object a line; prints each new decision, and what all came to."""
    return asyncio.run(_simulate(options))


async def _check(options: Options) -> int:
    async with _open_rules(options) as given:
        # JSON is UTF-8, whatever the console speaks.
        lines: Iterable[str | bytes] = getattr(sys.stdin, "buffer", sys.stdin)
        for number, line in _numbered(lines):
            try:
                seen = read_check_line(line, given.translation, wall_clock())
            except AppError as error:
                raise Refused(Text("check-line-bad", {"line": number, "why": error.text})) from None
            answer = decision_to_wire(await given.rules.judged_alone(seen))
            if options.json:
                print(json.dumps(answer, ensure_ascii=False))
            else:
                _print(_words(answer))
    return 0


async def _simulate(options: Options) -> int:
    last = 0
    async with _open_rules(options) as given:
        replay = Replay(given.rules.judge)
        with _opened(options.file) as lines:
            for number, line in _numbered(lines):
                try:
                    recorded = read_simulate_line(line, given.translation)
                    if recorded.at < last:
                        raise Refused(Text("simulate-goes-back", {"at": recorded.at}))
                except AppError as error:
                    raise Refused(
                        Text("check-line-bad", {"line": number, "why": error.text})
                    ) from None
                last = recorded.at
                for found in await replay.see(recorded):
                    _tell(found, options)
        _sum_up(replay.summary, options)
    return 0


def _tell(found: Found, options: Options) -> None:
    answer = msgspec.to_builtins(found_to_wire(found))
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    moment = datetime.fromtimestamp(found.at / 1000, UTC).astimezone()
    peer = found.judged.peer.address.effective
    name = answer["torrent"]["name"]
    _print([f"{moment:%Y-%m-%d %H:%M:%S} {found.downloader} {peer} {name}".rstrip()])
    _print(f"  {line}" for line in _words(answer))


def _sum_up(summary: Summary, options: Options) -> None:
    counts = msgspec.to_builtins(summary_to_wire(summary))
    if options.json:
        print(json.dumps(counts, ensure_ascii=False))
        return
    print(say(Text("simulate-summary", {"snapshots": summary.snapshots, "peers": summary.peers})))
    for rule, count in summary.would_ban.most_common():
        print(f"  {rule_title(rule)}: {count}")


@contextmanager
def _opened(path: Path | None) -> Iterator[Iterable[bytes]]:
    if path is None or str(path) == "-":
        given: Iterable[bytes] = getattr(sys.stdin, "buffer", ())
        yield given
        return
    try:
        file = path.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(Text("file-unreadable", {"path": str(path), "reason": reason})) from None
    with file:
        yield file


def _numbered(lines: Iterable[str | bytes]) -> Iterator[tuple[int, str | bytes]]:
    """Those that are not blank, counted from 1, without the mark by which some editors begin a file."""
    for number, line in enumerate(lines, start=1):
        if number == 1 and isinstance(line, bytes):
            line = line.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 - the same line
        if line.strip():
            yield number, line


@dataclass(frozen=True, slots=True)
class _Given:
    rules: StandaloneRules
    translation: Translation


@asynccontextmanager
async def _open_rules(options: Options) -> AsyncIterator[_Given]:
    """The rules of a profile, with the scripts, lists and databases of the data directory, which stays as it is."""
    folder = options.folder()
    if options.profile is not None:
        profile, config = read_profile_file(options.profile), Config()
    else:
        config, profile = ConfigFiles(folder).load()
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerwarden-")))
        outside = standalone_outside(folder, scratch)
        stack.push_async_callback(outside.script_engine.close)
        rules = await open_standalone(profile, config, folder, outside)
        yield _Given(rules, translation_of(config))


def _print(lines: Iterable[str]) -> None:
    """Print with what would steer a terminal shown as its code: peers choose their names."""
    for line in lines:
        print("".join(c if unicodedata.category(c) not in _STEERING else _code(c) for c in line))


def _code(character: str) -> str:
    return f"\\u{ord(character):04x}"


def _words(answer: dict[str, Any]) -> Iterator[str]:
    yield f"{answer['action']}: {answer['reason']}"
    for entry in answer["trace"]:
        yield f"  {rule_title(entry['rule'])} [{entry['mode']}] {entry['action']}: {entry['reason']}"


def _write(text: Iterable[str], file: TextIO) -> None:
    file.writelines(text)
