"""The dialog in which a downloader is added or edited, and tried before it is saved."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget
from typing_extensions import override

from app.domain.errors import AppError, Refused
from app.locale import _
from app.locale.texts import say
from app.services.core import Core
from app.settings.downloader import DownloaderSettings, read_downloader
from app.settings.downloader_kind import DOWNLOADER_KINDS
from app.settings.errors import InvalidSetting
from app.ui.downloaders.secret_field import SecretField
from app.ui.format import plain
from app.ui.theme import height
from app.ui.widgets import (
    Button,
    ButtonKind,
    ChoiceBox,
    FieldRow,
    Form,
    Picture,
    column,
    divider,
    label,
    row,
    scrolled,
    text_field,
)

_WIDTH: Final = 560
_HEIGHT: Final = 470
_TALL: Final = 640
_SECOND: Final = 1000
_DEFAULTS: Final = DownloaderSettings(id="x", endpoint="http://127.0.0.1:8080")
_REST: Final = ""
"""Where an error is said that belongs to no field."""


class DownloaderEditor(QDialog):
    """Show it with `ask`. Save closes it only when the core has taken the settings."""

    def __init__(self, core: Core, old: DownloaderSettings | None, parent: QWidget) -> None:
        """`old` are the settings to edit; None adds a downloader."""
        super().__init__(parent)
        self._core = core
        self._old = old
        self._work: asyncio.Task[None] | None = None
        self._saving = False
        shown = old or _DEFAULTS
        self.setWindowTitle(
            _("Add a downloader") if old is None else _("Settings of {name}").format(name=old.name)
        )
        self._rows: dict[str, FieldRow] = {}
        self._make_fields(shown, is_new=old is None)
        self._make_more(shown)
        self._said = label("", wrap=True, selectable=True)
        self._said_icon = Picture("circle-check", "good")
        self._test = Button(_("Test"), icon="plug")
        self._test.clicked.connect(self.test)
        self._save = Button(
            _("Add") if old is None else _("Save"), kind=ButtonKind.PRIMARY, icon="check"
        )
        self._save.setDefault(True)
        self._save.clicked.connect(self.save)
        cancel = Button(_("Cancel"), kind=ButtonKind.FLAT)
        cancel.clicked.connect(self.reject)
        for button in (self._test, cancel, self._more_button):
            button.setAutoDefault(False)
        inside = QWidget()
        inside.setLayout(column(self._form, None, margins=(20, 4, 20, 8)))
        answer = row(self._said_icon, self._said, gap=8, margins=(20, 0, 20, 0))
        answer.setStretch(1, 1)
        foot = row(self._test, None, cancel, self._save, margins=(20, 4, 20, 16))
        title = row(label(self.windowTitle(), "section"), None, margins=(20, 16, 20, 0))
        self.setLayout(column(title, scrolled(inside), divider(), answer, foot, gap=8))
        self._say("", ok=True)
        self._show_more(shown=self._has_more(shown))

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
        return self._said.text()

    @override
    def done(self, result: int) -> None:
        if self._saving:  # half a change is worse than a window that stays for a moment
            return
        if self._work is not None:
            self._work.cancel()
        super().done(result)

    # Fields

    def _make_fields(self, shown: DownloaderSettings, *, is_new: bool) -> None:
        self._kind = ChoiceBox()
        for kind in DOWNLOADER_KINDS:
            self._kind.addItem(_kind_name(kind), kind)
        self._kind.setCurrentIndex(max(self._kind.findData(shown.type), 0))
        self._kind.setEnabled(is_new)
        self._name = text_field("" if is_new else shown.name, hint=_("such as Home or NAS"))
        self._endpoint = text_field("" if is_new else shown.endpoint, hint=shown.endpoint)
        self._user = text_field(shown.username)
        self._password = SecretField(shown.password)
        self._api_key = SecretField(shown.api_key)
        form = self._form = Form()
        self._rows = {
            "type": form.add(_("Kind"), self._kind),
            "name": form.add(_("Name"), self._name),
            "endpoint": form.add(
                _("URL"), self._endpoint, hint=_("Of its WebUI, as you open it in a browser.")
            ),
            "username": form.add(_("User name"), self._user),
            "password": form.add(_("Password"), self._password),
            "api-key": form.add(
                _("API key"),
                self._api_key,
                hint=_("Instead of user name and password, from qBittorrent 5.2 on."),
            ),
        }

    def _make_more(self, shown: DownloaderSettings) -> None:
        form = self._form
        self._more_button = Button(_("More settings"), kind=ButtonKind.LINK)
        self._more_button.setCheckable(True)
        self._more_button.toggled.connect(lambda on: self._show_more(shown=on))
        form.addLayout(row(self._more_button, None), form.rowCount(), 1)
        self._basic_user = text_field(shown.basic_auth.user)
        self._basic_password = SecretField(shown.basic_auth.password)
        self._deadline = text_field(f"{shown.sweep_deadline / _SECOND:g}")
        self._deadline.setAlignment(Qt.AlignmentFlag.AlignRight)
        proxy = _("For a reverse proxy in front of it that asks for a password of its own.")
        late = _("A sweep that is not through by then has failed. Default: 60 s.")
        self._extra = {
            "basic-auth.user": form.add(_("Proxy user"), self._basic_user),
            "basic-auth.pass": form.add(_("Proxy password"), self._basic_password, hint=proxy),
            "sweep-deadline": form.add(
                _("Give up after (s)"), self._deadline, hint=late, width=height(72)
            ),
        }
        self._rows |= self._extra
        self._verify = _check(_("Verify the certificate"), on=shown.verify_ssl)
        self._private = _check(_("Leave peers of private torrents alone"), on=shown.ignore_private)
        self._increment = _check(
            _("Send new bans one by one, not the whole list"), on=shown.increment_ban
        )
        self._checks = (self._verify, self._private, self._increment)
        for box in self._checks:
            form.addWidget(box, form.rowCount(), 1)

    def _has_more(self, shown: DownloaderSettings) -> bool:
        plainer = replace(
            shown,
            basic_auth=_DEFAULTS.basic_auth,
            verify_ssl=_DEFAULTS.verify_ssl,
            ignore_private=_DEFAULTS.ignore_private,
            increment_ban=_DEFAULTS.increment_ban,
            sweep_deadline=_DEFAULTS.sweep_deadline,
        )
        return plainer != shown

    def _show_more(self, *, shown: bool) -> None:
        self._is_more = shown
        for extra in self._extra.values():
            extra.set_visible(shown)
        for box in self._checks:
            box.setVisible(shown)
        self._more_button.setChecked(shown)
        self._more_button.set_words(_("Fewer settings") if shown else _("More settings"))
        self.resize(height(_WIDTH), height(_TALL if shown else _HEIGHT))

    # What happens inside

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
        for button in (self._test, self._save):
            button.setEnabled(not busy)

    def _values(self) -> Mapping[str, object]:
        """As config.yml spells them."""
        old = self._old or _DEFAULTS
        return {
            "type": self._kind.currentData(),
            "name": self._name.text().strip(),
            "endpoint": self._endpoint.text().strip() or self._endpoint.placeholderText(),
            "username": self._user.text(),
            "password": self._password.secret,
            "api-key": self._api_key.secret,
            "basic-auth": {
                "user": self._basic_user.text(),
                "pass": self._basic_password.secret,
            },
            "increment-ban": self._increment.isChecked(),
            "use-shadow-ban": old.use_shadow_ban,
            "verify-ssl": self._verify.isChecked(),
            "ignore-private": self._private.isChecked(),
            "paused": old.paused,
            "sweep-deadline": _milliseconds(self._deadline.text()),
        }

    def _read(self) -> DownloaderSettings | None:
        """The settings; None when a field is wrong, which then says so."""
        self._clear_errors()
        key = self._old.id if self._old is not None else str(uuid.uuid4())
        try:
            found = read_downloader(key, self._values())
        except InvalidSetting as error:
            self._show_problems(error)
            return None
        if not isinstance(found, DownloaderSettings):
            return None
        if not self._name.text().strip():
            found = replace(found, name=self._free_name(found))
        return found

    def _free_name(self, settings: DownloaderSettings) -> str:
        """The kind's own name, with a number where another downloader has it."""
        taken = {entry.name for entry in self._core.settings.config.downloaders}
        name = _kind_name(settings.type)
        names = [name, *(f"{name} {number}" for number in range(2, len(taken) + 3))]
        return next(free for free in names if free not in taken)

    async def _try(self, settings: DownloaderSettings) -> None:
        try:
            connection = await self._core.downloaders.test(settings)
        except AppError as error:
            self._say(say(error.text), ok=False)
            return
        words = _("{kind} {version} answers.")
        kind = _kind_name(settings.type)
        self._say(words.format(kind=kind, version=plain(connection.version)), ok=True)

    async def _store(self, settings: DownloaderSettings) -> None:
        downloaders = self._core.downloaders
        self._saving = True
        try:
            await (downloaders.add if self._old is None else downloaders.edit)(settings)
        except InvalidSetting as error:
            self._show_problems(error)
        except Refused as error:
            self._show_error("name", say(error.text))
        except AppError as error:
            self._say(say(error.text), ok=False)
        else:
            self._saving, self._work = False, None  # or closing would cancel this very task
            self.accept()
        finally:
            self._saving = False

    def _show_problems(self, error: InvalidSetting) -> None:
        for problem in error.problems:
            keys = [str(part) for part in problem.path]
            words = _("Allowed: {allowed}").format(allowed=say(problem.allowed))
            if keys[-1:] == ["sweep-deadline"]:  # its kind speaks of milliseconds
                words = _("Allowed: seconds, at least {least}").format(least=1)
            spots = (".".join(keys[-2:]), keys[-1] if keys else _REST)
            self._show_error(next((spot for spot in spots if spot in self._rows), _REST), words)

    def _show_error(self, key: str, words: str) -> None:
        spot = self._rows.get(key)
        if spot is None:
            self._say(words, ok=False)
            return
        if key in self._extra and not self._is_more:
            self._show_more(shown=True)
        spot.set_error(words)
        spot.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear_errors(self) -> None:
        self._say("", ok=True)
        for spot in self._rows.values():
            spot.set_error("")
        for extra in self._extra.values():
            extra.set_visible(self._is_more)  # clearing an error shows the hint

    def _say(self, words: str, *, ok: bool) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))
        self._said_icon.setVisible(bool(words))
        self._said_icon.set(*(("circle-check", "good") if ok else ("triangle-alert", "bad")))


def _check(words: str, *, on: bool) -> QCheckBox:
    made = QCheckBox(words)
    made.setChecked(on)
    return made


def _milliseconds(text: str) -> object:
    """Seconds as typed in milliseconds; what is no number stays as it is, to be refused by its kind."""
    try:
        return round(float(text.strip().replace(",", ".")) * _SECOND)
    except (ValueError, OverflowError):
        return text


def _kind_name(kind: str) -> str:
    return DOWNLOADER_KINDS[kind].name
