"""The dialog “Ban an address”; what is wrong is said in it, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from app.domain.address import Prefix
from app.domain.errors import AppError
from app.locale import _, ngettext
from app.locale.texts import say
from app.ui.bans.addresses import read_addresses
from app.ui.desk import Desk
from app.ui.durations import BAN_LENGTHS, length
from app.ui.format import listed
from app.ui.widgets import Button, ButtonKind, ChoiceBox, Form, column, label, row, text_field

_WIDTH: Final = 480
_NAMED: Final = 5


class BanDialog(QDialog):
    """Open it with `widgets.ask`; it bans by itself and closes once that worked."""

    def __init__(self, desk: Desk, parent: QWidget | None = None, *, text: str = "") -> None:
        super().__init__(parent)
        self._desk = desk
        self.setWindowTitle(_("Ban an address"))
        self.setMinimumWidth(_WIDTH)
        self.addresses = QPlainTextEdit(text)
        self.addresses.setTabChangesFocus(True)
        self.addresses.setPlaceholderText("203.0.113.7\n198.51.100.0/24\n2001:db8::/56")
        self.addresses.setMinimumHeight(110)
        self.lengths = ChoiceBox()
        rule = desk.core.settings.profile.ban_duration
        self.lengths.addItem(_("The rules' time ({length})").format(length=length(rule)), rule)
        for offered in BAN_LENGTHS:
            self.lengths.addItem(length(offered), offered)
        self.lengths.setCurrentIndex(self.lengths.count() - 1)
        self.note = text_field(hint=_("Shown as the reason"))
        form = Form()
        self._row = form.add(
            _("Addresses"),
            self.addresses,
            hint=_("One a line, or a whole list: addresses and networks such as 198.51.100.0/24."),
        )
        form.add(_("For how long"), self.lengths)
        form.add(_("Note"), self.note)
        self.confirm = Button(_("Ban"), icon="ban", kind=ButtonKind.PRIMARY)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self.start)
        cancel = Button(_("Cancel"))
        cancel.clicked.connect(self.reject)
        self.addresses.textChanged.connect(self._count)
        self._sum = label("", "faint")
        self.setLayout(
            column(
                form,
                8,
                row(self._sum, None, cancel, self.confirm),
                margins=(20, 16, 20, 16),
            )
        )
        send = QShortcut(QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_Return), self)
        send.activated.connect(self.start)
        self.addresses.setFocus()

    @property
    def error(self) -> str:
        """What is wrong, empty when nothing is."""
        return self.addresses.accessibleDescription() if self.addresses.property("wrong") else ""

    def start(self) -> None:
        """Ban what is typed, if it can be read and is not being banned already."""
        if not self.confirm.isEnabled():
            return
        pasted = read_addresses(self.addresses.toPlainText())
        if pasted.wrong:
            shown = listed(pasted.wrong[:_NAMED])
            more = len(pasted.wrong) - _NAMED
            words = ngettext(
                "This is no address: {words}", "These are no addresses: {words}", len(pasted.wrong)
            ).format(words=shown if more <= 0 else f"{shown} … (+{more})")
            self._row.set_error(words)
        elif not pasted.prefixes:
            self._row.set_error(_("At least one address is needed."))
        else:
            self.confirm.setEnabled(False)
            self._desk.actions.run(self._ban(pasted.prefixes), "ban by hand")

    async def _ban(self, prefixes: Sequence[Prefix]) -> None:
        try:
            await self._desk.actions.ban(
                prefixes,
                duration=self.lengths.currentData(),
                note=self.note.text().strip(),
            )
        except AppError as error:
            self._row.set_error(say(error.text))
        else:
            self.accept()
        finally:
            self.confirm.setEnabled(True)

    def _count(self) -> None:
        self._row.set_error("")
        found = len(read_addresses(self.addresses.toPlainText()).prefixes)
        words = ngettext("{count} address or network", "{count} addresses and networks", found)
        self._sum.setText(words.format(count=found) if found else "")
