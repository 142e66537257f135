"""The dialog for an exception with all that can narrow it down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QWidget

from app.domain.address import Prefix, parse_prefix, show
from app.domain.errors import AppError
from app.domain.peer_exception import PeerException
from app.locale import _
from app.locale.texts import rule_title, say
from app.settings.profile import RULES
from app.ui.desk import Desk
from app.ui.durations import SPARE_LENGTHS, length
from app.ui.format import moment
from app.ui.rules.entries import read_addresses
from app.ui.rules.patterns import NotAnEntry
from app.ui.widgets import Button, ButtonKind, ChoiceBox, Form, column, label, row, text_field

_WIDTH: Final = 520
_ADDRESSES: Final = "203.0.113.7, 198.51.100.0/24"
_CLIENT: Final = "qBittorrent/5"
_PEER_ID: Final = "-qB5"
_HASH: Final = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_AS_BEFORE: Final = -1
"""Stands in the list of lengths for the end that the edited entry has."""


class ExceptionDialog(QDialog):
    """Open it with `widgets.ask`; it adds or replaces by itself and closes once that worked."""

    def __init__(
        self, desk: Desk, entry: PeerException | None = None, parent: QWidget | None = None
    ) -> None:
        """`entry` is to be edited; without it new ones are made."""
        super().__init__(parent)
        self._desk, self._entry = desk, entry
        self.setWindowTitle(_("Exception"))
        self.setMinimumWidth(_WIDTH)
        known = entry or PeerException(id="")
        self.address = text_field(show(known.prefix) if known.prefix else "", hint=_ADDRESSES)
        self.client = text_field(known.client or "", hint=_CLIENT)
        self.peer_id = text_field(known.peer_id or "", hint=_PEER_ID)
        self.torrent = text_field(known.torrent or "")
        self.downloader = ChoiceBox()
        self.rule = ChoiceBox()
        self.until = ChoiceBox()
        self.note = text_field(known.note)
        self._fill(known)
        self._form(entry)

    def _form(self, entry: PeerException | None) -> None:
        intro = label(
            _("A peer is spared when everything that you fill in here fits it."), "muted", wrap=True
        )
        form = Form()
        self._address_row = form.add(_("Address or network"), self.address)
        form.add(_("Client begins with"), self.client)
        form.add(_("Peer ID begins with"), self.peer_id)
        self._torrent_row = form.add(
            _("Torrent"), self.torrent, hint=_("Its info hash of 40 or 64 letters and digits.")
        )
        form.add(_("Downloader"), self.downloader)
        form.add(
            _("Spared from"), self.rule, hint=_("With one rule chosen, all others judge the peer.")
        )
        form.add(_("For how long"), self.until)
        form.add(_("Note"), self.note)
        self._wrong = label("", "error", wrap=True)
        self.confirm = Button(_("Add") if entry is None else _("Save"), kind=ButtonKind.PRIMARY)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self.start)
        cancel = Button(_("Cancel"))
        cancel.clicked.connect(self.reject)
        foot = row(self._wrong, cancel, self.confirm)
        foot.setStretch(0, 1)
        self.setLayout(column(intro, 4, form, 8, foot, margins=(20, 16, 20, 16)))
        self.address.textChanged.connect(lambda: self._address_row.set_error(""))
        self.torrent.textChanged.connect(lambda: self._torrent_row.set_error(""))
        self.address.setFocus()

    def start(self) -> None:
        """Make what is chosen, or say what is wrong with it."""
        self._wrong.setText("")
        try:
            prefixes = self._prefixes()
        except NotAnEntry as error:
            self._address_row.set_error(error.words)
            return
        torrent = _typed(self.torrent)
        if torrent is not None and _HASH.fullmatch(torrent) is None:
            self._torrent_row.set_error(_("This is no info hash."))
            return
        made = [self._made(prefix) for prefix in prefixes]
        if not self._narrowed(made[0]):
            self._wrong.setText(_("Fill in whom it spares: at least one of the first five."))
            return
        self.confirm.setEnabled(False)
        self._desk.actions.run(self._put(made), "except")

    def _prefixes(self) -> Sequence[Prefix | None]:
        if not self.address.text().strip():
            return [None]
        return [parse_prefix(text) for text in read_addresses(self.address.text())]

    def _made(self, prefix: Prefix | None) -> PeerException:
        return PeerException(
            id="",
            prefix=prefix,
            client=_typed(self.client),
            peer_id=_typed(self.peer_id),
            torrent=_typed(self.torrent),
            downloader=self.downloader.currentData(),
            rule=self.rule.currentData(),
            until=self._end(),
            note=self.note.text().strip(),
        )

    def _end(self) -> int | None:
        duration = self.until.currentData()
        if duration == _AS_BEFORE and self._entry is not None:
            return self._entry.until
        return None if duration is None else self._desk.core.clock() + int(duration)

    def _narrowed(self, entry: PeerException) -> bool:
        scopes = (entry.prefix, entry.client, entry.peer_id, entry.torrent, entry.downloader)
        return any(scope is not None for scope in scopes)

    async def _put(self, made: Sequence[PeerException]) -> None:
        exceptions = self._desk.core.exceptions
        try:
            await exceptions.add_all(made)
            if self._entry is not None:
                await exceptions.remove_all([self._entry.id])
        except AppError as error:
            self._wrong.setText(say(error.text))
        else:
            self.accept()
        finally:
            self.confirm.setEnabled(True)

    def _fill(self, known: PeerException) -> None:
        self.downloader.addItem(_("any"), None)
        for state in self._desk.core.downloaders.states():
            self.downloader.addItem(state.settings.name, state.settings.id)
        _choose(self.downloader, known.downloader, known.downloader or "")
        self.rule.addItem(_("all rules"), None)
        for rule in RULES:
            self.rule.addItem(rule_title(rule), rule)
        _choose(self.rule, known.rule, known.rule or "")
        for duration in SPARE_LENGTHS:
            self.until.addItem(length(duration), duration)
        self.until.setCurrentIndex(self.until.count() - 1)
        if known.until is not None:
            words = _("as before, until {time}").format(
                time=moment(known.until, self._desk.core.clock())
            )
            self.until.addItem(words, _AS_BEFORE)
            self.until.setCurrentIndex(self.until.count() - 1)


def _typed(field: QLineEdit) -> str | None:
    return field.text().strip() or None


def _choose(box: QComboBox, value: str | None, words: str) -> None:
    """Choose the entry with `value`; one that is gone joins under its own name."""
    place = next((at for at in range(box.count()) if box.itemData(at) == value), -1)
    if place < 0:
        box.addItem(words, value)
        place = box.count() - 1
    box.setCurrentIndex(place)
