"""What the table of the log shows of a line."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

from app.locale import N_, _
from app.services.log_ring import LogLine
from app.ui.columns import Column
from app.ui.delegates import Kind
from app.ui.format import plain

_LEVELS: Final = (
    (logging.ERROR, N_("Error"), "bad"),
    (logging.WARNING, N_("Warning"), "warn"),
    (logging.INFO, N_("Info"), ""),
    (logging.NOTSET, N_("Detail"), "faint"),
)


def level_word(level: int) -> str:
    """A level of `logging` as people read it."""
    return next(_(word) for least, word, _ink in _LEVELS if level >= least)


def level_ink(level: int) -> str:
    """The token that colours a line of this level; empty for none."""
    return next(ink for least, _word, ink in _LEVELS if level >= least)


def line_text(line: LogLine) -> str:
    """The whole line, with everything below it, for the clipboard."""
    text = "\n".join(plain(part) for part in line.text.splitlines())
    return f"{_time(line, '%Y-%m-%d %H:%M:%S')} {level_word(line.level)} {line.source}: {text}"


def _time(line: LogLine, form: str) -> str:
    return datetime.fromtimestamp(line.at / 1000, UTC).astimezone().strftime(form)


def _first_line(line: LogLine) -> str:
    first, *more = line.text.splitlines() or [""]
    return f"{first} …" if more else first


def _ink(line: LogLine) -> str:
    return level_ink(line.level)


COLUMNS: Final = (
    Column[LogLine](
        key="time",
        title=N_("Time"),
        width=84,
        text=lambda line: _time(line, "%H:%M:%S"),
        tip=lambda line: _time(line, "%Y-%m-%d %H:%M:%S"),
        sort=lambda line: line.number,
    ),
    Column[LogLine](
        key="level",
        title=N_("Level"),
        width=88,
        kind=Kind.INK,
        text=lambda line: level_word(line.level),
        value=_ink,
        sort=lambda line: line.level,
        falling=True,
    ),
    Column[LogLine](
        key="source",
        title=N_("Part"),
        width=220,
        text=lambda line: line.source.removeprefix("app."),
        shown=False,
    ),
    Column[LogLine](
        key="text",
        title=N_("Message"),
        width=400,
        stretch=True,
        kind=Kind.INK,
        text=_first_line,
        value=_ink,
        tip=lambda line: line.text if "\n" in line.text else "",
    ),
)
