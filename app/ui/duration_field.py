"""A length of time as a number and a unit."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.ban import FOREVER
from app.locale import N_, _
from app.ui.durations import DAY, HOUR, MINUTE
from app.ui.theme import height
from app.ui.widgets import ChoiceBox, row, set_property, text_field

_SECOND: Final = 1000
_UNITS: Final = ((DAY, N_("days")), (HOUR, N_("hours")), (MINUTE, N_("min")), (_SECOND, N_("s")))
_ENDLESS: Final = "endless"
_GLOBAL: Final = "global"


class DurationField(QWidget):
    """Milliseconds; the unit chosen first is the largest that the value is a whole number of."""

    changed = Signal()

    def __init__(self, *, global_words: str = "", endless: bool = True) -> None:
        """`global_words` names the choice of no length of one's own, which is None; empty for no such choice."""
        super().__init__()
        self._number = text_field()
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._number.setFixedWidth(height(72))
        self._number.textEdited.connect(self.changed)
        self._unit = ChoiceBox()
        self._unit.setAccessibleName(_("Unit"))
        for size, words in _UNITS:
            self._unit.addItem(_(words), size)
        if endless:
            self._unit.addItem(_("for ever"), _ENDLESS)
        if global_words:
            self._unit.addItem(global_words, _GLOBAL)
        self._unit.activated.connect(self._choose)
        self.setLayout(row(self._number, self._unit, None))
        self.setFocusProxy(self._number)

    @property
    def value(self) -> int | None:
        """The length in ms, None for the global one; raises ValueError when it is no number above 0."""
        unit = self._unit.currentData()
        if isinstance(unit, str):
            return FOREVER if unit == _ENDLESS else None
        length = round(float(self._number.text().strip().replace(",", ".")) * int(unit))
        if length <= 0:
            raise ValueError(length)
        return length

    @property
    def text(self) -> str:
        """The number as it is typed."""
        return self._number.text()

    def set_value(self, length: int | None) -> None:
        """Show a length."""
        endless = length is not None and length >= FOREVER
        choice = _ENDLESS if endless else _GLOBAL
        if (length is None or endless) and self._unit.findData(choice) >= 0:
            self._unit.setCurrentIndex(self._unit.findData(choice))
            self._number.clear()
        else:
            number = length or 0
            fitting = (size for size, _words in _UNITS if number % size == 0)
            unit = next(fitting, _SECOND)
            self._unit.setCurrentIndex(self._unit.findData(unit))
            self._number.setText(f"{number / unit:.15g}")
        self._follow()

    def set_global_words(self, words: str) -> None:
        """Name the choice of the global length anew."""
        place = self._unit.findData(_GLOBAL)
        if place >= 0:
            self._unit.setItemText(place, words)

    def set_wrong(self, *, wrong: bool) -> None:
        """Outline the number as refused, or no longer."""
        set_property(self._number, "wrong", wrong)

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's name
        super().setAccessibleName(name)
        self._number.setAccessibleName(name)

    def _choose(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        self._number.setEnabled(not isinstance(self._unit.currentData(), str))
