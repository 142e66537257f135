"""The settings of one downloader as a form that shows just what its kind has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from app.domain.reason import Text
from app.locale import _
from app.locale.texts import say
from app.settings.area import kebab
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DOWNLOADER_KINDS, DownloaderKind
from app.settings.errors import InvalidSetting
from app.ui.downloaders.certificate import CertificateField
from app.ui.downloaders.kind_words import KIND_WORDS, kind_title, visible_fields
from app.ui.downloaders.secret_field import SecretField
from app.ui.format import sentences
from app.ui.theme import height
from app.ui.widgets import Button, ButtonKind, ChoiceBox, FieldRow, Form, label, row, text_field

_SECOND: Final = 1000
_DEFAULTS: Final = DownloaderSettings(id="x", endpoint="http://127.0.0.1:8080")
_PROXY: Final = "socks5://127.0.0.1:1080"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the form, and when it is there."""

    field: str
    """Of DownloaderSettings."""
    row: FieldRow
    value: Callable[[], object]
    """What stands in it, as config.yml has it."""
    hint: str = ""
    """Translated; where the kind has no word of its own."""
    extra: bool = False
    """Whether it is one of the settings that most people never need."""


class SettingsForm(QWidget):
    """Every field is made once, so what was typed for one kind is there for another that has the field too."""

    def __init__(self, shown: DownloaderSettings, *, endpoint: str, is_new: bool) -> None:
        """`endpoint` stands in its field; a new one has no name yet, and can be of any kind."""
        super().__init__()
        self._old = shown
        self._lines: dict[str, _Line] = {}
        self._form = Form()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._is_more = False
        self.setLayout(self._form)
        self._add_kind(shown, is_new=is_new)
        self._add_access(shown, endpoint)
        self._add_consents(shown)
        self._more = Button(_("More settings"), kind=ButtonKind.LINK)
        self._more.setCheckable(True)
        self._more.setAutoDefault(False)
        self._more.toggled.connect(lambda on: self.show_more(shown=on))
        self._form.addLayout(row(self._more, None), self._form.rowCount(), 1)
        self._add_ways(shown)
        self._add_habits(shown)
        self._keep_still()
        self._shown_kind = self.kind
        self.show_more(shown=self._has_more(shown))
        self._kind.currentIndexChanged.connect(self._follow_kind)

    @property
    def kind(self) -> DownloaderKind:
        """What is chosen."""
        return DOWNLOADER_KINDS[str(self._kind.currentData())]

    def values(self) -> Mapping[str, object]:
        """What stands in the fields of the chosen kind, as config.yml spells and nests it."""
        found: dict[str, object] = {
            "type": self.kind.key,
            "paused": self._old.paused,
            "basic-auth": {
                "user": self._basic_user.text(),
                "pass": self._basic_password.secret,
            },
            **{key: line.value() for key, line in self._lines.items() if "." not in key},
        }
        own = {kebab(name) for name in self.kind.fields}
        return {key: value for key, value in found.items() if key in own}

    @property
    def has_name(self) -> bool:
        """Whether a name is typed."""
        return bool(self._name.text().strip())

    def trust(self, fingerprint: str) -> None:
        """Trust the certificate with this fingerprint."""
        self._certificate.trust(fingerprint)

    def show_more(self, *, shown: bool) -> None:
        """Show or hide what most people never need."""
        self._is_more = shown
        self._more.setChecked(shown)
        self._more.set_words(_("Fewer settings") if shown else _("More settings"))
        self._follow()

    def show_problems(self, error: InvalidSetting) -> str:
        """Say at each field what is wrong with it; returns what belongs to none."""
        rest = []
        for problem in error.problems:
            keys = [str(part) for part in problem.path]
            words = _("Allowed: {allowed}").format(allowed=say(problem.allowed))
            if keys[-1:] == ["sweep-deadline"]:  # its kind speaks of milliseconds
                words = _("Allowed: seconds, at least {least}").format(least=1)
            spots = (".".join(keys[-2:]), *keys[-1:])
            spot = next((spot for spot in spots if spot in self._lines), None)
            if spot is None:
                rest.append(words)
            else:
                self.show_error(spot, words)
        return "\n".join(rest)

    def show_error(self, key: str, words: str) -> None:
        """Say at the field of `key`, as config.yml spells it, what is wrong."""
        line = self._lines[key]
        if line.extra and not self._is_more:
            self.show_more(shown=True)
        line.row.set_error(words)
        line.row.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_errors(self) -> None:
        """Forget what was wrong."""
        for line in self._lines.values():
            line.row.set_error("")
        self._follow()  # clearing an error shows the hint

    # Fields

    def _add_kind(self, shown: DownloaderSettings, *, is_new: bool) -> None:
        self._kind = ChoiceBox()
        # Of one that is watched already, what is stored must fit the other kind as it is.
        own = shown.kind.own
        kinds = [k for k in DOWNLOADER_KINDS.values() if is_new or k.own == own]
        for kind in kinds:
            self._kind.addItem(kind_title(kind), kind.key)
        self._kind.setCurrentIndex(max(self._kind.findData(shown.type), 0))
        self._kind.setEnabled(len(kinds) > 1)
        self._kind_row = self._form.add(_("Kind"), self._kind)
        self._name = text_field("" if is_new else shown.name, hint=_("such as Home or NAS"))
        self._add("name", _("Name"), self._name, lambda: self._name.text().strip())

    def _add_access(self, shown: DownloaderSettings, endpoint: str) -> None:
        self._endpoint = text_field(endpoint)
        user = text_field(shown.username)
        password, key = SecretField(shown.password), SecretField(shown.api_key)
        token = SecretField(shown.token)
        self._add("endpoint", _("URL"), self._endpoint, self._typed_endpoint)
        self._add("username", _("User name"), user, user.text)
        self._add("password", _("Password"), password, lambda: password.secret)
        self._add("api_key", _("API key"), key, lambda: key.secret)
        self._add("token", _("Token"), token, lambda: token.secret)
        self._certificate = CertificateField(shown.trusted_certificate)
        self._certificate.changed.connect(self._follow)
        self._add(
            "trusted_certificate",
            _("Trusted certificate"),
            self._certificate,
            lambda: self._certificate.fingerprint,
            hint=_("Only this one is trusted, whoever signed it."),
        )

    def _add_consents(self, shown: DownloaderSettings) -> None:
        self._add_check(
            "allow_plugin",
            _("PeerWarden may install its own small plugin in Deluge"),
            on=shown.allow_plugin,
            hint=_(
                "It tells peer IDs and exact byte counts, and bans IPv6 and networks too; without"
                " it Deluge bans IPv4 only."
            ),
        )
        self._add_check(
            "replace_blocklist",
            _("Replace the blocklist that is set there"),
            on=shown.replace_blocklist,
            hint=_(
                "There is room for one only: PeerWarden's takes the place of yours, which comes"
                " back once no ban is left."
            ),
        )

    def _add_ways(self, shown: DownloaderSettings) -> None:
        """How it is reached, beyond what everybody needs."""
        path = self._path = text_field(shown.rpc_url)
        proxy = text_field(shown.proxy, hint=_PROXY)
        self._basic_user = text_field(shown.basic_auth.user)
        self._basic_password = SecretField(shown.basic_auth.password)
        self._add(
            "rpc_url",
            _("Path"),
            path,
            path.text,
            hint=_("Below the URL, where its RPC answers."),
            extra=True,
        )
        self._add(
            "proxy",
            _("Proxy"),
            proxy,
            proxy.text,
            hint=_("Through which it is reached; empty for directly."),
            extra=True,
        )
        self._add("basic_auth.user", _("Reverse proxy user"), self._basic_user, str, extra=True)
        self._add(
            "basic_auth.pass",
            _("Reverse proxy password"),
            self._basic_password,
            str,
            hint=_("For a reverse proxy in front of it that asks for a password of its own."),
            extra=True,
        )

    def _add_habits(self, shown: DownloaderSettings) -> None:
        """How it is treated."""
        deadline = text_field(f"{shown.sweep_deadline / _SECOND:g}")
        deadline.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._add(
            "sweep_deadline",
            _("Give up after (s)"),
            deadline,
            lambda: _milliseconds(deadline.text()),
            hint=_("A sweep that is not through by then has failed. Default: 60 s."),
            extra=True,
            width=height(72),
        )
        self._add_check("verify_ssl", _("Verify the certificate"), on=shown.verify_ssl, extra=True)
        self._add_check(
            "ignore_private",
            _("Leave peers of private torrents alone"),
            on=shown.ignore_private,
            extra=True,
        )
        self._increment = self._add_check(
            "increment_ban",
            _("Send new bans one by one, not the whole list"),
            on=shown.increment_ban,
            extra=True,
        )
        self._add_check(
            "use_shadow_ban",
            _("Shadow ban"),
            on=shown.use_shadow_ban,
            hint=_(
                "Banned peers stay connected and get nothing. Switch shadow bans on in qBittorrent"
                " Enhanced first, and restart it; single addresses only."
            ),
            extra=True,
        )

    def _add(  # noqa: PLR0913 - what a row is made of
        self,
        field: str,
        name: str,
        widget: QWidget,
        value: Callable[[], object],
        *,
        hint: str = "",
        extra: bool = False,
        width: int = 0,
    ) -> None:
        made = self._form.add(name, widget, hint=hint, width=width)
        self._lines[kebab(field)] = _Line(field.partition(".")[0], made, value, hint, extra)

    def _add_check(
        self, field: str, words: str, *, on: bool, hint: str = "", extra: bool = False
    ) -> QCheckBox:
        """A box that says itself what it is for, and so has no label before it."""
        box, note, nothing = QCheckBox(words), label("", "caption", wrap=True), label("")
        box.setAccessibleName(words)
        box.setChecked(on)
        line = self._form.rowCount()
        self._form.addWidget(nothing, line, 0)
        self._form.addWidget(box, line, 1)
        self._form.addWidget(note, line + 1, 1)
        made = FieldRow(box, nothing, note, hint)
        made.set_error("")
        self._lines[kebab(field)] = _Line(field, made, box.isChecked, hint, extra)
        return box

    # What happens inside

    def _keep_still(self) -> None:
        """Make room for the longest label from the start, so that the fields stay where they are."""
        names = [line.row.name.sizeHint().width() for line in self._lines.values()]
        self._form.setColumnMinimumWidth(0, max(names))

    def _follow_kind(self) -> None:
        """What the user has left at the default of the kind before takes that of the kind now."""
        before, now = self._shown_kind, self.kind
        self._shown_kind = now
        if self._path.text() == _default(before, "rpc_url"):
            self._path.setText(str(_default(now, "rpc_url")))
        if self._increment.isChecked() == _default(before, "increment_ban"):
            self._increment.setChecked(bool(_default(now, "increment_ban")))
        self.clear_errors()

    def _follow(self) -> None:
        """Show the fields and hints of the kind."""
        kind, words = self.kind, KIND_WORDS[self.kind.key]
        fields = visible_fields(kind)
        note = _(words.note) if words.note else ""
        self._kind_row.set_hint(sentences((say(Text(kind.switch_on)), note)))
        self._endpoint.setPlaceholderText(kind.endpoint)
        for line in self._lines.values():
            own = words.hints.get(line.field)
            line.row.set_hint(_(own) if own else line.hint)
            there = line.field in fields and (self._is_more or not line.extra)
            if line.row.field is self._certificate:
                there = there and bool(self._certificate.fingerprint)
            line.row.set_visible(there)

    def _has_more(self, shown: DownloaderSettings) -> bool:
        return any(
            getattr(shown, line.field) != _default(shown.kind, line.field)
            for line in self._lines.values()
            if line.extra and line.field in visible_fields(shown.kind)
        )

    def _typed_endpoint(self) -> str:
        return self._endpoint.text().strip() or self.kind.endpoint


def _default(kind: DownloaderKind, field: str) -> object:
    return kind.defaults.get(field, getattr(_DEFAULTS, field))


def _milliseconds(text: str) -> object:
    """Seconds as typed in milliseconds; what is no number stays as it is, to be refused by its kind."""
    try:
        return round(float(text.strip().replace(",", ".")) * _SECOND)
    except (ValueError, OverflowError):
        return text
