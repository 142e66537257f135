"""The pane under the Peers table: the reason, the facts and the trace of the selected peer, and what one can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QMenu, QSizePolicy, QWidget

from app.domain.address import show
from app.domain.ban import Ban
from app.locale import _, ngettext
from app.services.events import JudgedPeer
from app.ui.bans.enforced import Enforced, enforced_words
from app.ui.delegates import Mark, mark_word
from app.ui.facts import Elided, Facts
from app.ui.format import ago, moment, percent, roughly, size
from app.ui.peers.columns import PeerView
from app.ui.peers.menu import Chosen
from app.ui.peers.words import (
    client_words,
    connection_words,
    flag_words,
    headline,
    received_words,
    sent_words,
)
from app.ui.theme import height
from app.ui.trace_view import TraceView
from app.ui.widgets import Button, ButtonKind, Chip, column, frame, label, row, scrolled

PANE: Final = 316
"""Height below the table; the same as a width at its right would be too narrow for the trace."""
SIDE: Final = 560
_FACTS: Final = 400
_LOWEST: Final = 150
_ANY: Final = 16_777_215
"""Qt's word for no limit."""


class PeerDetails(QWidget):
    """Follows the selection; says which button was pressed, and leaves the doing to the page."""

    undo_pressed = Signal()
    ban_pressed = Signal()
    evidence_pressed = Signal()

    def __init__(self, view: PeerView, fill_spare: Callable[[QMenu], object]) -> None:
        """`fill_spare` puts into a menu what “Never judge again” offers for the peers shown."""
        super().__init__()
        self._view = view
        self._chip = Chip(Mark.PASS)
        self._headline = Elided()
        self._headline.setProperty("role", "section")
        self._headline.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._undo = Button(_("Undo the ban"), icon="undo-2", kind=ButtonKind.PRIMARY)
        self._undo.clicked.connect(self.undo_pressed)
        self._ban = Button(_("Ban"), icon="ban")
        self._ban.clicked.connect(self.ban_pressed)
        menu = QMenu(self)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: fill_spare(menu))
        self._spare = Button(_("Never judge again"), menu=menu)
        self._evidence = Button(_("Copy evidence"), icon="copy")
        self._evidence.clicked.connect(self.evidence_pressed)
        self._facts = Facts(
            (
                ("address", _("Address")),
                ("client", _("Client")),
                ("peer-id", _("Peer ID")),
                ("connection", _("Connection")),
                ("seen", _("Seen first")),
                ("torrent", _("Torrent")),
                ("claims", _("Claims")),
                ("sent", _("Sent to it")),
                ("received", _("Received")),
                ("banned", _("Banned")),
                ("enforced", _("Enforced")),
            )
        )
        self._trace = TraceView()
        self._hint = label(_("Choose a peer to see why it is judged as it is."), "faint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()
        self.show_nobody()

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

    def show_nobody(self) -> None:
        """Nothing is selected."""
        self._head.hide()
        self._body.hide()
        self._hint.show()

    def show_peer(self, judged: JudgedPeer, enforced: Sequence[Enforced]) -> None:
        """Show one peer; `enforced` is how far its ban has come."""
        ban = self._view.ban(judged)
        mark = self._view.mark(judged)
        self._open(mark, headline(judged, ban, mark), banned=ban is not None)
        self._show_facts(judged, ban, enforced)
        self._trace.show_decision(judged.decision, judged.peer)
        self._left.show()
        self._trace.show()

    def show_many(self, chosen: Chosen) -> None:
        """Sum up several peers."""
        peers = chosen.peers
        sent = sum(max(judged.peer.uploaded, 0) for judged in peers)
        guessed = any(judged.peer.estimated for judged in peers)
        words = ngettext(
            "{count} peer, {addresses} addresses, {size} sent to them",
            "{count} peers, {addresses} addresses, {size} sent to them",
            len(peers),
        ).format(
            count=len(peers),
            addresses=len(chosen.addresses),
            size=roughly(size(sent), estimated=guessed),
        )
        self._open(Mark.PASS, words, banned=bool(chosen.bans))
        self._chip.hide()
        self._ban.setVisible(bool(chosen.free))
        self._left.hide()
        self._trace.hide()

    def lie(self, *, beside: bool) -> None:
        """Stand `beside` the table, or below it."""
        direction = QBoxLayout.Direction
        self._across.setDirection(direction.TopToBottom if beside else direction.LeftToRight)
        self._head_box.setDirection(direction.TopToBottom if beside else direction.LeftToRight)
        if beside:
            self._left.setMinimumWidth(0)
            self._left.setMaximumWidth(_ANY)
            self.setMinimumSize(SIDE, 0)
        else:
            self._left.setFixedWidth(height(_FACTS))
            self.setMinimumSize(0, height(_LOWEST))

    def _build(self) -> None:
        why = row(self._chip, self._headline, gap=10)
        why.setStretch(1, 1)
        buttons = row(None, self._undo, self._ban, self._spare, self._evidence, gap=10)
        self._head_box = row(why, buttons, gap=10)
        self._head_box.setStretch(0, 1)
        self._head = QWidget()
        self._head.setLayout(self._head_box)
        self._left = scrolled(self._facts)
        self._across = row(self._left, self._trace, gap=16)
        self._across.setStretch(1, 1)
        self._body = QWidget()
        self._body.setLayout(self._across)
        inside = column(self._head, self._body, self._hint, gap=8, margins=(14, 9, 14, 8))
        inside.setStretch(1, 1)
        inside.setStretch(2, 1)
        outside = column(frame("pane", inside), gap=0)
        self.setLayout(outside)
        self.lie(beside=False)

    def _open(self, mark: Mark, words: str, *, banned: bool) -> None:
        self._hint.hide()
        self._head.show()
        self._body.show()
        self._chip.show()
        self._chip.set(mark, mark_word(mark))
        self._headline.say(words)
        self._undo.setVisible(banned)
        self._ban.setVisible(not banned)

    def _show_facts(
        self, judged: JudgedPeer, ban: Ban | None, enforced: Sequence[Enforced]
    ) -> None:
        peer, torrent, now = judged.peer, judged.torrent, self._view.now()
        country = f"  {peer.country.upper()}" if peer.country else ""
        facts = self._facts
        facts.set("address", f"{peer.address.ip}{country}")
        facts.set("client", client_words(peer))
        facts.set("peer-id", peer.peer_id or "")
        facts.set("connection", connection_words(peer))
        facts.set("seen", f"{moment(judged.first_seen, now)} ({ago(judged.first_seen, now)})")
        facts.set("torrent", torrent.name)
        facts.set("claims", percent(peer.progress))
        facts.set("sent", f"{sent_words(peer)} / {size(torrent.size)}")
        facts.set("received", received_words(peer))
        facts.tell("connection", f"{connection_words(peer)}\n{flag_words(peer.flags)}")
        if ban is None:
            facts.set("banned", "")
            facts.set("enforced", "")
            return
        facts.set("banned", _banned_words(ban, now))
        facts.set("enforced", enforced_words(enforced))


def _banned_words(ban: Ban, now: int) -> str:
    since = ago(ban.since, now)
    if ban.endless:
        words = _("{since}, for ever").format(since=since)
    else:
        words = _("{since}, until {until}").format(since=since, until=moment(ban.until, now))
    return f"{words} ({show(ban.prefix)})"
