"""The Settings page: what no other page changes. Save writes it, and nothing before."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget
from typing_extensions import override

from app.locale import _
from app.locale.texts import say
from app.services.ports import Settings
from app.settings.errors import InvalidSetting
from app.ui.desk import Desk
from app.ui.format import listed
from app.ui.page import Page
from app.ui.settings_page.form import SectionForm
from app.ui.settings_page.item import Item
from app.ui.settings_page.items import SECTIONS
from app.ui.settings_page.network_items import LOOKUP, SERVER
from app.ui.settings_page.places_card import PlacesCard
from app.ui.theme import Scheme, height
from app.ui.widgets import Button, ButtonKind, column, frame, label, row, scrolled

_NAVIGATION: Final = 200
_WIDEST: Final = 760

Wanted = dict[str, dict[tuple[str, ...], object]]
"""Values by keys, by file."""


class SettingsPage(Page):
    """Areas at the left, one of them at the right."""

    key = "settings"
    icon = "settings-2"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Settings"))
        self._forms = [SectionForm(section, self._note) for section in SECTIONS]
        self._stack = QStackedWidget()
        self._areas: list[Button] = []
        self._state = label("", "caption")
        self._revert = Button(_("Revert"), kind=ButtonKind.FLAT)
        self._revert.clicked.connect(self.revert)
        self._save = Button(_("Save"), kind=ButtonKind.PRIMARY, tip=_("Ctrl+S"))
        self._save.clicked.connect(self.save)
        self._shows = False
        self._build()
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Save),
            self,
            self.save,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        desk.bridge.settings_changed.connect(self._follow)
        self.revert()

    def save(self) -> None:
        """Write what was changed; when a field is refused, nothing is."""
        wanted = self._read()
        if wanted:
            self.desk.actions.run(self._write(wanted), "save settings")

    def revert(self) -> None:
        """Show what is in force."""
        self._shows = True
        for form in self._forms:
            form.show_values(self._settings())
        self._shows = False
        self._set_dirty(dirty=False)

    @property
    def forms(self) -> list[SectionForm]:
        """The areas in order."""
        return self._forms

    @override
    def look_for(self, text: str) -> None:
        place = next((i for i, form in enumerate(self._forms) if form.section.key == text), -1)
        if place >= 0:
            self._areas[place].setChecked(True)

    @override
    def on_hidden(self) -> None:
        if self._save.isEnabled():
            self.desk.notify(_("Changed settings wait for Save."))

    # What it is made of

    def _build(self) -> None:
        areas = column(gap=2)
        for place, form in enumerate(self._forms):
            area = Button(_(form.section.name), icon=form.section.icon, kind=ButtonKind.TAB)
            area.setCheckable(True)
            area.setAutoExclusive(True)
            area.setChecked(place == 0)
            area.setStyleSheet("text-align: left")
            area.toggled.connect(
                lambda on, place=place: self._stack.setCurrentIndex(place) if on else None
            )
            areas.addWidget(area)
            self._areas.append(area)
            self._stack.addWidget(scrolled(form))
            if form.section is SERVER:
                form.body.addLayout(row(self._token_button(), None))
            if form.section is LOOKUP:
                form.add_below(PlacesCard(self.desk))
        areas.addStretch(1)
        navigation = QWidget()
        navigation.setLayout(areas)
        navigation.setFixedWidth(height(_NAVIGATION))
        self._stack.setMaximumWidth(height(_WIDEST))
        body = row(navigation, self._stack, gap=16, margins=(16, 14, 16, 12))
        body.setStretch(1, 1)
        body.addStretch(0)
        buttons = row(self._state, None, self._revert, self._save, margins=(16, 8, 16, 8))
        whole = column(body, frame("status", buttons), gap=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def _token_button(self) -> Button:
        button = Button(
            _("Copy the token"), icon="copy", tip=_("Whoever has it can ban and unban.")
        )
        button.clicked.connect(self._copy_token)
        return button

    # What happens

    def _settings(self) -> Settings:
        book = self.desk.core.settings
        return Settings(config=book.config, profile=book.profile)

    def _copy_token(self) -> None:
        self.desk.actions.copy(self.desk.core.settings.config.server.token.reveal())

    def _note(self) -> None:
        if not self._shows:
            self._set_dirty(dirty=self._changes() != {})

    def _set_dirty(self, *, dirty: bool) -> None:
        self._save.setEnabled(dirty)
        self._revert.setEnabled(dirty)
        self._state.setText(_("Changes wait for Save.") if dirty else "")

    def _changes(self) -> dict[str, tuple[Item, object]]:
        """What differs from what is in force; a value that is refused stands there as None."""
        settings = self._settings()
        found: dict[str, tuple[Item, object]] = {}
        for form in self._forms:
            values, _refused = form.read()
            for item in form.section.items:
                key = item.key
                if key not in values:
                    found[key] = item, None
                elif values[key][1] != item.value(settings):
                    found[key] = values[key]
        return found

    def _read(self) -> dict[str, tuple[Item, object]] | None:
        """The changes; None when a field is refused, which then is in sight and has the focus."""
        for place, form in enumerate(self._forms):
            _values, refused = form.read()
            if refused:
                self._areas[place].setChecked(True)
                form.focus(refused)
                return None
        return self._changes()

    async def _write(self, wanted: dict[str, tuple[Item, object]]) -> None:
        settings = self._settings()
        new: Wanted = defaultdict(dict)
        old: Wanted = defaultdict(dict)
        for item, value in wanted.values():
            new[item.file][item.path] = value
            old[item.file][item.path] = item.value(settings)
        try:
            await self._change(new)
        except InvalidSetting as error:
            for problem in error.problems:
                words = _("Allowed: {allowed}").format(allowed=say(problem.allowed))
                found = any(
                    form.refuse(f"{file}/{problem.key}", words)
                    for form in self._forms
                    for file in new
                )
                if not found:
                    raise
            return
        self.revert()
        later = [_(item.name) for item, _value in wanted.values() if item.restart]
        words = _("Settings saved.")
        if later:
            words = _("Settings saved. With the next start: {names}.")
            words = words.format(names=listed(later))
        self.desk.actions.offer_undo(words, lambda: self._change(old))

    async def _change(self, wanted: Wanted) -> None:
        for file, values in wanted.items():
            await self.desk.core.settings.change(file, values)

    def _follow(self) -> None:
        scheme = Scheme(self.desk.core.settings.config.desktop.theme.value)
        if scheme is not self.desk.appearance.scheme:
            self.desk.appearance.choose(scheme)
        if not self._save.isEnabled():
            self.revert()
