"""A size as a number and a unit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.locale import _
from app.ui.theme import height
from app.ui.widgets import ChoiceBox, row, set_property, text_field

_UNITS: Final = (
    ("B", 1),
    ("kB", 10**3),
    ("KiB", 2**10),
    ("MB", 10**6),
    ("MiB", 2**20),
    ("GB", 10**9),
    ("GiB", 2**30),
    ("TB", 10**12),
    ("TiB", 2**40),
)

_DIGITS: Final = 18
"""Of a number; more bytes than that are none."""


class SizeField(QWidget):
    """Bytes; the unit chosen first is the largest that the value is a whole number of."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._number = text_field()
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._number.setFixedWidth(height(72))
        self._number.textEdited.connect(self.changed)
        self._unit = ChoiceBox()
        self._unit.setAccessibleName(_("Unit"))
        for name, size in _UNITS:
            # As text: an int of C ends long before a tebibyte.
            self._unit.addItem(name, str(size))
        self._unit.activated.connect(lambda _place: self.changed.emit())
        self.setLayout(row(self._number, self._unit, None))
        self.setFocusProxy(self._number)

    @property
    def value(self) -> int | str:
        """The size in bytes; what is typed when it is no number."""
        text = self._number.text().strip()
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            return text
        if not number.is_finite() or number.adjusted() > _DIGITS:
            return text
        return round(number * int(self._unit.currentData()))

    def set_value(self, size: int) -> None:
        """Show a size."""
        fitting = [unit for _name, unit in _UNITS if size and size % unit == 0] or [1]
        unit = fitting[-1]
        self._unit.setCurrentIndex(self._unit.findData(str(unit)))
        self._number.setText(str(size // unit))

    def set_wrong(self, *, wrong: bool) -> None:
        """Outline the number as refused, or no longer."""
        set_property(self._number, "wrong", wrong)

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's name
        super().setAccessibleName(name)
        self._number.setAccessibleName(name)
