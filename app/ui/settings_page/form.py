"""The settings of one area as a form: each with its unit, its default, its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.locale import _
from app.services.ports import Settings
from app.settings.errors import InvalidSetting
from app.settings.kind import Days, Number, Whole
from app.ui.settings_page.fields import CheckField, Field, ShareField, TextField, field_for
from app.ui.settings_page.item import Item, Section
from app.ui.settings_page.measure import allowed, hint, unit
from app.ui.theme import height
from app.ui.widgets import FieldRow, Form, column, frame, label

_SHORT: Final = 96


class ItemsForm(QWidget):
    """Shows values and reads them back; saving is the page's work."""

    def __init__(
        self, items: Sequence[Item], changed: Callable[[], None], *, title: str = ""
    ) -> None:
        """With a `title`, which is translated, the form stands on a card."""
        super().__init__()
        self._fields: dict[str, tuple[Item, Field, FieldRow]] = {}
        form = Form()
        form.setVerticalSpacing(6)
        for item in items:
            self._add(form, item, changed)
        self.body = column(label(title, "section"), form, gap=12) if title else column(form)
        """More may be added below."""
        if title:
            self.body.setContentsMargins(20, 16, 20, 16)
            self._cards = column(frame("card", self.body), None, gap=12)
            self.setLayout(self._cards)
        else:
            self._cards = self.body
            self.setLayout(self.body)

    def add_below(self, widget: QWidget) -> None:
        """Put what belongs to the settings below them."""
        self._cards.insertWidget(1, widget)

    def show_values(self, settings: Settings) -> None:
        """Show what is in force, and no errors."""
        self.show_by_key({item.key: item.value(settings) for item in self.items})

    def show_by_key(self, values: Mapping[str, object]) -> None:
        """Show these values of all settings, and no errors."""
        for key, (_item, field, spot) in self._fields.items():
            field.show_value(values[key])
            spot.set_error("")

    def read(self) -> tuple[dict[str, tuple[Item, object]], str]:
        """The values by key, and the key of the first that is refused; those that are say so."""
        values: dict[str, tuple[Item, object]] = {}
        refused = ""
        for key, (item, field, spot) in self._fields.items():
            try:
                values[key] = item, item.kind.read(field.read())
            except InvalidSetting as error:
                spot.set_error(_("Allowed: {allowed}").format(allowed=allowed(item, error)))
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

    @property
    def items(self) -> tuple[Item, ...]:
        """What is shown, in order."""
        return tuple(item for item, _field, _spot in self._fields.values())

    def _add(self, form: Form, item: Item, changed: Callable[[], None]) -> None:
        field = field_for(item)
        name = "" if isinstance(field, CheckField) else _(item.name)
        short = isinstance(field, TextField | ShareField) and isinstance(
            item.kind, Whole | Number | Days
        )
        spot = form.add(
            name,
            field.widget,
            unit=unit(item),
            hint=hint(item),
            width=height(_SHORT) if short else 0,
        )
        field.widget.setAccessibleName(_(item.name))
        field.changed.connect(changed)
        self._fields[item.key] = item, field, spot


class SectionForm(ItemsForm):
    """The settings of one area, on a card with its name."""

    def __init__(self, section: Section, changed: Callable[[], None]) -> None:
        super().__init__(section.items, changed, title=_(section.name))
        self.section = section
