"""The dialog for one remote list; a new address is fetched and checked before anything is changed."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import AppError
from app.locale import _
from app.locale.texts import say
from app.services.subscription import ListKind, ListState
from app.settings.errors import InvalidSetting
from app.settings.modules import Subscription
from app.ui.desk import Desk
from app.ui.widgets import Button, ButtonKind, Form, column, label, row, text_field

_WIDTH: Final = 520
_EXAMPLE: Final = "https://example.org/list.txt"
_NOT_AN_ID: Final = re.compile(r"[^a-z0-9]+")


class SubscriptionDialog(QDialog):
    """Open it with `widgets.ask`; it subscribes by itself and closes once that worked."""

    def __init__(
        self,
        desk: Desk,
        kind: ListKind,
        state: ListState | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`state` is the list to edit; without it a new one is added."""
        super().__init__(parent)
        self._desk, self._kind, self._state = desk, kind, state
        self._work: asyncio.Task[None] | None = None
        self._own_id = state is not None
        self.setWindowTitle(_("Remote list") if state is not None else _("Add a remote list"))
        self.setMinimumWidth(_WIDTH)
        self.url = text_field(state.url if state else "", hint=_EXAMPLE)
        self.name = text_field(state.name if state else "")
        self.id = text_field(state.key.id if state else "")
        form = Form()
        rows = {
            "url": form.add(_("Address"), self.url, hint=_hint(kind)),
            "name": form.add(_("Name"), self.name, hint=_("Shown here and in reasons of bans.")),
            "id": form.add(
                _("ID"), self.id, hint=_("Names the list in profile.yml and cannot change later.")
            ),
        }
        self._rows = rows
        self.id.setEnabled(state is None)
        self.name.textEdited.connect(self._propose_id)
        self.id.textEdited.connect(self._keep_id)
        for key, field in (("url", self.url), ("name", self.name), ("id", self.id)):
            field.textChanged.connect(lambda _text, key=key: rows[key].set_error(""))
        self._word = label("", "muted", wrap=True)
        self.confirm = Button(_("Save") if state else _("Add"), kind=ButtonKind.PRIMARY)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self.start)
        cancel = Button(_("Cancel"))
        cancel.clicked.connect(self.reject)
        foot = row(self._word, cancel, self.confirm)
        foot.setStretch(0, 1)
        self.setLayout(column(form, 8, foot, margins=(20, 16, 20, 16)))
        self.finished.connect(self._stop)

    def start(self) -> None:
        """Fetch, check and keep what is typed."""
        if not self.confirm.isEnabled():
            return
        for shown in self._rows.values():
            shown.set_error("")
        list_id = self.id.text().strip()
        if not list_id:
            self._rows["id"].set_error(_("An ID is needed."))
            return
        try:
            subscription = Subscription(
                id=list_id,
                enabled=self._state is None or self._state.enabled,
                name=self.name.text().strip(),
                url=self.url.text().strip(),
            )
        except InvalidSetting as error:
            self._refuse(error)
            return
        self.confirm.setEnabled(False)
        self._word.setText(_("The list is fetched and checked…"))
        self._work = self._desk.actions.run(self._put(subscription), "subscribe to a list")

    async def _put(self, subscription: Subscription) -> None:
        lists = self._desk.core.subscriptions
        try:
            if self._state is None:
                await lists.add(self._kind, subscription)
            else:
                await lists.edit(self._kind, subscription)
        except InvalidSetting as error:
            self._refuse(error)
        except AppError as error:
            self._rows["url"].set_error(say(error.text))
        else:
            self.accept()
        finally:
            self._word.setText("")
            self.confirm.setEnabled(True)

    def _refuse(self, error: InvalidSetting) -> None:
        problem = error.problems[0]
        names = [part for part in problem.path if isinstance(part, str)]
        key = names[-1] if names and names[-1] in self._rows else "id"
        words = _("Allowed: {allowed}").format(allowed=say(problem.allowed))
        self._rows[key].set_error(words)

    def _propose_id(self, name: str) -> None:
        if not self._own_id:
            self.id.setText(_NOT_AN_ID.sub("-", name.lower()).strip("-"))

    def _keep_id(self, text: str) -> None:
        self._own_id = bool(text)

    def _stop(self, _result: int) -> None:
        if self._work is not None and not self._work.done():
            self._work.cancel()


def _hint(kind: ListKind) -> str:
    if kind is ListKind.ADDRESSES:
        return _("A text of addresses and networks, one a line; eMule and P2P lists work too.")
    return _("A text of patterns for client names, one a line.")
