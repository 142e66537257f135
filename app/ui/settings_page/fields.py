"""The field of each kind of setting: shows a value, and gives back what the kind shall read."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from typing_extensions import override

from app.domain.address import show
from app.locale import _
from app.settings.kind import Days, Flag, Milliseconds, Prefixes, Whole
from app.ui.duration_field import DurationField
from app.ui.settings_page.items import Item
from app.ui.theme import height
from app.ui.widgets import text_field

_LINES: Final = 6


class Field(QObject):
    """One setting on the screen."""

    changed = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - each kind has its own
        """Show a value as its kind gives it."""
        raise NotImplementedError

    def read(self) -> object:
        """What the user entered, for the kind to check."""
        raise NotImplementedError


class CheckField(Field):
    """On or off."""

    def __init__(self, words: str) -> None:
        self._box = QCheckBox(words)
        super().__init__(self._box)
        self._box.toggled.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))

    @override
    def read(self) -> object:
        return self._box.isChecked()


class ChoiceField(Field):
    """One of a few."""

    def __init__(self, item: Item) -> None:
        self._box = QComboBox()
        super().__init__(self._box)
        self._values = [value for value, _words in item.choices]
        self._shown: object = None
        for _value, words in item.choices:
            self._box.addItem(_(words))
        self._box.activated.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        # A tag such as zh_Hans_CN is allowed too and has no entry of its own.
        self._box.setCurrentIndex(self._values.index(value) if value in self._values else -1)
        self._shown = value

    @override
    def read(self) -> object:
        place = self._box.currentIndex()
        return self._values[place] if place >= 0 else self._shown


class LengthField(Field):
    """A length of time."""

    def __init__(self) -> None:
        self._field = DurationField(endless=False)
        super().__init__(self._field)
        self._field.changed.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._field.set_value(value)

    @override
    def read(self) -> object:
        try:
            return self._field.value
        except (ValueError, OverflowError):
            return self._field.text


class TextField(Field):
    """A line of text or a number."""

    def __init__(self, *, is_number: bool) -> None:
        self._line: QLineEdit = text_field()
        super().__init__(self._line)
        if is_number:
            self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._line.textEdited.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._line.setText(str(value))

    @override
    def read(self) -> object:
        return self._line.text().strip()


class PrefixesField(Field):
    """Addresses and networks, one a line."""

    def __init__(self) -> None:
        self._text = QPlainTextEdit()
        super().__init__(self._text)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * _LINES + height(16))
        self._text.textChanged.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._text.setPlainText("\n".join(show(prefix) for prefix in value))

    @override
    def read(self) -> object:
        return [line.strip() for line in self._text.toPlainText().splitlines() if line.strip()]


def field_for(item: Item) -> Field:
    """The field that fits a setting."""
    if item.choices:
        return ChoiceField(item)
    match item.kind:
        case Flag():
            return CheckField(_(item.name))
        case Milliseconds():
            return LengthField()
        case Prefixes():
            return PrefixesField()
        case kind:
            return TextField(is_number=isinstance(kind, Whole | Days))
