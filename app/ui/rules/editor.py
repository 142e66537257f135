"""The settings of the chosen rule: how long it bans, and what is on its lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.verdict import Mode
from app.locale import N_, _
from app.locale.texts import rule_title
from app.ui.duration_field import DurationField
from app.ui.durations import length
from app.ui.rules.columns import PATTERN_COLUMNS, plain_column, rule_about
from app.ui.rules.draft import Draft
from app.ui.rules.entries import (
    read_addresses,
    read_countries,
    read_names,
    read_ports,
    read_systems,
)
from app.ui.rules.entry_bar import EntryBar, PatternBar
from app.ui.rules.entry_list import EntryList
from app.ui.rules.settings import rule_items
from app.ui.settings_page.form import ItemsForm
from app.ui.settings_page.item import PROFILE
from app.ui.widgets import Button, ButtonKind, Form, ModeSwitch, clear, column, label, row

_SIDE_BY_SIDE: Final = 2
_NARROW: Final = ("ports",)


class RuleEditor(QFrame):
    """Shows a draft and says when the user changed it; saving is the page's work."""

    changed = Signal()
    mode_chosen = Signal(Mode)
    save_wanted = Signal()
    revert_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._rule = ""
        self._lists: dict[str, EntryList] = {}
        self._form: ItemsForm | None = None
        self._shows = False
        self._title = label("", "section")
        self._mode = ModeSwitch()
        self._mode.chosen.connect(self.mode_chosen)
        self._about = label("", "muted", wrap=True)
        self._duration = DurationField(global_words=_("as all bans"))
        self._duration.changed.connect(self._tell)
        form = Form()
        self._duration_row = form.add(_("Ban for"), self._duration)
        self._settings: QBoxLayout = column()
        self._places: QBoxLayout = column(gap=12)
        self._state = label("", "caption")
        self._revert = Button(_("Revert"), kind=ButtonKind.FLAT)
        self._revert.clicked.connect(self.revert_wanted)
        self._save = Button(_("Save"), kind=ButtonKind.PRIMARY, tip=_("Ctrl+S"))
        self._save.clicked.connect(self.save_wanted)
        self.setLayout(
            column(
                row(self._title, None, self._mode),
                self._about,
                form,
                self._settings,
                self._places,
                row(self._state, None, self._revert, self._save),
                gap=10,
                margins=(16, 12, 16, 12),
            )
        )
        self.set_dirty(dirty=False)

    @property
    def rule(self) -> str:
        """The key of the rule that is shown."""
        return self._rule

    @property
    def draft(self) -> Draft | None:
        """What is edited; None when a field is refused, which then says so."""
        try:
            duration = self._duration.value
        except (ValueError, OverflowError):
            self._refuse_duration(_("Allowed: a number above 0"))
            return None
        self._refuse_duration("")
        values, refused = self._form.read() if self._form is not None else ({}, "")
        if refused:
            return None
        return Draft(
            duration=duration,
            lists={key: shown.entries for key, shown in self._lists.items()},
            values={item.path[2:]: value for item, value in values.values()},
        )

    def lists(self) -> Mapping[str, EntryList]:
        """The lists by their key in profile.yml."""
        return self._lists

    @property
    def form(self) -> ItemsForm | None:
        """The settings beside length and lists; None where there are none."""
        return self._form

    def show_rule(self, rule: str, draft: Draft, mode: Mode, global_length: int) -> None:
        """Show a rule; `global_length` in ms is how long bans last that have no length of their own."""
        self._shows = True
        try:
            self._show_rule(rule, draft, mode, global_length)
        finally:
            self._shows = False

    def _show_rule(self, rule: str, draft: Draft, mode: Mode, global_length: int) -> None:
        if rule != self._rule:
            self._rule = rule
            self._title.setText(rule_title(rule))
            self._about.setText(rule_about(rule))
            self._make_form(rule)
            self._make_lists(draft)
        self.show_mode(mode)
        words = _("as all bans ({length})").format(length=length(global_length))
        self._duration.set_global_words(words)
        self._duration.set_value(draft.duration)
        self._refuse_duration("")
        if self._form is not None:
            items = self._form.items
            self._form.show_by_key({item.key: draft.values[item.path[2:]] for item in items})
        for key, entries in draft.lists.items():
            if self._lists[key].entries != entries:
                self._lists[key].set_entries(entries)

    def show_mode(self, mode: Mode) -> None:
        """Show the mode, which is in force at once and no part of the draft."""
        self._mode.set_mode(mode)

    def set_dirty(self, *, dirty: bool) -> None:
        """Whether there is something to save."""
        self._save.setEnabled(dirty)
        self._revert.setEnabled(dirty)
        self._state.setText(_("Changes wait for Save.") if dirty else "")

    def refuse(self, words: str, *, key: str = "", place: int = -1) -> None:
        """Say why the draft was not taken, beside the list and at the row it is about."""
        if self._form is not None and self._form.refuse(
            f"{PROFILE}/module.{self._rule}.{key}", words
        ):
            return
        shown = self._lists.get(key) or next(iter(self._lists.values()), None)
        if key == "ban-duration" or shown is None:
            self._refuse_duration(words)
        else:
            shown.mark(place, words)

    def _make_form(self, rule: str) -> None:
        clear(self._settings)
        items = rule_items(rule)
        self._form = ItemsForm(items, self._tell) if items else None
        if self._form is not None:
            self._settings.addWidget(self._form)

    def _make_lists(self, draft: Draft) -> None:
        clear(self._places)
        self._lists = {key: list_for(key) for key in draft.lists}
        shown = list(self._lists.items())
        for start in range(0, len(shown), _SIDE_BY_SIDE):
            line = row(gap=16)
            for key, entries in shown[start : start + _SIDE_BY_SIDE]:
                entries.changed.connect(self._tell)
                line.addWidget(entries, 2 if shown[start:][1:] and key not in _NARROW else 1)
            self._places.addLayout(line)

    def _refuse_duration(self, words: str) -> None:
        self._duration.set_wrong(wrong=bool(words))
        self._duration_row.set_error(words)

    def _tell(self) -> None:
        if not self._shows:
            self.changed.emit()


def list_for(key: str) -> EntryList:
    """The list under a key of a rule's section."""
    match key:
        case "ips":
            bar = EntryBar(read_addresses, _("Address or network"), "203.0.113.7, 203.0.113.0/24")
            return EntryList(
                _("Addresses and networks"), plain_column(N_("Address or network")), bar
            )
        case "ports":
            bar = EntryBar(read_ports, _("Port"), "51413")
            return EntryList(_("Ports of peers"), plain_column(N_("Port")), bar)
        case "asns":
            bar = EntryBar(read_systems, _("Number of a network"), "AS4134")
            return EntryList(_("Network operators (ASN)"), plain_column(N_("Number")), bar)
        case "regions":
            bar = EntryBar(read_countries, _("Country code"), "CN, US")
            return EntryList(_("Countries"), plain_column(N_("Country code")), bar)
        case "cities":
            bar = EntryBar(read_names, _("Name of a city or province"), "")
            return EntryList(_("Cities and provinces"), plain_column(N_("Part of the name")), bar)
    return EntryList(_("Patterns"), PATTERN_COLUMNS, PatternBar(), ordered=True)
