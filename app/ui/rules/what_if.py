"""The box “What if?”: an invented peer, and what every rule says of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit

from app.domain.address import Endpoint, InvalidAddress, Translation, parse_ip, translate
from app.domain.decision import Decision
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from app.domain.verdict import Action
from app.locale import _
from app.locale.texts import say
from app.services.core import Core
from app.settings.kind import MAX_PORT
from app.ui.delegates import Mark
from app.ui.theme import height
from app.ui.theme.tokens import ROW_TRACE
from app.ui.trace_view import TraceView, mark_of
from app.ui.widgets import Button, Chip, column, label, row, section_title, set_property, text_field

_NO_TORRENT: Final = Torrent(id="", hash="", name="")
_ADDRESS: Final = "203.0.113.1"
_PORT: Final = 51413


class WhatIfCard(QFrame):
    """Nothing is banned or counted."""

    def __init__(self, core: Core) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._core = core
        self._address = text_field(_ADDRESS)
        self._port = text_field(str(_PORT))
        self._client = text_field(hint=_("such as {name}").format(name="Xunlei 0.0.1.9"))
        self._peer_id = text_field(hint=_("such as {name}").format(name="-XL0019-"))
        self._wrong = label("", "error", wrap=True)
        self._chip = Chip(Mark.PASS)
        self._answer = label("", wrap=True, selectable=True)
        self._trace = TraceView()
        ask = Button(_("Ask"), icon="flask-conical")
        ask.clicked.connect(self.ask)
        fields = QGridLayout()
        fields.setHorizontalSpacing(10)
        fields.setVerticalSpacing(4)
        named = (
            (_("Address"), self._address),
            (_("Port"), self._port),
            (_("Client name"), self._client),
            (_("Peer ID"), self._peer_id),
        )
        for place, (name, field) in enumerate(named):
            fields.addWidget(label(name, "caption"), 0, place)
            fields.addWidget(field, 1, place)
            field.setAccessibleName(name)
            field.returnPressed.connect(self.ask)
            fields.setColumnStretch(place, 1 if place == 1 else 2)
        fields.addWidget(ask, 1, len(named))
        answer = row(self._chip, self._answer, gap=8)
        answer.setStretch(1, 1)
        about = label(_("Asks all rules; nothing is banned."), "caption")
        self.setLayout(
            column(
                section_title(_("What if?"), about),
                fields,
                self._wrong,
                answer,
                self._trace,
                margins=(16, 12, 16, 12),
            )
        )
        for part in (self._wrong, self._chip, self._answer, self._trace):
            part.hide()

    @property
    def answer(self) -> str:
        """What is said of the peer, in one sentence."""
        return self._answer.text()

    @property
    def trace(self) -> TraceView:
        """What each rule said."""
        return self._trace

    def ask(self) -> None:
        """Show what would be decided, or what is wrong with a field."""
        peer = self._peer()
        shown = peer is not None
        for part in (self._chip, self._answer, self._trace):
            part.setVisible(shown)
        self._wrong.setVisible(not shown)
        if peer is not None:
            self._core.tasks.start(self._ask_about(peer), "ask what if")

    async def _ask_about(self, peer: Peer) -> None:
        decision = await self._core.rules.what_if(peer, _NO_TORRENT)
        self._say(decision)
        self._trace.show_trace(decision.trace, peer, self._core.settings.profile.ban_duration)
        rows = height(ROW_TRACE) * len(decision.trace)
        self._trace.setFixedHeight(self._trace.header.height() + rows + 2)

    def ask_again(self) -> None:
        """Rules changed: answer anew when there is an answer."""
        if self._answer.isVisibleTo(self):
            self.ask()

    def _say(self, decision: Decision) -> None:
        deciding = decision.deciding or decision.shadow
        if deciding is None or deciding.action is Action.NO_ACTION:
            self._chip.set(Mark.PASS)
            self._answer.setText(_("No rule has anything against this peer."))
        else:
            self._chip.set(mark_of(deciding))
            self._answer.setText(say(deciding.reason))

    def _peer(self) -> Peer | None:
        for field in (self._address, self._port):
            set_property(field, "wrong", value=False)
        try:
            address = parse_ip(self._address.text())
        except InvalidAddress:
            self._refuse(self._address, _("Allowed: an IP address such as {example}"), _ADDRESS)
            return None
        port = self._port.text().strip() or "0"
        if not (port.isascii() and port.isdigit() and int(port[:6]) <= MAX_PORT):
            self._refuse(self._port, _("Allowed: a port from 0 to {example}"), str(MAX_PORT))
            return None
        tunnels = self._core.settings.config.ip_remapping
        ways = Translation(teredo=tunnels.teredo, nat64=tunnels.nat64)
        return Peer(
            address=translate(Endpoint(address, int(port)), ways),
            client_name=self._client.text() or None,
            peer_id=self._peer_id.text() or None,
        )

    def _refuse(self, field: QLineEdit, words: str, example: str) -> None:
        set_property(field, "wrong", value=True)
        said = words.format(example=example)
        field.setAccessibleDescription(said)
        self._wrong.setText(said)
        field.setFocus()
