"""The button in the header that says whether we protect, and pauses it."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from app.locale import _
from app.ui.desk import Desk
from app.ui.format import clock
from app.ui.widgets import Button


def pause_menu(desk: Desk, menu: QMenu) -> None:
    """Fill `menu` with what fits now: ways to pause, or to resume."""
    menu.clear()
    actions = desk.actions
    if desk.core.downloaders.paused:
        menu.addAction(_("Resume"), actions.resume)
        return
    menu.addAction(_("Pause for 10 min"), lambda: actions.pause(10))
    menu.addAction(_("Pause for 1 h"), lambda: actions.pause(60))
    menu.addAction(_("Pause until I resume"), lambda: actions.pause(None))


class ProtectButton(Button):
    """`Protecting` or `Paused until 19:30`; its menu pauses and resumes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        super().__init__(_("Protecting"), icon="shield-check")
        # Not `menu=`: the shield stands before the words, where other menus have an arrow behind them.
        self.pauses = QMenu(self)
        self.pauses.aboutToShow.connect(self._fill)
        self.clicked.connect(self._open)
        desk.bridge.pause_changed.connect(self.follow)
        desk.bridge.downloaders_changed.connect(self.follow)
        self.follow()

    def _fill(self) -> None:
        pause_menu(self._desk, self.pauses)

    def _open(self) -> None:
        self.pauses.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def follow(self) -> None:
        """Show how things are now."""
        downloaders = self._desk.core.downloaders
        if not downloaders.paused:
            self.set_words(_("Protecting"))
            self.set_icon("shield-check")
            self.setToolTip(_("Peers are watched and judged. Ctrl+P pauses."))
            return
        self.set_icon("pause")
        self.setToolTip(_("Nobody is judged; bans stay. Ctrl+P resumes."))
        if downloaders.resume_at is None:
            self.set_words(_("Paused"))
        else:
            self.set_words(_("Paused until {time}").format(time=clock(downloaders.resume_at)))
