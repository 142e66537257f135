"""The pane under the ban list: the reason, who it was, how far the ban has come, and the trace of the decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from app.domain.address import show
from app.domain.ban import Ban
from app.domain.peer import Peer
from app.locale import _, ngettext
from app.locale.texts import say
from app.ui.bans.columns import BanView, leak_words, took, took_words
from app.ui.bans.enforced import EnforcedLines
from app.ui.delegates import Mark, mark_word
from app.ui.facts import Elided, Facts
from app.ui.format import ago, listed, moment, percent, roughly, size
from app.ui.peers.words import connection_words, evidence
from app.ui.theme import height
from app.ui.theme.tokens import SPACE_1
from app.ui.trace_view import TraceView
from app.ui.widgets import Button, ButtonKind, column, frame, label, row, scrolled

PANE: Final = 244
_FACTS: Final = 400
_LOWEST: Final = 150
_NAMES: Final = 124
"""Pixels for the names of facts."""


class BanDetails(QWidget):
    """Follows the selection; what its buttons mean is the page's business."""

    undo_pressed = Signal()
    evidence_pressed = Signal()

    def __init__(self, view: BanView, spare: QMenu, lengths: QMenu) -> None:
        """`spare` and `lengths` are the menus of “Unban and never judge again” and “Change duration”."""
        super().__init__()
        self._view = view
        self._headline = Elided()
        self._headline.setProperty("role", "section")
        self._headline.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.undo = Button(_("Undo the ban"), icon="undo-2", kind=ButtonKind.PRIMARY)
        self.undo.clicked.connect(self.undo_pressed)
        self._spare = Button(_("Unban and never judge again"), menu=spare)
        self._lengths = Button(_("Change duration"), menu=lengths)
        self._evidence = Button(_("Copy evidence"), icon="copy")
        self._evidence.clicked.connect(self.evidence_pressed)
        self._facts = Facts(
            (
                ("banned", _("Banned")),
                ("client", _("Client")),
                ("peer-id", _("Peer ID")),
                ("connection", _("Connection")),
                ("torrent", _("Torrent")),
                ("sent", _("Sent to it")),
                ("leaked", _("Sent after the ban")),
                ("downloader", _("Seen at")),
            ),
            _NAMES,
        )
        self._enforced = EnforcedLines(_NAMES)
        known = QWidget()
        known.setLayout(column(self._enforced, self._facts, gap=SPACE_1))
        self._left = scrolled(known)
        self._left.setFixedWidth(height(_FACTS))
        self._trace = TraceView()
        self._hint = label(_("Choose a ban to see how it came to be."), "faint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = row(self._headline, self.undo, self._spare, self._lengths, self._evidence, gap=10)
        head.setStretch(0, 1)
        self._head, self._body = QWidget(), QWidget()
        self._head.setLayout(head)
        across = row(self._left, self._trace, gap=16)
        across.setStretch(1, 1)
        self._body.setLayout(across)
        inside = column(self._head, self._body, self._hint, gap=8, margins=(14, 9, 14, 8))
        inside.setStretch(1, 1)
        inside.setStretch(2, 1)
        self.setLayout(column(frame("pane", inside), gap=0))
        self.setMinimumHeight(height(_LOWEST))
        self.show_nothing()

    @property
    def trace(self) -> TraceView:
        """The table “Why?”."""
        return self._trace

    @property
    def facts(self) -> Facts:
        """The lines at the left."""
        return self._facts

    @property
    def words(self) -> str:
        """The headline."""
        return self._headline.text()

    @property
    def enforced(self) -> str:
        """How far the ban has come, a line for each downloader."""
        return self._enforced.text

    def show_nothing(self) -> None:
        """Nothing is selected."""
        self._head.hide()
        self._body.hide()
        self._hint.show()

    def show_many(self, bans: Sequence[Ban]) -> None:
        """Sum up several bans."""
        taken = size(sum(took(ban) or 0 for ban in bans))
        guessed = any(ban.peer is not None and ban.peer.estimated for ban in bans)
        words = ngettext(
            "{count} ban; {size} taken before it",
            "{count} bans; {size} taken before them",
            len(bans),
        )
        self._open(words.format(count=len(bans), size=roughly(taken, estimated=guessed)))
        self._left.hide()
        self._trace.hide()

    def show_ban(self, ban: Ban) -> None:
        """Show one ban."""
        self._open(say(ban.verdict.reason))
        peer, facts = ban.peer, self._facts
        facts.set("banned", banned_words(ban, self._view.now()))
        self._enforced.show_lines(self._view.enforced(ban))
        facts.set("client", (peer.client_name or "") if peer else "")
        facts.set("peer-id", (peer.peer_id or "") if peer else "")
        facts.set("connection", connection_words(peer) if peer else "")
        facts.set("torrent", ban.torrent.name if ban.torrent else "")
        facts.set("sent", _sent(ban, peer))
        leak = self._view.leak(ban)
        facts.set("leaked", leak_words(leak) if leak.bytes else _("nothing"))
        facts.set("downloader", ban.downloader.name if ban.downloader else "")
        self._trace.show_trace(ban.trace, peer, ban.until - ban.since)
        self._left.show()
        self._trace.show()

    def _open(self, words: str) -> None:
        self._hint.hide()
        self._head.show()
        self._body.show()
        self._headline.say(words)


def banned_words(ban: Ban, now: int) -> str:
    """Since when and until when."""
    since = ago(ban.since, now)
    if ban.endless:
        return _("{since}, for ever").format(since=since)
    return _("{since}, until {until}").format(since=since, until=moment(ban.until, now))


def ban_evidence(ban: Ban) -> str:
    """What one can hand to somebody else about a ban."""
    reason = say(ban.verdict.reason)
    if ban.peer is None or ban.torrent is None:
        return f"{show(ban.prefix)}: {reason}"
    return evidence(ban.peer, ban.torrent, ban.trace, reason=reason, mark=mark_word(Mark.BANNED))


def _sent(ban: Ban, peer: Peer | None) -> str:
    if peer is None:
        return ""
    words = took_words(ban)
    if ban.torrent is None:
        return words
    claims = _("claimed {progress}").format(progress=percent(peer.progress))
    return listed((f"{words} / {size(ban.torrent.size)}", claims))
