"""A certificate's fingerprint, readable enough to be compared by eye, and the one that is trusted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.reason import Text
from app.locale import N_, _
from app.locale.texts import say
from app.services.errors import UntrustedCertificate
from app.ui.theme import type_scale
from app.ui.widgets import Button, ButtonKind, column, label, row

_PAIRS: Final = 4
_GROUPS: Final = 4
_SENTENCES: Final = {
    "certificate-unknown": N_(
        "Its certificate (for {subject}, valid until {expires}) is not trusted: {reason}."
    ),
    "certificate-changed": N_(
        "It shows another certificate (for {subject}, valid until {expires}) than the one that you"
        " trust."
    ),
}


def fingerprint_words(fingerprint: str) -> str:
    """`3F:A2:07:C1  90:…`: pairs as browsers show them, in groups of four, four groups a line."""
    digits = fingerprint.upper()
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    groups = [":".join(pairs[at : at + _PAIRS]) for at in range(0, len(pairs), _PAIRS)]
    lines = ["  ".join(groups[at : at + _GROUPS]) for at in range(0, len(groups), _GROUPS)]
    return "\n".join(lines)


def certificate_words(error: UntrustedCertificate) -> str:
    """What is wrong with a certificate, for where its fingerprint does not belong into the sentence."""
    sentence = _SENTENCES.get(error.text.id)
    if sentence is None:
        return say(error.text)
    known = dict.fromkeys(("subject", "expires", "reason"), "?") | {
        name: say(value) if isinstance(value, Text) else str(value)
        for name, value in error.text.params.items()
    }
    return _(sentence).format_map(known)


def compare_words() -> str:
    """How to decide, beside the fingerprint."""
    return _(
        "Compare this fingerprint with the one that its server or your browser shows, and trust it"
        " only when both are the same."
    )


def fingerprint_label(fingerprint: str = "") -> QLabel:
    """The fingerprint in letters of one width; can be copied."""
    made = label(fingerprint_words(fingerprint), selectable=True)
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    font.setPixelSize(type_scale().pixels("header"))
    made.setFont(font)
    made.setAccessibleName(_("SHA-256 fingerprint of the certificate"))
    return made


class CertificateField(QWidget):
    """The one certificate that is trusted whoever signed it, until the user takes that back."""

    changed = Signal()

    def __init__(self, fingerprint: str) -> None:
        super().__init__()
        self._fingerprint = fingerprint
        self._shown = fingerprint_label(fingerprint)
        self._take_back = Button(_("Trust it no more"), kind=ButtonKind.LINK)
        self._take_back.setAutoDefault(False)
        self._take_back.clicked.connect(lambda: self.trust(""))
        self.setLayout(column(self._shown, row(self._take_back, None), gap=0))
        self.setFocusProxy(self._take_back)

    @property
    def fingerprint(self) -> str:
        """64 hex digits; empty while none is trusted."""
        return self._fingerprint

    def trust(self, fingerprint: str) -> None:
        """Trust this one from now on; empty for none."""
        self._fingerprint = fingerprint
        self._shown.setText(fingerprint_words(fingerprint))
        self.changed.emit()
