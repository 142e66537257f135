"""What came of a test: what answers and what it cannot do, or what is wrong and how to go on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.locale import _
from app.ui.downloaders.certificate import compare_words, fingerprint_label, fingerprint_words
from app.ui.widgets import Button, Picture, column, frame, label, row, set_role


class TestAnswer(QWidget):
    """A sentence, perhaps with others below it, perhaps with a certificate that can be trusted."""

    # Else pytest takes it for a class of tests wherever it is imported.
    __test__ = False

    trust_wanted = Signal(str)
    """The fingerprint of the certificate."""

    def __init__(self) -> None:
        super().__init__()
        self._fingerprint = ""
        self._icon = Picture("circle-check", "good")
        self._words = label("", "", wrap=True, selectable=True)
        self._more = label("", "muted", wrap=True, selectable=True)
        self._shown = fingerprint_label()
        trust = Button(_("Trust this certificate"), icon="shield-check")
        trust.setAutoDefault(False)
        trust.clicked.connect(lambda: self.trust_wanted.emit(self._fingerprint))
        self._certificate = frame(
            "warn",
            column(
                self._shown,
                label(compare_words(), wrap=True),
                row(None, trust),
                gap=4,
                margins=(12, 8, 12, 8),
            ),
        )
        said = column(self._words, self._more, gap=2)
        first = row(column(self._icon, None), said, gap=8)
        first.setStretch(1, 1)
        self.setLayout(column(first, self._certificate))
        self.say("", ok=True)

    @property
    def words(self) -> str:
        """The first sentence."""
        return self._words.text()

    def say(self, words: str, *, ok: bool, more: Sequence[str] = (), fingerprint: str = "") -> None:
        """Say `words`, and below them one line for each of `more`; nothing hides it."""
        self._fingerprint = fingerprint
        self._words.setText(words)
        self._more.setText("\n".join(more))
        self._more.setVisible(bool(more))
        self._shown.setText(fingerprint_words(fingerprint))
        self._certificate.setVisible(bool(fingerprint))
        set_role(self._words, "strong" if ok and more else "")
        self._icon.set(*(("circle-check", "good") if ok else ("triangle-alert", "bad")))
        self.setVisible(bool(words))
