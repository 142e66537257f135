"""What to do with the bans that the circuit breaker holds back: who they would hit, and the two answers."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtWidgets import QDialog, QWidget

from app.domain.address import Prefix, show
from app.domain.ban import Ban
from app.domain.errors import AppError
from app.domain.verdict import Mode
from app.locale import N_, _, ngettext
from app.locale.texts import rule_title, say
from app.services.breaker import BreakerState
from app.ui.columns import Column
from app.ui.desk import Desk
from app.ui.format import count, listed, plain
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.widgets import Button, ButtonKind, column, label, row

_SIZE: Final = (860, 520)

_COLUMNS: Final = (
    Column[Ban](key="address", title=N_("Address"), width=150, text=lambda ban: show(ban.prefix)),
    Column[Ban](
        key="client",
        title=N_("Client"),
        width=130,
        text=lambda ban: plain((ban.peer and ban.peer.client_name) or ""),
    ),
    Column[Ban](
        key="torrent",
        title=N_("Torrent"),
        width=150,
        text=lambda ban: "" if ban.torrent is None else ban.torrent.name,
    ),
    Column[Ban](key="rule", title=N_("Rule"), width=130, text=lambda ban: rule_title(ban.rule)),
    Column[Ban](
        key="reason",
        title=N_("Why"),
        width=200,
        stretch=True,
        text=lambda ban: say(ban.verdict.reason),
    ),
)


class BreakerDialog(QDialog):
    """Open it with `widgets.ask`; it answers by itself and closes when there is nothing left to answer."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setWindowTitle(_("Ban so many peers at once?"))
        self.resize(height(_SIZE[0]), height(_SIZE[1]))
        self._head = label("", "section", wrap=True)
        self._rules = label("", wrap=True)
        self._advice = label(
            _(
                "Such a wave can be an attack, but also a rule that is set too strictly or a"
                " downloader that reports wrong numbers. Look at the examples: do they cheat?"
            ),
            "muted",
            wrap=True,
        )
        self._rows: RowsModel[Ban, Prefix] = RowsModel(_COLUMNS, lambda ban: ban.prefix)
        self._table = TableView(self._rows)
        self._table.setAccessibleName(_("Examples of the bans that are held back"))
        self._shown = label("", "caption")
        self._before = label("", wrap=True)
        self.undo = Button(_("Undo these bans"), icon="undo-2")
        self.undo.clicked.connect(lambda: self._start(self._undo()))
        before = row(self._before, self.undo)
        before.setStretch(0, 1)
        self._wrong = label("", "error", wrap=True)
        self._wrong.hide()
        self.later = Button(_("Decide later"))
        self.later.clicked.connect(self.reject)
        self.stand_down = Button(_("Do not ban: let these rules only watch"), icon="eye")
        self.stand_down.clicked.connect(lambda: self._start(self._stand_down()))
        self.allow = Button(_("Ban them"), icon="ban", kind=ButtonKind.PRIMARY)
        self.allow.clicked.connect(lambda: self._start(self._allow()))
        buttons = row(None, self.later, self.stand_down, self.allow)
        whole = column(
            self._head,
            self._rules,
            self._advice,
            self._table,
            self._shown,
            before,
            self._wrong,
            4,
            buttons,
            margins=(20, 16, 20, 16),
        )
        whole.setStretch(3, 1)
        self.setLayout(whole)
        desk.bridge.breaker_changed.connect(self.follow)
        self.follow()

    def follow(self, _event: object = None) -> None:
        """Show what is held back now; when nothing is left to answer or undo, close."""
        state = self._desk.core.breaker.state
        held = state.tripped_at is not None
        if not held and not state.undoable:
            self.accept()
            return
        for widget in (self._advice, self._rules, self._table, self._shown):
            widget.setVisible(held)
        self.allow.setVisible(held)
        self.stand_down.setVisible(held)
        self.later.set_words(_("Decide later") if held else _("Close"))
        self._say(state, held=held)
        self._rows.show(state.held)

    def _say(self, state: BreakerState, *, held: bool) -> None:
        if held:
            self._head.setText(
                _("{count} of {peers} peers would be banned").format(
                    count=count(state.count), peers=count(state.peers)
                )
            )
            self._rules.setText(
                listed(
                    _("{rule}: {count}").format(rule=rule_title(rule), count=count(number))
                    for rule, number in state.rules.items()
                )
            )
            more = state.held_count - len(state.held)
            self._shown.setText(_("and {count} more").format(count=count(more)) if more > 0 else "")
        else:
            self._head.setText(_("These rules only watch now"))
        self._before.setVisible(state.undoable > 0)
        self.undo.setVisible(state.undoable > 0)
        self._before.setText(
            ngettext(
                "{count} peer was banned shortly before PeerWarden stopped, and is banned still.",
                "{count} peers were banned shortly before PeerWarden stopped, and are banned still.",
                state.undoable,
            ).format(count=count(state.undoable))
        )

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._wrong.hide()
        self._set_busy(busy=True)
        self._desk.actions.run(self._watched(work), "answer the circuit breaker")

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except AppError as error:
            self._wrong.setText(say(error.text))
            self._wrong.show()
        finally:
            self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        for button in (self.allow, self.stand_down, self.undo):
            button.setEnabled(not busy)

    async def _allow(self) -> None:
        self._desk.core.breaker.allow()

    async def _stand_down(self) -> None:
        core = self._desk.core
        rules = list(core.breaker.state.rules)
        before = {s.name: s.mode for s in core.rules.states() if s.name in rules}
        await core.breaker.stand_down()

        async def take_back() -> None:
            for rule, mode in before.items():
                if mode is not Mode.SHADOW:
                    await core.rules.set_mode(rule, mode)

        words = _("Only watching now: {rules}.").format(
            rules=listed(rule_title(rule) for rule in rules)
        )
        self._desk.actions.offer_undo(words, take_back)

    async def _undo(self) -> None:
        core = self._desk.core
        lifted = await core.breaker.undo()
        words = ngettext("Undid {count} ban.", "Undid {count} bans.", len(lifted))
        self._desk.actions.offer_undo(
            words.format(count=count(len(lifted))), lambda: core.bans.restore(lifted)
        )
