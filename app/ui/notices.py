"""The one line under the header: the worst of what is to be said, until it is dismissed or over."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.locale import _
from app.locale.texts import say
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
        self._layout = column(margins=(12, 10, 12, 0))
        self.setLayout(self._layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        desk.bridge.alert_raised.connect(self._follow)
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
        if remark == self._shown:
            return
        self._shown = remark
        clear(self._layout)
        self.setVisible(remark is not None)
        if remark is None:
            return
        buttons: list[QPushButton] = []
        for words, work in remark.buttons:
            button = Button(words)
            button.clicked.connect(lambda _checked=False, work=work: work())
            buttons.append(button)
        notice = Notice(remark.tone, remark.icon, remark.words, *buttons)
        if dismiss is not None:
            cross = IconButton("x", _("Dismiss"), flat=True)
            cross.clicked.connect(lambda: self._dismiss(dismiss))
            cross.setCursor(Qt.CursorShape.ArrowCursor)
            layout = notice.layout()
            if layout is not None:
                layout.addWidget(cross)
        self._layout.addWidget(notice)

    def _choose(self) -> tuple[Remark | None, str | None]:
        """The remark to show, and what its cross dismisses: a kind of alert, or empty for the answer."""
        if self._answer is not None:
            return self._answer, ""
        alerts = self._desk.core.alerts.entries()
        alert = next((a for a in reversed(alerts) if a.severe), alerts[-1] if alerts else None)
        said = None if alert is None else _remark_of(alert)
        page = self._page
        if said is None or alert is None:
            return page, None
        if page is not None and _RANK.index(page.tone) < _RANK.index(said.tone):
            return page, None
        return said, alert.kind

    def _dismiss(self, kind: str) -> None:
        if kind:
            self._desk.core.alerts.dismiss(kind)
        else:
            self._answer = None
        self._follow()


def _remark_of(alert: AlertRaised) -> Remark:
    tone = Tone.BAD if alert.severe else Tone.WARN
    return Remark(tone, _ICONS[tone], say(alert.text))
