"""Settings and dialogs: label, field, unit, and below it a hint or what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.ui.theme.tokens import SPACE_1, SPACE_3
from app.ui.widgets.layout import label, row, set_property, set_role


class FieldRow:
    """One field of a Form."""

    def __init__(self, field: QWidget, name: QLabel, note: QLabel, hint: str) -> None:
        self.field = field
        self.name = name
        self._note = note
        self._hint = hint

    def set_error(self, words: str) -> None:
        """Say what is wrong and keep the value; empty says that all is well."""
        set_property(self.field, "wrong", bool(words))
        set_role(self._note, "error" if words else "caption")
        self._note.setText(words or self._hint)
        self._note.setVisible(bool(words or self._hint))
        self.field.setAccessibleDescription(words or self._hint)

    def set_hint(self, words: str) -> None:
        """Say another hint; an error stays in sight until it is mended."""
        self._hint = words
        if self._note.property("role") != "error":
            self.set_error("")

    def set_visible(self, shown: bool) -> None:  # noqa: FBT001 - as Qt's setVisible
        """Show or hide the whole row."""
        for widget in (self.name, self.field):
            widget.setVisible(shown)
        self._note.setVisible(shown and bool(self._note.text()))


class Form(QGridLayout):
    """Fields under each other, their labels in a column of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(SPACE_3)
        self.setVerticalSpacing(SPACE_1)
        self.setColumnStretch(1, 1)

    def add(
        self, name: str, field: QWidget, *, unit: str = "", hint: str = "", width: int = 0
    ) -> FieldRow:
        """Add a field; `width` fixes it for short numbers, otherwise it takes the room there is."""
        line = self.rowCount()
        words = label(name)
        words.setBuddy(field)
        field.setAccessibleName(f"{name} ({unit})" if unit else name)
        note = label("", "caption", wrap=True)
        tall = isinstance(field, QPlainTextEdit)
        self.addWidget(words, line, 0, Qt.AlignmentFlag.AlignTop if tall else Qt.AlignmentFlag(0))
        beside = [label(unit, "muted")] if unit else []
        if width:
            field.setFixedWidth(width)
            self.addLayout(row(field, *beside, None), line, 1)
        else:
            across = row(field, *beside)
            across.setStretch(0, 1)
            self.addLayout(across, line, 1)
        self.addWidget(note, line + 1, 1)
        made = FieldRow(field, words, note, hint)
        made.set_error("")
        return made


def text_field(value: str = "", *, hint: str = "", secret: bool = False) -> QLineEdit:
    """A field for one line; `secret` hides what is typed."""
    made = QLineEdit(value)
    made.setPlaceholderText(hint)
    if secret:
        made.setEchoMode(QLineEdit.EchoMode.Password)
    return made
