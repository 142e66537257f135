"""The columns of the ban list and of the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.domain.address import show
from app.domain.ban import Ban, Source
from app.locale import N_, _
from app.locale.texts import rule_title, say
from app.services.core import Core
from app.services.enforcement import Enforcement
from app.services.leakage import Leak
from app.services.ports import HistoryRow
from app.ui.bans.enforced import MARKS, Enforced, enforced_at
from app.ui.columns import RIGHT, Column
from app.ui.delegates import Kind, Mark, mark_word
from app.ui.format import NOTHING, left, moment, roughly, size, span

ENFORCED: Final = "enforced"
SINCE: Final = "since"
LEFT: Final = "left"

LEAKED: Final = "leaked"

_WORST_FIRST: Final = tuple(MARKS)
_RANK: Final = {mark: rank for rank, mark in enumerate(MARKS.values())}
_AFTER: Final = N_("Sent after the ban")
_AFTER_HINT: Final = N_("What it had from us between the ban and its drop")


class BanView:
    """What the cells need beside the ban: how far it has come, names, the clock."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def enforcement(self, ban: Ban) -> dict[str, Enforcement]:
        """By downloader id."""
        return self._core.downloaders.enforcement(ban)

    def enforced(self, ban: Ban) -> tuple[Enforced, ...]:
        """The same in words."""
        return enforced_at(self._core, ban)

    def leak(self, ban: Ban) -> Leak:
        """What went to its peers all the same."""
        return self._core.leakage.of(ban)

    def mark(self, ban: Ban) -> Mark:
        """How far it has come, over all downloaders."""
        states = set(self.enforcement(ban).values())
        return next((MARKS[state] for state in _WORST_FIRST if state in states), Mark.WAITING)

    def name(self, downloader: str) -> str:
        """A downloader's name."""
        states = self._core.downloaders.states()
        found = (s.settings.name for s in states if s.settings.id == downloader)
        return next(found, downloader)

    def now(self) -> int:
        """Epoch milliseconds."""
        return self._core.clock()

    def left(self, ban: Ban) -> str:
        """How long it still lasts."""
        return left(None if ban.endless else ban.until, self.now())


def ban_columns(view: BanView) -> Sequence[Column[Ban]]:
    """Those of the list that is in force."""
    return (
        *_what(),
        Column(
            key=ENFORCED,
            title=N_("Enforced"),
            width=124,
            kind=Kind.VERDICT,
            text=lambda ban: mark_word(view.mark(ban)),
            value=view.mark,
            sort=lambda ban: _RANK[view.mark(ban)],
            tip=lambda ban: "\n".join(each.line for each in view.enforced(ban)),
        ),
        Column(
            key=SINCE,
            title=N_("Since"),
            width=108,
            align=RIGHT,
            falling=True,
            text=lambda ban: span(view.now() - ban.since),
            sort=lambda ban: ban.since,
            tip=lambda ban: moment(ban.since, view.now()),
        ),
        Column(
            key=LEFT,
            title=N_("Left"),
            width=112,
            align=RIGHT,
            text=view.left,
            sort=lambda ban: ban.until,
            tip=lambda ban: _("for ever") if ban.endless else moment(ban.until, view.now()),
        ),
        Column(
            key="until",
            title=N_("Until"),
            width=130,
            text=lambda ban: _("for ever") if ban.endless else moment(ban.until, view.now()),
            sort=lambda ban: ban.until,
            shown=False,
        ),
        *_more(),
        Column(
            key=LEAKED,
            title=_AFTER,
            width=130,
            align=RIGHT,
            falling=True,
            text=lambda ban: leak_words(view.leak(ban)),
            sort=lambda ban: view.leak(ban).bytes,
            shown=False,
            hint=_AFTER_HINT,
        ),
    )


def history_columns(view: BanView) -> Sequence[Column[HistoryRow]]:
    """Those of what was banned; the store gives it newest first, page by page."""
    return (
        *(_of_row(column) for column in _what()),
        Column(
            key=SINCE,
            title=N_("Banned at"),
            width=130,
            text=lambda row: moment(row.ban.since, view.now()),
            sort=lambda row: row.ban.since,
            falling=True,
        ),
        Column(
            key="ended",
            title=N_("Until"),
            width=170,
            text=lambda row: _ended(row, view.now()),
            sort=lambda row: row.unbanned_at or row.ban.until,
        ),
        *(_of_row(column) for column in _more()),
        Column(
            key=LEAKED,
            title=_AFTER,
            width=130,
            align=RIGHT,
            falling=True,
            text=lambda row: size(row.leaked),
            sort=lambda row: row.leaked,
            shown=False,
            hint=_AFTER_HINT,
        ),
    )


def _what() -> Sequence[Column[Ban]]:
    return (
        Column(
            key="banned",
            title=N_("Banned"),
            width=190,
            kind=Kind.FLAG,
            text=lambda ban: show(ban.prefix),
            value=lambda ban: ban.peer.country if ban.peer else "",
            sort=lambda ban: (ban.prefix.version, int(ban.prefix.network_address)),
        ),
        Column(key="rule", title=N_("Rule"), width=112, text=lambda ban: rule_title(ban.rule)),
        Column(
            key="reason",
            least=160,
            title=N_("Reason"),
            width=300,
            stretch=True,
            text=lambda ban: say(ban.verdict.reason),
        ),
        Column(
            key="torrent",
            title=N_("Torrent"),
            width=190,
            text=lambda ban: ban.torrent.name if ban.torrent else NOTHING,
        ),
        Column(
            key="took",
            title=N_("Took"),
            width=92,
            align=RIGHT,
            falling=True,
            text=took_words,
            sort=lambda ban: took(ban) or 0,
            hint=N_("What it had from us when it was banned"),
        ),
    )


def _more() -> Sequence[Column[Ban]]:
    return (
        Column(
            key="client",
            title=N_("Client"),
            width=130,
            text=lambda ban: (ban.peer.client_name if ban.peer else None) or NOTHING,
            shown=False,
        ),
        Column(
            key="peer-id",
            title=N_("Peer ID"),
            width=120,
            text=lambda ban: (ban.peer.peer_id if ban.peer else None) or NOTHING,
            shown=False,
        ),
        Column(
            key="downloader",
            title=N_("Downloader"),
            width=110,
            text=lambda ban: ban.downloader.name if ban.downloader else NOTHING,
            shown=False,
        ),
        Column(key="source", title=N_("Source"), width=90, text=_source, shown=False),
    )


def took(ban: Ban) -> int | None:
    """Bytes that it had from us when it was banned; None when unknown."""
    return ban.peer.uploaded if ban.peer is not None and ban.peer.uploaded >= 0 else None


def leak_words(leak: Leak) -> str:
    """What leaked as people read it; nothing is a dash."""
    return roughly(size(leak.bytes), estimated=leak.estimated)


def took_words(ban: Ban) -> str:
    """The same as people read it."""
    return roughly(size(took(ban)), estimated=ban.peer is not None and ban.peer.estimated)


def _of_row(column: Column[Ban]) -> Column[HistoryRow]:
    """The same column over a row of the history."""
    value, sort = column.value, column.sort
    return Column(
        key=column.key,
        title=column.title,
        width=column.width,
        align=column.align,
        falling=column.falling,
        kind=column.kind,
        stretch=column.stretch,
        shown=column.shown,
        hint=column.hint,
        text=lambda row: column.text(row.ban),
        value=None if value is None else lambda row: value(row.ban),
        sort=None if sort is None else lambda row: sort(row.ban),
    )


def _source(ban: Ban) -> str:
    return _("by hand") if ban.source is Source.MANUAL else _("rule")


def _ended(row: HistoryRow, now: int) -> str:
    if row.unbanned_at is not None:
        return _("undone {time}").format(time=moment(row.unbanned_at, now))
    if row.ban.endless:
        return _("for ever")
    return moment(row.ban.until, now)


def haystack(ban: Ban) -> str:
    """All that a filter looks for words in, in lower case."""
    peer, torrent = ban.peer, ban.torrent
    return " ".join(
        (
            show(ban.prefix),
            rule_title(ban.rule),
            say(ban.verdict.reason),
            torrent.name if torrent else "",
            (peer.client_name or "") if peer else "",
            (peer.peer_id or "") if peer else "",
            ban.downloader.name if ban.downloader else "",
        )
    ).casefold()
