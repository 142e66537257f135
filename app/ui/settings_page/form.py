"""The settings of one area as a form: each with its unit, its default, its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.address import show
from app.locale import _
from app.locale.texts import say
from app.services.ports import Settings
from app.settings.errors import InvalidSetting
from app.settings.kind import Days, Milliseconds, Prefixes, Whole
from app.ui.durations import length
from app.ui.format import listed, seconds, sentences
from app.ui.settings_page.fields import CheckField, Field, field_for
from app.ui.settings_page.items import Item, Section
from app.ui.theme import height
from app.ui.widgets import FieldRow, Form, column, frame, label

_SHORT: Final = 96
_MINUTE: Final = 60_000


class SectionForm(QWidget):
    """Shows values and reads them back; saving is the page's work."""

    def __init__(self, section: Section, changed: Callable[[], None]) -> None:
        super().__init__()
        self.section = section
        self._fields: dict[str, tuple[Item, Field, FieldRow]] = {}
        form = Form()
        form.setVerticalSpacing(6)
        for item in section.items:
            self._add(form, item, changed)
        self.body = column(label(_(section.name), "section"), form, gap=12)
        self.body.setContentsMargins(20, 16, 20, 16)
        card: QFrame = frame("card", self.body)
        self.setLayout(column(card, None))

    def show_values(self, settings: Settings) -> None:
        """Show what is in force, and no errors."""
        for item, field, spot in self._fields.values():
            field.show_value(item.value(settings))
            spot.set_error("")

    def read(self) -> tuple[dict[str, tuple[Item, object]], str]:
        """The values by key, and the key of the first that is refused; those that are say so."""
        values: dict[str, tuple[Item, object]] = {}
        refused = ""
        for key, (item, field, spot) in self._fields.items():
            try:
                values[key] = item, item.kind.read(field.read())
            except InvalidSetting as error:
                spot.set_error(_("Allowed: {allowed}").format(allowed=_allowed(item, error)))
                refused = refused or key
            else:
                spot.set_error("")
        return values, refused

    def refuse(self, key: str, words: str) -> bool:
        """Say why a setting was not taken; False when it is not here."""
        found = self._fields.get(key)
        if found is not None:
            found[2].set_error(words)
        return found is not None

    def focus(self, key: str) -> None:
        """Put the focus into a field."""
        self._fields[key][1].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def field(self, key: str) -> QWidget:
        """The field of a setting."""
        return self._fields[key][1].widget

    def _add(self, form: Form, item: Item, changed: Callable[[], None]) -> None:
        field = field_for(item)
        name = "" if isinstance(field, CheckField) else _(item.name)
        unit = "" if isinstance(item.kind, Milliseconds) else item.unit
        short = isinstance(item.kind, Whole | Days)
        spot = form.add(
            name,
            field.widget,
            unit=_(unit) if unit else "",
            hint=_hint(item),
            width=height(_SHORT) if short else 0,
        )
        field.widget.setAccessibleName(_(item.name))
        field.changed.connect(changed)
        self._fields[item.key] = item, field, spot


def _allowed(item: Item, error: InvalidSetting) -> str:
    if isinstance(item.kind, Milliseconds):  # its own words speak of milliseconds
        return _("at least {length}").format(length=_length(item.kind.low))
    problem = error.problems[0]
    words = say(problem.allowed)
    if problem.path and problem.value:
        return _("{allowed}, not “{value}”").format(allowed=words, value=problem.value)
    return words


def _hint(item: Item) -> str:
    parts = [_(item.hint)] if item.hint else []
    if isinstance(item.kind, Whole):
        parts.append(_("From {low} to {high}.").format(low=item.kind.low, high=item.kind.high))
    if not isinstance(item.kind, Prefixes):
        parts.append(_("Default: {value}.").format(value=_shown(item)))
    if item.restart:
        parts.append(_("Takes effect with the next start."))
    return sentences(parts)


def _shown(item: Item) -> str:
    value = item.default
    for choice, words in item.choices:
        if choice == value:
            return _(words)
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(item.kind, Milliseconds) and isinstance(value, int):
        return _length(value)
    if isinstance(value, tuple):
        return listed(show(prefix) for prefix in value)
    return str(value)


def _length(milliseconds: int) -> str:
    if milliseconds < _MINUTE:
        return seconds(milliseconds, 0 if milliseconds % 1000 == 0 else 3)
    return length(milliseconds)
