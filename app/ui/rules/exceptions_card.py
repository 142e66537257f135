"""The peers that are never judged: those of the settings, and the user's own."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from app.domain.address import Prefix, parse_prefix
from app.domain.peer_exception import PeerException
from app.locale import _
from app.ui.desk import Desk
from app.ui.durations import SPARE_LENGTHS, length
from app.ui.format import listed
from app.ui.rows import RowsModel
from app.ui.rules.entries import read_addresses
from app.ui.rules.exception_columns import exception_columns, exception_words
from app.ui.rules.exception_dialog import ExceptionDialog
from app.ui.rules.patterns import NotAnEntry
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.widgets import (
    Button,
    ChoiceBox,
    IconButton,
    ask,
    column,
    label,
    row,
    section_title,
    set_property,
    text_field,
)

_TICK_MS: Final = 30_000


class ExceptionsCard(QFrame):
    """Lists them, adds and removes the user's own; a removal can be undone."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk = desk
        self._rows: RowsModel[PeerException, str] = RowsModel(
            exception_columns(desk.core.downloaders.name_of),
            lambda entry: entry.id,
            faint=lambda entry: entry.configured,
        )
        self._table = TableView(self._rows)
        self._table.setAccessibleName(_("Exceptions"))
        self._table.letter_pressed.connect(self._on_key)
        self._table.selection_changed.connect(self._follow_selection)
        self._table.opened.connect(self._edit)
        self._more = Button(_("More kinds…"))
        self._more.setToolTip(_("By client, peer ID, torrent, downloader or for one rule"))
        self._more.clicked.connect(lambda: self._open(None))
        self._remove = IconButton("trash-2", _("Remove the selected ones of yours"), flat=True)
        self._remove.clicked.connect(self.remove_selected)
        self._remove.setEnabled(False)
        self._address = text_field(hint=_("Address or network"))
        self._address.setAccessibleName(_("Address or network that is never judged"))
        self._note = text_field(hint=_("Note"))
        self._note.setAccessibleName(_("Note"))
        self._until = ChoiceBox()
        self._until.setAccessibleName(_("For how long"))
        for duration in SPARE_LENGTHS:
            self._until.addItem(length(duration), duration)
        self._until.setCurrentIndex(self._until.count() - 1)
        add = Button(_("Add"), icon="plus")
        add.clicked.connect(self.add)
        for field in (self._address, self._note):
            field.returnPressed.connect(self.add)
        self._address.textEdited.connect(lambda: self._refuse(""))
        self._wrong = label("", "error", wrap=True)
        self._wrong.hide()
        self._until.setFixedWidth(height(104))
        bar = row(self._address, self._note, self._until, add, gap=6)
        bar.setContentsMargins(8, 0, 8, 0)
        head = section_title(_("Exceptions"), self._remove, self._more)
        head.setContentsMargins(8, 0, 4, 0)
        self.setLayout(column(head, self._table, bar, self._wrong, margins=(8, 10, 8, 12)))
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(lambda: self._rows.refresh("left"))
        self._timer.start()

    def follow(self) -> None:
        """Show those there are, the user's own first."""
        entries = self._desk.core.exceptions.entries()
        self._rows.show(sorted(entries, key=lambda entry: entry.configured))

    @property
    def table(self) -> TableView[PeerException, str]:
        """The rows on the screen."""
        return self._table

    def add(self) -> None:
        """Add what is typed, or say what is wrong with it."""
        try:
            prefixes = [parse_prefix(text) for text in read_addresses(self._address.text())]
        except NotAnEntry as error:
            self._refuse(error.words)
            return
        self._refuse("")
        duration = self._until.currentData()
        until = None if duration is None else self._desk.core.clock() + int(duration)
        self._desk.actions.run(self._add(prefixes, until, self._note.text().strip()), "except")
        self._address.clear()
        self._note.clear()

    def remove_selected(self) -> None:
        """Judge those again that the user excepted himself."""
        own = [entry for entry in self._table.selected_rows() if not entry.configured]
        if own:
            self._desk.actions.run(self._take_away(own), "remove an exception")

    def _edit(self, key: str) -> None:
        entry = self._rows.get(key)
        if entry is not None and not entry.configured:
            self._open(entry)

    def _open(self, entry: PeerException | None) -> None:
        self._desk.actions.run(self._ask(entry), "edit an exception")

    async def _ask(self, entry: PeerException | None) -> None:
        dialog = ExceptionDialog(self._desk, entry, self.window())
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()

    async def _add(self, prefixes: list[Prefix], until: int | None, note: str) -> None:
        await self._desk.core.exceptions.add_all(
            PeerException(id="", prefix=prefix, until=until, note=note) for prefix in prefixes
        )

    async def _take_away(self, entries: list[PeerException]) -> None:
        exceptions = self._desk.core.exceptions
        await exceptions.remove_all([entry.id for entry in entries])

        async def put_back() -> None:
            await exceptions.add_all(entries)

        name_of = self._desk.core.downloaders.name_of
        what = listed(exception_words(entry, name_of) for entry in entries)
        self._desk.actions.offer_undo(_("{what} is judged again.").format(what=what), put_back)

    def _on_key(self, key: str, _keys: object) -> None:
        if key == "Del":
            self.remove_selected()

    def _follow_selection(self) -> None:
        own = any(not entry.configured for entry in self._table.selected_rows())
        self._remove.setEnabled(own)

    def _refuse(self, words: str) -> None:
        set_property(self._address, "wrong", bool(words))
        self._address.setAccessibleDescription(words)
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))
