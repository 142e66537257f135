"""The field of each kind of setting: shows a value, and gives back what the kind shall read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget
from typing_extensions import override

from app.domain.address import show
from app.locale import _
from app.settings.kind import Days, Flag, Milliseconds, Number, RuleDuration, SecretLine, Whole
from app.settings.list_kind import Lines, Prefixes, Words
from app.settings.secret import Secret
from app.ui.duration_field import DurationField
from app.ui.settings_page.item import Item, Shape
from app.ui.settings_page.size_field import SizeField
from app.ui.theme import height
from app.ui.widgets import ChoiceBox, text_field

_LINES: Final = 6
_ACROSS: Final = 2
_SECOND: Final = 1000


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
        self._box = ChoiceBox()
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
    """A length of time; `unit` is the milliseconds that the setting counts in."""

    def __init__(self, unit: int = 1, *, global_words: str = "") -> None:
        """`global_words` names the choice of None, where that is allowed."""
        self._field = DurationField(global_words=global_words, endless=bool(global_words))
        super().__init__(self._field)
        self._unit = unit
        self._none = 0
        self._field.changed.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._none = min(value or 0, 0)
        self._field.set_value(None if value is None else max(value, 0) * self._unit)

    @override
    def read(self) -> object:
        try:
            length = self._field.value
        except (ValueError, OverflowError):
            # Nothing at all is a length too, where the kind takes it; a file may have less for it.
            return self._none if self._field.text.strip() == "0" else self._field.text
        return length if length is None or self._unit == 1 else round(length / self._unit)


class BytesField(Field):
    """A size; what a file has below zero is shown as none, and comes back as it was."""

    def __init__(self) -> None:
        self._field = SizeField()
        super().__init__(self._field)
        self._none = 0
        self._field.changed.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._none = min(value, 0)
        self._field.set_value(max(value, 0))

    @override
    def read(self) -> object:
        size = self._field.value
        return self._none if size == 0 else size


class ShareField(Field):
    """A share of 0 to 1, and sometimes more, as percent."""

    def __init__(self) -> None:
        self._line: QLineEdit = text_field()
        super().__init__(self._line)
        self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._line.textEdited.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._line.setText(f"{value * 100:.12g}")

    @override
    def read(self) -> object:
        text = self._line.text().strip().removesuffix("%").strip().replace(",", ".")
        try:
            return float(f"{float(text) / 100:.14g}")
        except ValueError:
            return text


class TextField(Field):
    """A line of text or a number."""

    def __init__(self, *, is_number: bool = False, is_secret: bool = False) -> None:
        self._line: QLineEdit = text_field(secret=is_secret)
        super().__init__(self._line)
        if is_number:
            self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._line.textEdited.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        match value:
            case Secret():
                self._line.setText(value.reveal())
            case float():
                self._line.setText(f"{value:.12g}")
            case _:
                self._line.setText(str(value))

    @override
    def read(self) -> object:
        return self._line.text().strip()


class WordsField(Field):
    """Some of a few words, each with a box of its own."""

    def __init__(self, item: Item) -> None:
        body = QWidget()
        super().__init__(body)
        self._boxes = {str(value): QCheckBox(_(words)) for value, words in item.choices}
        boxes = QGridLayout()
        boxes.setContentsMargins(0, 0, 0, 0)
        for place, box in enumerate(self._boxes.values()):
            boxes.addWidget(box, *divmod(place, _ACROSS))
            box.toggled.connect(self.changed)
        body.setLayout(boxes)

    @override
    def show_value(self, value: Any) -> None:
        for word, box in self._boxes.items():
            box.setChecked(word in value)

    @override
    def read(self) -> object:
        return [word for word, box in self._boxes.items() if box.isChecked()]


class LinesField(Field):
    """Texts, or addresses and networks, one a line."""

    def __init__(self) -> None:
        self._text = QPlainTextEdit()
        super().__init__(self._text)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * _LINES + height(16))
        self._text.textChanged.connect(self.changed)

    @override
    def show_value(self, value: Any) -> None:
        self._text.setPlainText("\n".join(_line(entry) for entry in value))

    @override
    def read(self) -> object:
        return [line.strip() for line in self._text.toPlainText().splitlines() if line.strip()]


def field_for(item: Item) -> Field:
    """The field that fits a setting."""
    if isinstance(item.kind, Words):
        return WordsField(item)
    if item.choices:
        return ChoiceField(item)
    shaped = _BY_SHAPE.get(item.shape)
    if shaped is not None:
        return shaped()
    match item.kind:
        case Flag():
            return CheckField(_(item.name))
        case Milliseconds():
            return LengthField()
        case RuleDuration():
            return LengthField(global_words=_("as all bans"))
        case Prefixes() | Lines():
            return LinesField()
        case kind:
            return TextField(
                is_number=isinstance(kind, Whole | Number | Days),
                is_secret=isinstance(kind, SecretLine),
            )


def _line(entry: object) -> str:
    return show(entry) if isinstance(entry, IPv4Network | IPv6Network) else str(entry)


_BY_SHAPE: Final[Mapping[Shape, Callable[[], Field]]] = {
    Shape.SHARE: ShareField,
    Shape.BYTES: BytesField,
    Shape.LENGTH: LengthField,
    Shape.SECONDS: lambda: LengthField(_SECOND),
}
