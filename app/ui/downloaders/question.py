"""A plain question about one downloader: what it is about, and one button that says yes."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QDialog, QWidget

from app.locale import _
from app.ui.downloaders.certificate import fingerprint_label
from app.ui.theme import height
from app.ui.widgets import Button, ButtonKind, column, label, row

_WIDTH: Final = 480


class Question(QDialog):
    """Open it with `widgets.ask`; accepted means yes."""

    def __init__(
        self, parent: QWidget, title: str, words: str, *, yes: str = "", fingerprint: str = ""
    ) -> None:
        """`yes` is the button's verb; without one there is nothing to answer. `fingerprint` stands below the words."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(height(_WIDTH))
        asked = column(
            label(title, "section", wrap=True),
            label(words, wrap=True, selectable=True),
            gap=8,
            margins=(20, 16, 20, 8),
        )
        if fingerprint:
            asked.addWidget(fingerprint_label(fingerprint))
        no = Button(_("Not now") if yes else _("Close"))
        no.clicked.connect(self.reject)
        buttons = row(None, no, margins=(20, 0, 20, 16))
        if yes:
            agree = Button(yes, kind=ButtonKind.PRIMARY)
            agree.setDefault(True)
            agree.clicked.connect(self.accept)
            buttons.addWidget(agree)
        self.setLayout(column(asked, None, buttons))
