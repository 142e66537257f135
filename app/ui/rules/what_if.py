"""The box “What if?”: an invented peer on an invented torrent, and what every rule says of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QWidget

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
from app.ui.settings_page.size_field import SizeField
from app.ui.theme import height
from app.ui.theme.tokens import ROW_TRACE
from app.ui.trace_view import TraceView, mark_of
from app.ui.widgets import (
    Button,
    Chip,
    ChoiceBox,
    column,
    label,
    row,
    section_title,
    set_property,
    text_field,
)

_ID: Final = "what-if"
_WHOLE: Final = 100.0
_SIZE: Final = 2**30
_LARGEST: Final = 2**62
_ACROSS: Final = 3
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
        self._torrent = text_field(hint=_("any"))
        self._size, self._sent = SizeField(), SizeField()
        self._size.set_value(_SIZE)
        self._sent.set_value(0)
        self._have, self._reports = text_field("100"), text_field("0")
        self._category, self._tracker = text_field(), text_field()
        self._downloader = ChoiceBox()
        self._wrong = label("", "error", wrap=True)
        self._chip = Chip(Mark.PASS)
        self._answer = label("", wrap=True, selectable=True)
        self._trace = TraceView()
        ask = Button(_("Ask"), icon="flask-conical")
        ask.clicked.connect(self.ask)
        fields = self._grid()
        answer = row(self._chip, self._answer, gap=8)
        answer.setStretch(1, 1)
        about = label(_("Asks all rules; nothing is banned."), "caption")
        self.setLayout(
            column(
                section_title(_("What if?"), about),
                fields,
                row(None, ask),
                self._wrong,
                answer,
                self._trace,
                margins=(16, 12, 16, 12),
            )
        )
        for part in (self._wrong, self._chip, self._answer, self._trace):
            part.hide()
        for changed in (self._trace.rows.rowsInserted, self._trace.rows.rowsRemoved):
            changed.connect(self._fit)
        self._trace.rows.modelReset.connect(self._fit)

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
        for wanted in (self._address, self._port, self._have, self._reports):
            set_property(wanted, "wrong", value=False)
        self._size.set_wrong(wrong=False)
        self._sent.set_wrong(wrong=False)
        invented = self._invented()
        shown = invented is not None
        for part in (self._chip, self._answer, self._trace):
            part.setVisible(shown)
        self._wrong.setVisible(not shown)
        if invented is not None:
            self._core.tasks.start(self._ask_about(*invented), "ask what if")

    async def _ask_about(self, peer: Peer, torrent: Torrent) -> None:
        where = str(self._downloader.currentData() or "")
        decision = await self._core.rules.what_if(peer, torrent, where)
        self._say(decision)
        self._trace.show_trace(decision.trace, peer, self._core.settings.profile.ban_duration)
        self._fit()

    def _fit(self) -> None:
        rows = height(ROW_TRACE) * self._trace.shown
        self._trace.setFixedHeight(self._trace.header.height() + rows + 2)

    def ask_again(self) -> None:
        """Settings changed: offer the downloaders there are, and answer anew when there is an answer."""
        self._name_downloaders()
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

    def _grid(self) -> QGridLayout:
        self._name_downloaders()
        fields = QGridLayout()
        fields.setHorizontalSpacing(10)
        fields.setVerticalSpacing(4)
        named: tuple[tuple[str, QWidget], ...] = (
            (_("Address"), self._address),
            (_("Port"), self._port),
            (_("Client name"), self._client),
            (_("Peer ID"), self._peer_id),
            (_("Sent to it"), self._sent),
            (_("It reports, %"), self._reports),
            (_("Torrent"), self._torrent),
            (_("Size of the torrent"), self._size),
            (_("You have, %"), self._have),
            (_("Category"), self._category),
            (_("Tracker"), self._tracker),
            (_("Downloader"), self._downloader),
        )
        for place, (name, field) in enumerate(named):
            line, across = divmod(place, _ACROSS)
            fields.addWidget(label(name, "caption"), 2 * line, across)
            fields.addWidget(field, 2 * line + 1, across)
            field.setAccessibleName(name)
            if isinstance(field, QLineEdit):
                field.returnPressed.connect(self.ask)
        for across in range(_ACROSS):
            fields.setColumnStretch(across, 1)
        return fields

    def _name_downloaders(self) -> None:
        chosen = self._downloader.currentData()
        self._downloader.clear()
        self._downloader.addItem(_("any"), "")
        for state in self._core.downloaders.states():
            self._downloader.addItem(state.settings.name, state.settings.id)
        self._downloader.setCurrentIndex(max(self._downloader.findData(chosen), 0))

    def _invented(self) -> tuple[Peer, Torrent] | None:
        peer = self._peer()
        have, size = self._share(self._have), self._bytes(self._size)
        if peer is None or have is None or size is None:
            return None
        torrent = Torrent(
            id=_ID,
            hash="",
            name=self._torrent.text().strip(),
            size=size,
            completed_size=round(size * have),
            progress=have,
            category=self._category.text().strip(),
            tracker=self._tracker.text().strip(),
        )
        return peer, torrent

    def _peer(self) -> Peer | None:
        try:
            address = parse_ip(self._address.text())
        except InvalidAddress:
            self._refuse(self._address, _("Allowed: an IP address such as {example}"), _ADDRESS)
            return None
        port = self._port.text().strip() or "0"
        if not (port.isascii() and port.isdigit() and int(port[:6]) <= MAX_PORT):
            self._refuse(self._port, _("Allowed: a port from 0 to {example}"), str(MAX_PORT))
            return None
        sent, reports = self._bytes(self._sent), self._share(self._reports)
        if sent is None or reports is None:
            return None
        tunnels = self._core.settings.config.ip_remapping
        ways = Translation(teredo=tunnels.teredo, nat64=tunnels.nat64)
        return Peer(
            address=translate(Endpoint(address, int(port)), ways),
            client_name=self._client.text() or None,
            peer_id=self._peer_id.text() or None,
            progress=reports,
            uploaded=sent,
        )

    def _share(self, field: QLineEdit) -> float | None:
        try:
            share = float(field.text().strip().removesuffix("%").replace(",", ".") or "0")
        except ValueError:
            share = -1.0
        if 0 <= share <= _WHOLE:
            return share / _WHOLE
        self._refuse(field, _("Allowed: a share from 0 to {example} %"), "100")
        return None

    def _bytes(self, field: SizeField) -> int | None:
        size = field.value or 0
        if isinstance(size, int) and 0 <= size <= _LARGEST:
            return size
        field.set_wrong(wrong=True)
        self._wrong.setText(_("Allowed: a size such as {example}").format(example="4 GiB"))
        field.setFocus()
        return None

    def _refuse(self, field: QLineEdit, words: str, example: str) -> None:
        set_property(field, "wrong", value=True)
        said = words.format(example=example)
        field.setAccessibleDescription(said)
        self._wrong.setText(said)
        field.setFocus()
