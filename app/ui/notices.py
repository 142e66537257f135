"""The one line under the header: the worst of what is to be said, until it is dismissed or over."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.locale import _
from app.locale.texts import say
from app.services.breaker import ALERT as BREAKER
from app.services.events import AlertRaised, CommandFailed
from app.ui.desk import Desk
from app.ui.page import Remark
from app.ui.widgets import Button, IconButton, Notice, Tone, clear, column

_ICONS: Final = {
    Tone.GOOD: "circle-check",
    Tone.SHADOW: "eye",
    Tone.WARN: "triangle-alert",
    Tone.BAD: "triangle-alert",
}
_RANK: Final = (Tone.BAD, Tone.WARN, Tone.SHADOW, Tone.GOOD)


class Notices(QWidget):
    """What the user's last command came to, then alerts of the core, then what the page says."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._answer: Remark | None = None
        self._page: Remark | None = None
        self._shown: Remark | None = None
        self._notice: Notice | None = None
        self._cross = IconButton("x", _("Dismiss"), flat=True)
        self._dismisses = ""
        self._layout = column(margins=(12, 10, 12, 0))
        self.setLayout(self._layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        desk.bridge.alert_raised.connect(self._follow)
        desk.bridge.alert_ended.connect(self._follow)
        desk.bridge.command_failed.connect(self._tell_failure)
        desk.actions.notice_wanted.connect(self._tell)
        self._follow()

    @property
    def shown(self) -> Remark | None:
        """What it says now."""
        return self._shown

    def set_page_remark(self, remark: Remark | None) -> None:
        """What the page in sight has to say."""
        self._page = remark
        self._follow()

    def forget_answer(self) -> None:
        """The next command worked: what an earlier one came to is over."""
        if self._answer is not None:
            self._answer = None
            self._follow()

    def _tell(self, words: str, tone: str) -> None:
        self._answer = Remark(Tone(tone), _ICONS[Tone(tone)], words)
        self._follow()

    def _tell_failure(self, event: CommandFailed) -> None:
        if event.error is not None:
            words = say(event.error.text)
        else:
            words = _("That did not work because of a fault in PeerWarden itself; see the log.")
        self._answer = Remark(Tone.BAD, _ICONS[Tone.BAD], words)
        self._follow()

    def _follow(self, _event: object = None) -> None:
        remark, dismiss = self._choose()
        self._dismisses = dismiss or ""
        if remark == self._shown:
            # An alert may say the same as the answer that hid it.
            self._cross.setVisible(dismiss is not None)
            return
        before, self._shown = self._shown, remark
        self.setVisible(remark is not None)
        if remark is None:
            return
        # The widget stays while only its words change: a button that is being pressed must not go.
        if before is None or self._notice is None or _names(before) != _names(remark):
            self._build(remark)
        self._cross.setVisible(dismiss is not None)
        if self._notice is not None:
            self._notice.set(remark.tone, remark.icon, remark.words)

    def _build(self, remark: Remark) -> None:
        self._cross = IconButton("x", _("Dismiss"), flat=True)
        self._cross.clicked.connect(self._dismiss)
        buttons: list[QPushButton] = []
        for place, (words, _work) in enumerate(remark.buttons):
            button = Button(words)
            button.clicked.connect(partial(self._press, place))
            buttons.append(button)
        self._notice = Notice(remark.tone, remark.icon, remark.words, *buttons)
        layout = self._notice.layout()
        if layout is not None:
            layout.addWidget(self._cross)
        clear(self._layout)
        self._layout.addWidget(self._notice)

    def _press(self, place: int, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signal
        if self._shown is not None and place < len(self._shown.buttons):
            self._shown.buttons[place][1]()

    def _choose(self) -> tuple[Remark | None, str | None]:
        """The remark to show, and what its cross dismisses: a kind of alert, or empty for the answer."""
        if self._answer is not None:
            return self._answer, ""
        # The circuit breaker has a bar of its own.
        alerts = [a for a in self._desk.core.alerts.entries() if a.kind != BREAKER]
        alert = next((a for a in reversed(alerts) if a.severe), alerts[-1] if alerts else None)
        said = None if alert is None else _remark_of(alert)
        page = self._page
        if said is None or alert is None:
            return page, None
        if page is not None and _RANK.index(page.tone) < _RANK.index(said.tone):
            return page, None
        return said, alert.kind

    def _dismiss(self) -> None:
        if self._dismisses:
            self._desk.core.alerts.dismiss(self._dismisses)
        else:
            self._answer = None
        self._follow()


def _names(remark: Remark) -> list[str]:
    return [words for words, _work in remark.buttons]


def _remark_of(alert: AlertRaised) -> Remark:
    tone = Tone.BAD if alert.severe else Tone.WARN
    return Remark(tone, _ICONS[tone], say(alert.text))
