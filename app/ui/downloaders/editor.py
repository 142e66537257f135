"""The dialog in which a downloader is added or edited, and tried before it is saved."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget
from typing_extensions import override

from app.domain.errors import AppError, Refused
from app.locale import _
from app.locale.texts import say
from app.services.connection_test import connected
from app.services.core import Core
from app.services.errors import UntrustedCertificate
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings, read_downloader
from app.settings.downloader_kind import DOWNLOADER_KINDS, QBITTORRENT
from app.settings.errors import InvalidSetting
from app.ui.downloaders.answer import TestAnswer
from app.ui.downloaders.certificate import certificate_words
from app.ui.downloaders.settings_form import SettingsForm
from app.ui.format import plain, sentences
from app.ui.theme import height
from app.ui.widgets import Button, ButtonKind, column, divider, label, row, scrolled

_SIZE: Final = (600, 620)
_ROOM: Final = 80
"""Pixels of the screen that the dialog leaves free for panels and its own title."""


class DownloaderEditor(QDialog):
    """Show it with `ask`. Save closes it only when the core has taken the settings."""

    def __init__(
        self,
        core: Core,
        old: DownloaderSettings | None,
        parent: QWidget,
        *,
        kind: str = QBITTORRENT,
        endpoint: str = "",
    ) -> None:
        """`old` are the settings to edit; None adds a downloader, of which `kind` and `endpoint` may be known."""
        super().__init__(parent)
        self._core = core
        self._old = old
        self._work: asyncio.Task[None] | None = None
        self._saving = False
        self._pressed: Button | None = None
        self.setWindowTitle(
            _("Add a downloader") if old is None else _("Settings of {name}").format(name=old.name)
        )
        shown = old or _blank(kind)
        if old is not None:
            endpoint = old.endpoint
        self._form = SettingsForm(shown, endpoint=endpoint, is_new=old is None)
        self._answer = TestAnswer()
        self._answer.trust_wanted.connect(self._trust)
        self._build()
        room = self.screen().availableGeometry().height() - _ROOM
        self.resize(height(_SIZE[0]), min(height(_SIZE[1]), room))

    # What the user asks for

    def test(self) -> None:
        """Try the settings as they stand, without saving them."""
        settings = self._read()
        if settings is not None and self._work is None:
            self._say(_("Asking {address} …").format(address=settings.endpoint), ok=True)
            self._start(self._try(settings), "test a downloader")

    def save(self) -> None:
        """Give the settings to the core, and close when it took them."""
        settings = self._read()
        if settings is not None and self._work is None:
            self._start(self._store(settings), "save a downloader")

    @property
    def said(self) -> str:
        """The sentence over the buttons."""
        return self._answer.words

    @override
    def done(self, result: int) -> None:
        if self._saving:  # half a change is worse than a window that stays for a moment
            return
        if self._work is not None:
            self._work.cancel()
        super().done(result)

    # What happens inside

    def _build(self) -> None:
        self._test = Button(_("Test"), icon="plug")
        self._test.clicked.connect(self.test)
        self._save = Button(
            _("Add") if self._old is None else _("Save"), kind=ButtonKind.PRIMARY, icon="check"
        )
        self._save.setDefault(True)
        self._save.clicked.connect(self.save)
        cancel = Button(_("Cancel"), kind=ButtonKind.FLAT)
        cancel.clicked.connect(self.reject)
        for button in (self._test, cancel):
            button.setAutoDefault(False)
        inside = QWidget()
        inside.setLayout(column(self._form, None, margins=(20, 4, 20, 8)))
        answer = column(self._answer, margins=(20, 0, 20, 0))
        foot = row(self._test, None, cancel, self._save, margins=(20, 4, 20, 16))
        title = row(label(self.windowTitle(), "section"), None, margins=(20, 16, 20, 0))
        whole = column(title, scrolled(inside), divider(), answer, foot, gap=8)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _trust(self, fingerprint: str) -> None:
        self._form.trust(fingerprint)
        self.test()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._set_busy(busy=True)
        task = self._work = self._core.tasks.start(work, name)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        if self._work is task:  # else the dialog is closed, and perhaps gone
            self._work = None
            if not task.cancelled():
                self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        buttons = (self._test, self._save)
        if busy:
            self._pressed = next(
                (button for button in buttons if button is self.focusWidget()), None
            )
        for button in buttons:
            button.setEnabled(not busy)
        if not busy and self._pressed is not None:
            # Disabled, it has lost the focus to Cancel: the next Enter would close the dialog.
            self._pressed.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read(self) -> DownloaderSettings | None:
        """The settings; None when a field is wrong, which then says so."""
        self._say("", ok=True)
        self._form.clear_errors()
        key = self._old.id if self._old is not None else str(uuid.uuid4())
        try:
            found = read_downloader(key, self._form.values())
        except InvalidSetting as error:
            self._say(self._form.show_problems(error), ok=False)
            return None
        if not isinstance(found, DownloaderSettings):
            return None
        return found if self._form.has_name else replace(found, name=self._free_name(found))

    def _free_name(self, settings: DownloaderSettings) -> str:
        """The kind's own name, with a number where another downloader has it."""
        taken = {entry.name for entry in self._core.settings.config.downloaders}
        name = settings.kind.name
        names = [name, *(f"{name} {number}" for number in range(2, len(taken) + 3))]
        return next(free for free in names if free not in taken)

    async def _try(self, settings: DownloaderSettings) -> None:
        try:
            connection = await self._core.downloaders.test(settings)
        except UntrustedCertificate as error:
            self._answer.say(certificate_words(error), ok=False, fingerprint=error.fingerprint)
        except AppError as error:
            self._say(say(error.text), ok=False)
        else:
            self._tell(connection)

    def _tell(self, connection: Connection) -> None:
        words, *lacking = (plain(say(text)) for text in connected(connection))
        self._answer.say(words, ok=True, more=[sentences(lacking)] if lacking else [])

    async def _store(self, settings: DownloaderSettings) -> None:
        downloaders = self._core.downloaders
        self._saving = True
        try:
            await (downloaders.add if self._old is None else downloaders.edit)(settings)
        except InvalidSetting as error:
            self._say(self._form.show_problems(error), ok=False)
        except Refused as error:
            self._form.show_error("name", say(error.text))
        except AppError as error:
            self._say(say(error.text), ok=False)
        else:
            self._saving, self._work = False, None  # or closing would cancel this very task
            self.accept()
        finally:
            self._saving = False

    def _say(self, words: str, *, ok: bool) -> None:
        self._answer.say(words, ok=ok)


def _blank(kind: str) -> DownloaderSettings:
    """A new one of `kind` as its defaults have it."""
    made = read_downloader("x", {"type": kind, "endpoint": DOWNLOADER_KINDS[kind].endpoint})
    assert isinstance(made, DownloaderSettings)  # noqa: S101 - only other kinds give anything else
    return made
