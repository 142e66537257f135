"""The dialog for one override: for which torrents, and what is different there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QComboBox, QDialog, QWidget

from app.domain.errors import AppError
from app.locale import _
from app.locale.texts import rule_title, say
from app.settings.errors import InvalidSetting
from app.settings.override import Override
from app.settings.profile import OVERRIDES, RULES
from app.ui.desk import Desk
from app.ui.rules.overrides import (
    as_written,
    changes_of,
    difference_words,
    override_items,
    values_with,
)
from app.ui.settings_page.form import ItemsForm
from app.ui.theme import height
from app.ui.widgets import (
    Button,
    ButtonKind,
    ChoiceBox,
    Form,
    clear,
    column,
    label,
    row,
    scrolled,
    section_title,
    text_field,
)

_WIDTH: Final = 640
_HEIGHT: Final = 620
_SCOPES: Final = ("category", "tag", "tracker", "torrent")
_FIRST: Final = "progress-cheat-blocker"


class OverrideDialog(QDialog):
    """Open it with `widgets.ask`; it writes by itself and closes once that worked."""

    def __init__(self, desk: Desk, place: int | None = None, parent: QWidget | None = None) -> None:
        """`place` is that of the override to edit in the profile; without it a new one is added."""
        super().__init__(parent)
        self._desk, self._place = desk, place
        self._profile = desk.core.settings.profile
        self._override = (
            Override(name=_("New override")) if place is None else self._profile.overrides[place]
        )
        self._rule = ""
        self._form: ItemsForm | None = None
        self._shows = False
        self.setWindowTitle(_("Override"))
        self.resize(height(_WIDTH), height(_HEIGHT))
        self.name = text_field("" if place is None else self._override.name)
        self.downloader = self._downloaders()
        self.scopes = {key: text_field(getattr(self._override, key)) for key in _SCOPES}
        self.rule = ChoiceBox()
        self.rule.setAccessibleName(_("Rule"))
        for key in RULES:
            self.rule.addItem(rule_title(key), key)
        self.rule.activated.connect(self._choose_rule)
        self.reset = Button(_("As everywhere"), kind=ButtonKind.FLAT)
        self.reset.clicked.connect(self._reset)
        self._settings: QBoxLayout = column()
        self._sum = label("", "muted", wrap=True)
        self._wrong = label("", "error", wrap=True)
        self.confirm = Button(_("Save"), kind=ButtonKind.PRIMARY)
        self.confirm.clicked.connect(self.start)
        self._build()
        changed = next(iter(self._override.changes), _FIRST)
        self.rule.setCurrentIndex(self.rule.findData(changed))
        self._show_rule(changed)
        self.name.setFocus()

    @property
    def form(self) -> ItemsForm:
        """The settings of the rule that is chosen."""
        if self._form is None:
            raise LookupError(self._rule)
        return self._form

    @property
    def words(self) -> str:
        """What is different, in a sentence."""
        return self._sum.text()

    def choose_rule(self, rule: str) -> None:
        """Show the settings of another rule; those of this one are kept."""
        self.rule.setCurrentIndex(self.rule.findData(rule))
        self._choose_rule()

    def start(self) -> None:
        """Write what is entered, or say what is wrong with it."""
        if not self.confirm.isEnabled() or not self._keep():
            return
        try:
            made = replace(
                self._override,
                name=self.name.text().strip(),
                downloader=self.downloader.currentData() or "",
                category=self._typed("category"),
                tag=self._typed("tag"),
                tracker=self._typed("tracker"),
                torrent=self._typed("torrent"),
            )
        except InvalidSetting as error:
            self._refuse(error)
            return
        if not any(made.changes.values()):
            self._wrong.setText(_("Change at least one setting of a rule."))
            self._wrong.show()
            return
        self.confirm.setEnabled(False)
        self._desk.actions.run(self._write(made), "save an override")

    async def _write(self, made: Override) -> None:
        book = self._desk.core.settings
        before = [as_written(each) for each in book.profile.overrides]
        after = [*before]
        if self._place is None or self._place >= len(after):
            after.append(as_written(made))
        else:
            after[self._place] = as_written(made)
        try:
            await book.change("profile.yml", {(OVERRIDES,): after})
        except InvalidSetting as error:
            self._refuse(error)
        except AppError as error:
            self._wrong.setText(say(error.text))
            self._wrong.show()
        else:
            words = _("Saved: {rule}.").format(rule=made.name)
            self._desk.actions.offer_undo(
                words, lambda: book.change("profile.yml", {(OVERRIDES,): before})
            )
            self.accept()
        finally:
            self.confirm.setEnabled(True)

    def _typed(self, scope: str) -> str:
        return self.scopes[scope].text().strip()

    def _downloaders(self) -> QComboBox:
        made = ChoiceBox()
        made.addItem(_("all"), "")
        for state in self._desk.core.downloaders.states():
            made.addItem(state.settings.name, state.settings.id)
        wanted = self._override.downloader
        if made.findData(wanted) < 0:
            made.addItem(wanted, wanted)
        made.setCurrentIndex(made.findData(wanted))
        return made

    def _build(self) -> None:
        form = Form()
        self._rows = {"name": form.add(_("Name"), self.name, hint=_("Shown where it counts."))}
        form.add(_("Downloader"), self.downloader)
        for key, name, hint in (
            ("category", _("Category"), ""),
            ("tag", _("Tag"), ""),
            ("tracker", _("Tracker"), _("Its host name, such as tracker.example.org.")),
            ("torrent", _("Torrent"), _("Its info hash. Fields left empty fit all torrents.")),
        ):
            self._rows[key] = form.add(name, self.scopes[key], hint=hint)
        cancel = Button(_("Cancel"))
        cancel.clicked.connect(self.reject)
        self._wrong.hide()
        body = QWidget()
        body.setLayout(
            column(
                form,
                8,
                section_title(_("What is different")),
                row(self.rule, self.reset, None),
                self._settings,
                None,
                gap=8,
                margins=(20, 16, 20, 8),
            )
        )
        foot = row(self._sum, cancel, self.confirm)
        foot.setStretch(0, 1)
        foot.setAlignment(cancel, Qt.AlignmentFlag.AlignBottom)
        foot.setAlignment(self.confirm, Qt.AlignmentFlag.AlignBottom)
        below = column(self._wrong, foot, gap=6, margins=(20, 8, 20, 16))
        whole = column(scrolled(body), below, gap=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def _choose_rule(self) -> None:
        rule = str(self.rule.currentData())
        if rule == self._rule:
            return
        if self._keep():
            self._show_rule(rule)
        else:
            self.rule.setCurrentIndex(self.rule.findData(self._rule))

    def _show_rule(self, rule: str) -> None:
        self._rule = rule
        clear(self._settings)
        self._form = ItemsForm(override_items(rule), self._note)
        self._settings.addWidget(self._form)
        self._shows = True
        self._form.show_by_key(values_with(self._profile, self._override, rule))
        self._shows = False
        self._say()

    def _reset(self) -> None:
        self._put({})
        self._show_rule(self._rule)

    def _note(self) -> None:
        if not self._shows:
            self._wrong.hide()
            self._keep()

    def _keep(self) -> bool:
        """Take over what is entered for the rule; False when a field is refused."""
        values, refused = self.form.read()
        if refused:
            return False
        entered = {item.path[2:]: value for item, value in values.values()}
        self._put(changes_of(self._profile, self._override, self._rule, entered))
        self._say()
        return True

    def _put(self, changes: dict[str, Any]) -> None:
        others = {r: c for r, c in self._override.changes.items() if r != self._rule}
        whole = {**others, self._rule: changes} if changes else others
        self._override = replace(self._override, changes=whole)

    def _say(self) -> None:
        self._sum.setText(difference_words(self._override))
        self.reset.setEnabled(bool(self._override.changes.get(self._rule)))

    def _refuse(self, error: InvalidSetting) -> None:
        problem = error.problems[0]
        names = [part for part in problem.path if isinstance(part, str)]
        words = _("Allowed: {allowed}").format(allowed=say(problem.allowed))
        if names and names[-1] in self._rows:
            self._rows[names[-1]].set_error(words)
        else:
            self._wrong.setText(words)
            self._wrong.show()
