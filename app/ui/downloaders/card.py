"""One downloader as a card: what it is, how it fares, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.locale import _
from app.services.downloader_state import DownloaderState, Status
from app.ui.downloaders.abilities import limit_words
from app.ui.downloaders.elided import ElidedLabel
from app.ui.downloaders.health import Health
from app.ui.downloaders.remedy import BUTTONS, Remedy
from app.ui.format import NOTHING, count, plain, rate, sentences
from app.ui.theme import color, height
from app.ui.theme.tokens import RADIUS_CARD
from app.ui.widgets import (
    Button,
    ButtonKind,
    IconButton,
    Picture,
    SparkLine,
    column,
    divider,
    frame,
    label,
    row,
    set_role,
)

_FIGURE: Final = 104
_ROOMY: Final = 1060
"""From this width on there is room for the sparkline."""
_SPARK: Final = (110, 30)


class DownloaderCard(QFrame):
    """Shows a state; every wish is a signal. Space pauses, Enter opens the settings, ↑ and ↓ go on."""

    pause_wanted = Signal()
    """Pause it, or resume it when it is paused."""
    test_wanted = Signal()
    settings_wanted = Signal()
    remedy_wanted = Signal(Remedy)
    """The button beside the trouble, unless it means the settings."""
    limits_wanted = Signal()
    """What it cannot do, in sentences."""
    remove_wanted = Signal()
    withdraw_wanted = Signal()
    """Remove it, and lift its bans there."""
    sweep_wanted = Signal()
    step_wanted = Signal(int)
    """The focus should go to the card so many further down."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name = ElidedLabel("strong")
        self._kind = ElidedLabel("muted")
        self._address = ElidedLabel("caption")
        self._limits = ElidedLabel("caption")
        self._spark = SparkLine(*_SPARK)
        self._spark.setAccessibleName(_("Upload in the last hour"))
        self._spark.setToolTip(_("Upload in the last hour"))
        self._torrents = _Figure(_("Torrents"))
        self._peers = _Figure(_("Peers"))
        self._upload = _Figure(_("Upload"))
        self._bans = _Figure(_("Bans confirmed"))
        self._health = _HealthLine()
        self._health.remedy_wanted.connect(self._help)
        self._make_buttons()
        names = column(row(self._name, self._kind, None), row(self._address, None), gap=1)
        names.addLayout(row(self._limits, None))
        figures = row(self._torrents, self._peers, self._upload, self._bans, gap=0)
        buttons = row(self._pause, self._test, self._settings, self._more, gap=8)
        top = row(Picture("server", "muted", 18), names, self._spark, 16, figures, buttons, gap=10)
        top.setStretch(1, 1)
        self.setLayout(column(top, self._health, gap=8, margins=(16, 11, 12, 11)))

    def show_state(self, state: DownloaderState, health: Health, samples: Sequence[float]) -> None:
        """Show how things are; `samples` are the upload of the last hour, from 0 to 1."""
        settings = state.settings
        name = plain(settings.name)
        self.setAccessibleName(_("{name}: {health}").format(name=name, health=health.title))
        self._name.setText(name)
        connection = state.connection
        product = state.ref.kind if connection is None else plain(connection.product)
        limits = "" if connection is None else limit_words(connection.capabilities)
        self._kind.setText(f"{product} {plain(state.version)}".rstrip())
        self._limits.setText(limits)
        self._limits.setVisible(bool(limits))
        self._address.setText(plain(settings.endpoint))
        seen = state.status is Status.HEALTHY
        self._torrents.show_value(count(state.torrents) if seen else NOTHING)
        self._peers.show_value(count(state.peers) if seen else NOTHING)
        self._upload.show_value(rate(state.upload_rate))
        confirmed, possible = count(state.bans_confirmed), count(state.bans_possible)
        self._bans.show_value(f"{confirmed} / {possible}" if state.bans_possible else NOTHING)
        self._spark.set_samples(samples, color="accent" if seen else "faint")
        self._health.show_health(health)
        self.setAccessibleDescription(sentences((health.words, limits)))
        self._pause.set_words(_("Resume") if settings.paused else _("Pause"))
        self._pause.set_icon("play" if settings.paused else "pause")

    def set_testing(self, *, testing: bool) -> None:
        """Whether a test runs: one at a time."""
        self._test.setEnabled(not testing)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Space:
                self.pause_wanted.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.settings_wanted.emit()
            case Qt.Key.Key_Delete:
                self.remove_wanted.emit()
            case Qt.Key.Key_Down:
                self.step_wanted.emit(1)
            case Qt.Key.Key_Up:
                self.step_wanted.emit(-1)
            case _:
                super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spark.setVisible(event.size().width() >= height(_ROOMY))

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("accent"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS_CARD, RADIUS_CARD)
            painter.end()

    def _help(self, remedy: Remedy) -> None:
        if remedy is Remedy.SETTINGS:
            self.settings_wanted.emit()
        else:
            self.remedy_wanted.emit(remedy)

    def _make_buttons(self) -> None:
        self._pause = Button(_("Resume"), icon="pause")
        # As wide as its longer word, so that nothing moves when it changes.
        self._pause.setMinimumWidth(self._pause.sizeHint().width())
        self._pause.clicked.connect(self.pause_wanted)
        self._test = IconButton("plug", _("Test the connection"))
        self._test.clicked.connect(self.test_wanted)
        self._settings = IconButton("settings-2", _("Settings"))
        self._settings.clicked.connect(self.settings_wanted)
        menu = QMenu()
        menu.addAction(_("Sweep now"), self.sweep_wanted.emit)
        menu.addAction(_("What it can and cannot do"), self.limits_wanted.emit)
        menu.addSeparator()
        menu.addAction(_("Remove"), self.remove_wanted.emit)
        menu.addAction(_("Remove and lift its bans"), self.withdraw_wanted.emit)
        self._more = IconButton("ellipsis", _("More"), menu=menu)


class _Figure(QWidget):
    """A number over its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._value = label(NOTHING, "strong", tabular=True)
        self.setFixedWidth(height(_FIGURE))
        # A taller card must not pull number and name apart.
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setLayout(column(self._value, label(name, "caption"), gap=1))

    def show_value(self, words: str) -> None:
        self._value.setText(words)
        self.setAccessibleName(f"{self._name}: {words}")


class _HealthLine(QWidget):
    """Icon, state and sentence; with trouble on a ground of its own."""

    remedy_wanted = Signal(Remedy)

    def __init__(self) -> None:
        super().__init__()
        self._shown: Health | None = None
        self._line = divider()
        self._icon = Picture("plug")
        self._title = label("", "strong")
        self._words: QLabel = label("", "muted", wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = Button(_("Settings"), kind=ButtonKind.LINK)
        self._button.clicked.connect(self._press)
        inside = row(self._icon, self._title, self._words, self._button, gap=8)
        inside.setStretch(2, 1)
        self._ground = frame("", inside)
        whole: QVBoxLayout = column(self._line, self._ground, gap=7)
        self.setLayout(whole)

    def show_health(self, health: Health) -> None:
        if health == self._shown:
            return
        self._shown = health
        tone = health.tone
        self._line.setVisible(tone is None)
        set_role(self._ground, "" if tone is None else tone.value)
        inside = self._ground.layout()
        if inside is not None:
            inside.setContentsMargins(*((0, 0, 0, 0) if tone is None else (10, 5, 10, 5)))
        self._icon.set(health.icon, health.color)
        self._title.setText(health.title)
        # On a coloured ground the words take its partner colour, from the style sheet.
        set_role(self._words, "muted" if tone is None else "")
        for words in (self._title, self._words):
            # What a label inherits from its ground is only looked up when it is polished.
            words.style().unpolish(words)
            words.style().polish(words)
        self._words.setText(health.words)
        self._button.setVisible(health.remedy is not None)
        if health.remedy is not None:
            self._button.set_words(_(BUTTONS[health.remedy]))

    def _press(self) -> None:
        if self._shown is not None and self._shown.remedy is not None:
            self.remedy_wanted.emit(self._shown.remedy)
