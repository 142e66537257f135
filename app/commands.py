"""The commands that work on a data directory without running the program: `export` and `check`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from app.adapters.config_files import ConfigFiles, read_profile_file
from app.adapters.storage import read_bans
from app.domain.address import Prefix, Translation
from app.domain.errors import AppError, Refused
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.locale.texts import rule_title
from app.options import Options
from app.services.clock import wall_clock
from app.services.downloaders import remap_of, translation_of
from app.services.events import EventBus
from app.services.exceptions import Exceptions
from app.services.export import FORMATS, lines
from app.services.judge import Judge
from app.services.rules import build_rules
from app.services.wire import decision_to_wire, read_check_line
from app.settings.profile import Profile


def export(options: Options) -> int:
    """Write the ban list of a data directory; also while the program runs."""
    if options.format not in FORMATS:
        allowed = ", ".join(FORMATS)
        raise Refused(Text("export-format-unknown", {"format": options.format, "allowed": allowed}))
    config, profile = ConfigFiles(options.folder()).load()
    now = wall_clock()
    bans = [ban for ban in read_bans(options.folder() / "peerwarden.db") if ban.until > now]
    text = lines(options.format, bans, remap_of(config, _prefixes(profile)))
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
    profile, translation = _read(options)
    judge = _judge(profile)
    # JSON is UTF-8, whatever the console speaks.
    given: Iterable[str | bytes] = getattr(sys.stdin, "buffer", sys.stdin)
    for number, line in enumerate(given, start=1):
        if not line.strip():
            continue
        try:
            peer, torrent = read_check_line(line, translation)
        except AppError as error:
            raise Refused(Text("check-line-bad", {"line": number, "why": error.text})) from None
        answer = decision_to_wire(judge.decide(peer, torrent))
        print(json.dumps(answer, ensure_ascii=False) if options.json else "\n".join(_words(answer)))
    return 0


def _read(options: Options) -> tuple[Profile, Translation]:
    if options.profile is not None:
        return read_profile_file(options.profile), Translation()
    config, profile = ConfigFiles(options.folder()).load()
    return profile, translation_of(config)


def _judge(profile: Profile) -> Judge:
    exceptions = Exceptions(_NoStore(), EventBus(), wall_clock)
    exceptions.configure(_prefixes(profile))
    return Judge(exceptions, build_rules(profile))


def _prefixes(profile: Profile) -> Iterable[Prefix]:
    return profile.ignore_peers_from_addresses


def _words(answer: dict[str, Any]) -> Iterator[str]:
    yield f"{answer['action']}: {answer['reason']}"
    for entry in answer["trace"]:
        yield f"  {rule_title(entry['rule'])} [{entry['mode']}] {entry['action']}: {entry['reason']}"


def _write(text: Iterable[str], file: TextIO) -> None:
    file.writelines(text)


class _NoStore:
    """`check` judges each line alone: it has no exceptions of the user's own and stores none."""

    async def load_exceptions(self) -> list[PeerException]:
        return []

    async def save_exception(self, entry: PeerException) -> None:
        """Nothing to keep."""

    async def delete_exception(self, entry_id: str) -> None:
        """Nothing to delete."""
