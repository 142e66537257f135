"""The bar across the window while the circuit breaker holds bans back, until the user has answered."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.locale import _
from app.locale.texts import rule_title
from app.services.breaker import BreakerState
from app.ui.breaker_dialog import BreakerDialog
from app.ui.desk import Desk
from app.ui.format import count, listed
from app.ui.widgets import Button, ButtonKind, Notice, Tone, ask, column


class BreakerBar(QWidget):
    """Cannot be dismissed: nobody is banned for what he does until the question is answered."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._asking: asyncio.Task[None] | None = None
        decide = Button(_("Decide…"), kind=ButtonKind.PRIMARY)
        decide.clicked.connect(self.ask)
        self._notice = Notice(Tone.BAD, "shield-alert", "", decide)
        self.setLayout(column(self._notice, margins=(12, 10, 12, 0)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        desk.bridge.breaker_changed.connect(self.follow)
        self.follow()

    def follow(self, _event: object = None) -> None:
        """Be there while bans are held back."""
        state = self._desk.core.breaker.state
        # Not before there is a window: a widget without a parent would become one.
        self.setVisible(state.tripped_at is not None and self.parentWidget() is not None)
        if state.tripped_at is not None:
            self._notice.set(Tone.BAD, "shield-alert", held_words(state))

    def ask(self) -> None:
        """Let the user decide, when there is something to; once at a time."""
        state = self._desk.core.breaker.state
        if state.tripped_at is None and not state.undoable:
            return
        if self._asking is None or self._asking.done():
            self._asking = self._desk.actions.run(self._decide(), "ask about bans held back")

    async def _decide(self) -> None:
        dialog = BreakerDialog(self._desk, self.window())
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()


def held_words(state: BreakerState) -> str:
    """What is held back, in two sentences; without an example, which would make it too long for a bar."""
    return _(
        "PeerWarden has stopped banning by behaviour and asks you. It would ban {count} of {peers}"
        " peers at once, because of: {rules}."
    ).format(
        count=count(state.count),
        peers=count(state.peers),
        rules=listed(rule_title(rule) for rule in state.rules),
    )
