"""The row under a list in which a new entry is typed, or one of the list is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from app.locale import _
from app.ui.rules.patterns import (
    METHOD_HINTS,
    METHOD_WORDS,
    Method,
    NotAnEntry,
    Pattern,
    compose,
    decompose,
)
from app.ui.widgets import (
    Button,
    ChoiceBox,
    IconButton,
    column,
    label,
    row,
    set_property,
    text_field,
)


class EntryBar(QWidget):
    """Emits texts that are fit to be entries; everything else is refused here, and stays typed."""

    entered = Signal(object)
    """The list of texts."""
    left = Signal()
    """The user gave up changing an entry."""

    def __init__(self, read: Callable[[str], Sequence[str]], name: str, hint: str) -> None:
        """`read` makes entries of what is typed, or raises NotAnEntry."""
        super().__init__()
        self._read_text = read
        self._field = text_field(hint=hint)
        self._field.setAccessibleName(name)
        self._field.returnPressed.connect(self.enter)
        self._field.textEdited.connect(lambda: self.refuse(""))
        self._enter = Button(_("Add"), icon="plus")
        self._enter.clicked.connect(self.enter)
        self._leave = IconButton("x", _("Leave it as it was"), flat=True)
        self._leave.clicked.connect(self.left)
        self._wrong = label("", "error", wrap=True)
        self._wrong.hide()
        self._line = self._make_line()
        self.setLayout(column(self._line, self._wrong, gap=4))
        self.empty()

    @property
    def field(self) -> QLineEdit:
        """Where the text is typed."""
        return self._field

    @property
    def wrong(self) -> str:
        """What is wrong with what is typed, empty when nothing is."""
        return self._wrong.text()

    def enter(self) -> None:
        """Emit what is typed, or say what is wrong with it."""
        try:
            texts = self._read()
        except NotAnEntry as error:
            self.refuse(error.words)
        else:
            self.refuse("")
            self.entered.emit(texts)

    def refuse(self, words: str) -> None:
        """Say what is wrong; empty says that all is well."""
        set_property(self._field, "wrong", bool(words))
        self._field.setAccessibleDescription(words)
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def load(self, text: str) -> None:
        """Show an entry to be changed."""
        self._write(text)
        self.refuse("")
        self._enter.set_words(_("Change"))
        self._enter.set_icon("check")
        self._leave.show()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._field.selectAll()

    def empty(self) -> None:
        """Be ready for a new entry."""
        self._write("")
        self.refuse("")
        self._enter.set_words(_("Add"))
        self._enter.set_icon("plus")
        self._leave.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._leave.isVisible():
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _make_line(self) -> QHBoxLayout:
        return row(self._field, self._leave, self._enter, gap=6)

    def _read(self) -> Sequence[str]:
        return self._read_text(self._field.text())

    def _write(self, text: str) -> None:
        self._field.setText(text)


class PatternBar(EntryBar):
    """Method, text and what follows; `JSON` takes the rule as it stands in the file."""

    def __init__(self) -> None:
        self._method = ChoiceBox()
        self._method.setAccessibleName(_("How the name is compared"))
        for method, words in METHOD_WORDS.items():
            self._method.addItem(_(words), method.value)
        self._then = ChoiceBox()
        self._then.setAccessibleName(_("What follows"))
        self._then.addItem(_("ban"), False)
        self._then.addItem(_("spare"), True)
        super().__init__(lambda _text: (), _("Pattern"), "")
        self._method.currentIndexChanged.connect(self._follow)
        self._follow()

    @override
    def _make_line(self) -> QHBoxLayout:
        line = row(self._method, self._field, self._then, self._leave, self._enter, gap=6)
        line.setStretch(1, 1)
        return line

    @override
    def _read(self) -> Sequence[str]:
        pattern = Pattern(
            method=self._chosen, content=self._field.text(), spares=bool(self._then.currentData())
        )
        return [compose(pattern)]

    @override
    def _write(self, text: str) -> None:
        if not text:
            self._field.clear()
            return
        pattern = decompose(text)
        self._method.setCurrentIndex(self._method.findData(pattern.method.value))
        self._then.setCurrentIndex(self._then.findData(pattern.spares))
        self._field.setText(pattern.content)

    @property
    def _chosen(self) -> Method:
        return Method(self._method.currentData())

    def _follow(self) -> None:
        hint = METHOD_HINTS.get(self._chosen, "")
        self._field.setPlaceholderText(_(hint) if hint else _("any case"))
        self._then.setVisible(self._chosen is not Method.JSON)
        self.refuse("")
