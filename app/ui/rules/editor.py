"""The settings of the chosen rule: how long it bans, and what is on its lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFrame

from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.verdict import Mode
from app.locale import N_, _
from app.locale.texts import rule_title
from app.ui.duration_field import DurationField
from app.ui.durations import length
from app.ui.rules.columns import PATTERN_COLUMNS, plain_column, rule_about
from app.ui.rules.draft import Draft
from app.ui.rules.entries import read_addresses, read_ports
from app.ui.rules.entry_bar import EntryBar, PatternBar
from app.ui.rules.entry_list import EntryList
from app.ui.widgets import Button, ButtonKind, Form, ModeSwitch, clear, column, label, row

_PORTS: Final = "ports"


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
        self._title = label("", "section")
        self._mode = ModeSwitch()
        self._mode.chosen.connect(self.mode_chosen)
        self._about = label("", "muted", wrap=True)
        self._duration = DurationField(global_words=_("as all bans"))
        self._duration.changed.connect(self._tell)
        form = Form()
        self._duration_row = form.add(_("Ban for"), self._duration)
        self._places: QBoxLayout = row(gap=16)
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
        """What is edited; None when the length is no length, which then says so."""
        try:
            duration = self._duration.value
        except (ValueError, OverflowError):
            self._refuse_duration(_("Allowed: a number above 0"))
            return None
        self._refuse_duration("")
        lists = {key: shown.entries for key, shown in self._lists.items()}
        return Draft(duration=duration, lists=lists)

    def lists(self) -> Mapping[str, EntryList]:
        """The lists by their key in profile.yml."""
        return self._lists

    def show_rule(self, rule: str, draft: Draft, mode: Mode, global_length: int) -> None:
        """Show a rule; `global_length` in ms is how long bans last that have no length of their own."""
        if rule != self._rule:
            self._rule = rule
            self._title.setText(rule_title(rule))
            self._about.setText(rule_about(rule))
            self._make_lists(rule, draft)
        self.show_mode(mode)
        words = _("as all bans ({length})").format(length=length(global_length))
        self._duration.set_global_words(words)
        self._duration.set_value(draft.duration)
        self._refuse_duration("")
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
        shown = self._lists.get(key) or next(iter(self._lists.values()), None)
        if key == "ban-duration" or shown is None:
            self._refuse_duration(words)
        else:
            shown.mark(place, words)

    def _make_lists(self, rule: str, draft: Draft) -> None:
        clear(self._places)
        self._lists = {}
        for key in draft.lists:
            shown = _list_for(rule, key)
            shown.changed.connect(self._tell)
            self._lists[key] = shown
            self._places.addWidget(shown, 1 if key == _PORTS else 2)

    def _refuse_duration(self, words: str) -> None:
        self._duration.set_wrong(wrong=bool(words))
        self._duration_row.set_error(words)

    def _tell(self) -> None:
        self.changed.emit()


def _list_for(rule: str, key: str) -> EntryList:
    if rule != IP_BLOCKLIST:
        return EntryList(_("Patterns"), PATTERN_COLUMNS, PatternBar(), ordered=True)
    if key == _PORTS:
        bar = EntryBar(read_ports, _("Port"), "51413")
        return EntryList(_("Ports of peers"), plain_column(N_("Port")), bar)
    bar = EntryBar(read_addresses, _("Address or network"), "203.0.113.7, 203.0.113.0/24")
    return EntryList(_("Addresses and networks"), plain_column(N_("Address or network")), bar)
