"""The Rules page: what is judged, in which order, and how; what is never judged; and what if."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QBoxLayout, QSplitter, QWidget
from typing_extensions import override

from app.domain.errors import AppError
from app.domain.string_rule import InvalidRule
from app.domain.verdict import Mode
from app.locale import _
from app.locale.texts import rule_title, say
from app.services.rules import RuleState
from app.settings.errors import InvalidSetting
from app.ui.delegates import mode_word
from app.ui.desk import Desk
from app.ui.format import listed
from app.ui.page import Page
from app.ui.rows import RowsModel
from app.ui.rules.columns import RULE_COLUMNS
from app.ui.rules.draft import Draft, differences, draft_of
from app.ui.rules.editor import RuleEditor
from app.ui.rules.exceptions_card import ExceptionsCard
from app.ui.rules.overrides_card import OverridesCard
from app.ui.rules.panels import extra_panels
from app.ui.rules.what_if import WhatIfCard
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.theme.tokens import ROW_TWO_LINES
from app.ui.widgets import clear, column, frame, scrolled, splitter

_MODE: Final = "mode"
_SIZES: Final = (560, 690)
_LEFT: Final = 450


class RulesPage(Page):
    """Modes change at once; everything else waits for Save, also while another rule is looked at."""

    key = "rules"
    icon = "sliders-horizontal"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Rules"))
        self._drafts: dict[str, Draft] = {}
        self._rows: RowsModel[RuleState, str] = RowsModel(
            RULE_COLUMNS, lambda state: state.name, faint=lambda state: state.mode is Mode.OFF
        )
        self._table = TableView(self._rows, row_height=ROW_TWO_LINES)
        self._table.setAccessibleName(_("Rules in judging order"))
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._editor = RuleEditor()
        self._exceptions = ExceptionsCard(desk)
        self._overrides = OverridesCard(desk)
        self._panels: QBoxLayout = column(gap=12)
        self._panels_for: tuple[str, bool] = ("", False)
        self._what_if = WhatIfCard(desk.core)
        self._split = self._build()
        self._connect()
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Save),
            self,
            self.save,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        self.follow()
        self._table.select_keys([self._rows.key_at(0)])

    def follow(self) -> None:
        """Show how things are now."""
        states = self.desk.core.rules.states()
        self._rows.show(states)
        rows = height(ROW_TWO_LINES) * len(states)
        self._table.setFixedHeight(self._table.header.height() + rows + 2)
        self._exceptions.follow()
        shown = next((state for state in states if state.name == self._editor.rule), None)
        if shown is not None:
            self._editor.show_mode(shown.mode)
            self._show_panels(shown)

    def save(self) -> None:
        """Write the settings of the rule that is shown."""
        draft, rule = self._editor.draft, self._editor.rule
        if draft is not None and differences(self._stored(rule), draft):
            self.desk.actions.run(self._save(rule, draft), "save a rule")

    def revert(self) -> None:
        """Show the rule as it is in force."""
        self._drafts.pop(self._editor.rule, None)
        self._show_rule(self._editor.rule)

    @override
    def look_for(self, text: str) -> None:
        """Show the rule with the key `text`."""
        if self._rows.get(text) is not None:
            self._table.select_keys([text])

    @override
    def on_shown(self) -> None:
        self.follow()

    @override
    def on_hidden(self) -> None:
        if self._drafts:
            names = listed(rule_title(rule) for rule in self._drafts)
            self.desk.notify(_("Changes wait for Save: {rules}.").format(rules=names))

    @override
    def saved(self) -> dict[str, Any]:
        return {"split": self._split.sizes()}

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        sizes = state.get("split")
        if isinstance(sizes, list) and all(isinstance(size, int) and size > 0 for size in sizes):
            self._split.setSizes(sizes)

    # What it is made of

    def _build(self) -> QSplitter:
        rules = frame("card", column(self._table, margins=(1, 4, 1, 4)))
        left, right = QWidget(), QWidget()
        areas = column(rules, self._exceptions, self._overrides, gap=12, margins=(16, 14, 6, 14))
        areas.setStretch(1, 1)
        left.setLayout(areas)
        right.setLayout(
            column(
                self._editor,
                self._panels,
                self._what_if,
                None,
                gap=12,
                margins=(6, 14, 16, 14),
            )
        )
        areas_scrolled = scrolled(left)
        areas_scrolled.setMinimumWidth(height(_LEFT))
        # The widest settings do not fit beside the list in the smallest window.
        rule = scrolled(right, across=True)
        split = splitter(Qt.Orientation.Horizontal, areas_scrolled, rule, sizes=_SIZES)
        self.setLayout(column(split))
        return split

    def _connect(self) -> None:
        self._rows.edited.connect(self._choose_mode)
        self._table.selection_changed.connect(self._choose)
        editor = self._editor
        editor.mode_chosen.connect(lambda mode: self._set_mode(editor.rule, mode))
        editor.changed.connect(self._note_draft)
        editor.save_wanted.connect(self.save)
        editor.revert_wanted.connect(self.revert)
        bridge = self.desk.bridge
        bridge.refresh(self, self.follow, bridge.bans_changed, bridge.swept, per_second=1)
        bridge.refresh(self, self._follow_rules, bridge.rules_changed, bridge.settings_changed)

    # What happens

    def _choose(self, keys: tuple[str, ...]) -> None:
        if keys and keys[0] != self._editor.rule:
            self._show_rule(keys[0])

    def _show_rule(self, rule: str) -> None:
        state = next(s for s in self.desk.core.rules.states() if s.name == rule)
        draft = self._drafts.get(rule, self._stored(rule))
        length = self.desk.core.settings.profile.ban_duration
        self._editor.show_rule(rule, draft, state.mode, length)
        self._editor.set_dirty(dirty=rule in self._drafts)
        self._show_panels(state)

    def _show_panels(self, state: RuleState) -> None:
        """What a rule has beside its settings, below them."""
        wanted = state.name, state.mode is Mode.SHADOW
        if wanted != self._panels_for:
            self._panels_for = wanted
            clear(self._panels)
            for panel in extra_panels(self.desk, state):
                self._panels.addWidget(panel)

    def _follow_rules(self) -> None:
        self.follow()
        self._what_if.ask_again()
        if self._editor.rule not in self._drafts:
            self._show_rule(self._editor.rule)

    def _note_draft(self) -> None:
        rule, draft = self._editor.rule, self._editor.draft
        if draft is not None and draft == self._stored(rule):
            self._drafts.pop(rule, None)
        elif draft is not None:
            self._drafts[rule] = draft
        self._editor.set_dirty(dirty=draft is None or rule in self._drafts)

    def _stored(self, rule: str) -> Draft:
        return draft_of(self.desk.core.settings.profile, rule)

    async def _save(self, rule: str, draft: Draft) -> None:
        core = self.desk.core
        before = self._stored(rule)
        try:
            await core.rules.change(rule, differences(before, draft))
        except InvalidRule as error:
            position = error.text.params.get("position")
            place = position - 1 if isinstance(position, int) else -1
            self._refuse(rule, say(error.text), place=place)
        except InvalidSetting as error:
            problem = error.problems[0]
            place = next((part for part in problem.path if isinstance(part, int)), -1)
            names = [part for part in problem.path if isinstance(part, str)]
            words = _("Allowed: {allowed}").format(allowed=say(problem.allowed))
            self._refuse(rule, words, key=names[-1] if names else "", place=place)
        except AppError as error:
            self._refuse(rule, say(error.text))
        else:
            self._drafts.pop(rule, None)
            if rule == self._editor.rule:
                self._show_rule(rule)
            words = _("Saved: {rule}.").format(rule=rule_title(rule))
            undo = differences(draft, before)
            self.desk.actions.offer_undo(words, lambda: core.rules.change(rule, undo))

    def _refuse(self, rule: str, words: str, *, key: str = "", place: int = -1) -> None:
        if rule == self._editor.rule:
            self._editor.refuse(words, key=key, place=place)

    def _choose_mode(self, rule: str, column_key: str, mode: object) -> None:
        if column_key == _MODE and isinstance(mode, Mode):
            self._set_mode(rule, mode)

    def _set_mode(self, rule: str, mode: Mode) -> None:
        self.desk.actions.run(self._change_mode(rule, mode), "change the mode of a rule")

    async def _change_mode(self, rule: str, mode: Mode) -> None:
        rules = self.desk.core.rules
        before = next(state.mode for state in rules.states() if state.name == rule)
        try:
            await rules.set_mode(rule, mode)
        finally:
            self.follow()
        words = _("{rule}: {mode}.").format(rule=rule_title(rule), mode=mode_word(mode))
        self.desk.actions.offer_undo(words, lambda: rules.set_mode(rule, before))
