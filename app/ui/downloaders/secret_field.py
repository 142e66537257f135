"""A field for a password that is never shown back: what stays empty stays as it was."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QToolButton

from app.locale import _
from app.settings.secret import Secret
from app.ui import icons


class SecretField(QLineEdit):
    """Empty means unchanged; a cross takes a stored secret away."""

    def __init__(self, stored: Secret) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._stored = stored
        self._remove: QAction | None = None
        if stored:
            self.setPlaceholderText(_("unchanged"))
            self._remove = QAction(icons.icon("x", "muted"), _("Remove the stored one"), self)
            self._remove.triggered.connect(self.forget)
            self.addAction(self._remove, QLineEdit.ActionPosition.TrailingPosition)
            for button in self.findChildren(QToolButton):
                # As high as any other button, it would stick out of the field.
                button.setStyleSheet("min-height: 0px")

    @property
    def secret(self) -> Secret:
        """What is typed, else what is stored."""
        return Secret(self.text()) if self.text() else self._stored

    def forget(self) -> None:
        """Store none from now on."""
        self._stored = Secret()
        self.clear()
        self.setPlaceholderText("")
        if self._remove is not None:
            self.removeAction(self._remove)
            self._remove = None
