"""The icon in the tray: how things are, a short menu, notifications, and where a closed window goes."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.domain.address import show
from app.domain.ban import Ban
from app.locale import _, ngettext
from app.locale.texts import rule_title
from app.services.downloader_state import Status
from app.ui.bans_today import BansToday
from app.ui.desk import Desk
from app.ui.format import clock, rate
from app.ui.main_window import MainWindow
from app.ui.notifications import Message, Notifications
from app.ui.protect_button import pause_menu
from app.ui.tray_icon import TrayState, tray_icon

_LATEST: Final = 5
_LOOK_MS: Final = 3_000
_GATHER_MS: Final = 500
_SHOWN_MS: Final = 10_000
_TOLD: Final = "tray.told"
_TROUBLED: Final = (Status.ERROR, Status.NEED_TAKE_ACTION)


class Tray(QObject):
    """Lives as long as the window. Without a tray on this desktop it only minds the window."""

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        *,
        available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__()
        self._desk, self._window, self._available = desk, window, available
        self._today = BansToday(desk.core, desk.bridge, self)
        self._last: Message | None = None
        self._shown: tuple[TrayState, str] | None = None
        self._bans_differ = True
        self._make_menu()
        self._icon: QSystemTrayIcon | None = None
        self._look()
        self._notifications = Notifications(desk, self._today, self.show_message, self)
        # A task bar that restarts, or comes up after us, has lost the icon.
        self._watch = QTimer(self, interval=_LOOK_MS)
        self._watch.timeout.connect(self._look)
        self._watch.start()
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self.follow)
        window.close_wanted.connect(self._on_close)
        self._connect()

    @property
    def menu(self) -> QMenu:
        """What a right click opens."""
        return self._menu

    @property
    def state(self) -> TrayState:
        """How things are now."""
        core = self._desk.core
        states = core.downloaders.states()
        if core.downloaders.paused:
            return TrayState.PAUSED
        if any(s.status in _TROUBLED for s in states) or any(
            alert.severe for alert in core.alerts.entries()
        ):
            return TrayState.NEEDS_YOU
        if all(s.status is Status.PAUSED for s in states):
            return TrayState.IDLE
        return TrayState.PROTECTING

    def start_minimized(self) -> None:
        """Start without a window in the way: in the tray, else minimised."""
        if self._icon is None:
            self._window.showMinimized()

    def show_message(self, message: Message) -> None:
        """Put a notification on the desktop; where there is no tray there are none."""
        if self._icon is None:
            return
        self._last = message
        kind = QSystemTrayIcon.MessageIcon
        self._icon.showMessage(
            "PeerWarden",
            message.words,
            kind.Warning if message.worried else kind.Information,
            _SHOWN_MS,
        )

    def follow(self) -> None:
        """Show how things are now."""
        self._follow_menu()
        if self._icon is None:
            return
        state, tip = self.state, self._tip()
        if (state, tip) != self._shown:
            self._shown = state, tip
            self._icon.setIcon(tray_icon(state))
            self._icon.setToolTip(tip)

    def close(self) -> None:
        """Take the icon away."""
        for timer in (self._watch, self._gather):
            timer.stop()
        self._drop_icon()
        self._menu.deleteLater()
        self.deleteLater()

    # The icon

    def _look(self) -> None:
        """Make the icon when there is a tray for it now, and forget it when there is none any more."""
        if self._available() == (self._icon is not None):
            return
        if self._icon is not None:
            self._drop_icon()
            return
        self._shown = None
        icon = self._icon = QSystemTrayIcon(tray_icon(self.state), self)
        icon.setContextMenu(self._menu)
        icon.activated.connect(self._on_click)
        icon.messageClicked.connect(self._open_message)
        icon.show()
        self.follow()

    def _drop_icon(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def _on_click(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        kind = QSystemTrayIcon.ActivationReason
        # On macOS a click opens the menu, and says so as Trigger too.
        if sys.platform != "darwin" and reason in (kind.Trigger, kind.DoubleClick):
            self._window.bring_up()

    def _open_message(self) -> None:
        self._window.bring_up()
        if self._last is None:
            return
        if self._last.about_breaker:
            self._window.breaker.ask()
        else:
            self._desk.navigate(self._last.page, self._last.text)

    # The menu

    def _make_menu(self) -> None:
        menu = self._menu = QMenu()
        self._state_line = menu.addAction("")
        self._figures = menu.addAction("")
        for line in (self._state_line, self._figures):
            line.setEnabled(False)
        menu.addSeparator()
        menu.setDefaultAction(menu.addAction(_("Open PeerWarden"), self._window.bring_up))
        self._bans = menu.addMenu(_("Latest bans"))
        self._pause = menu.addMenu(_("Pause"))
        pause_menu(self._desk, self._pause)
        self._resume = menu.addAction(_("Resume"), self._desk.actions.resume)
        menu.addSeparator()
        menu.addAction(_("Settings"), partial(self._open, "settings"))
        menu.addAction(_("Quit"), self._window.quit_wanted.emit)
        menu.aboutToShow.connect(self.follow)
        self._bans.aboutToHide.connect(self._gather_soon)

    def _follow_menu(self) -> None:
        downloaders = self._desk.core.downloaders
        _set_text(self._state_line, self._state_words())
        _set_text(self._figures, self._figure_words())
        self._resume.setVisible(downloaders.paused)
        self._pause.menuAction().setVisible(not downloaders.paused)
        # Nothing moves under the pointer.
        if self._bans_differ and not self._bans.isVisible():
            self._bans_differ = False
            shown = (ban for ban in self._desk.core.ban_list if not ban.disconnect)
            self._fill_bans(heapq.nlargest(_LATEST, shown, key=attrgetter("since")))

    def _fill_bans(self, latest: Sequence[Ban]) -> None:
        for action in self._bans.actions():
            inner = action.menu()
            self._bans.removeAction(action)
            if isinstance(inner, QMenu):
                inner.deleteLater()
        for ban in latest:
            words = _("{address}: {rule}").format(
                address=show(ban.prefix), rule=rule_title(ban.rule)
            )
            entry = self._bans.addMenu(words)
            entry.addAction(_("Undo the ban"), partial(self._desk.actions.unban, [ban.prefix]))
            entry.addAction(_("Show"), partial(self._open, "bans", show(ban.prefix)))
        self._bans.menuAction().setEnabled(bool(latest))

    def _state_words(self) -> str:
        downloaders = self._desk.core.downloaders
        states = downloaders.states()
        if not states:
            return _("No downloader yet")
        if downloaders.paused:
            if downloaders.resume_at is None:
                return _("Paused")
            return _("Paused until {time}").format(time=clock(downloaders.resume_at))
        return _("Protected, {watched}").format(watched=self._watched())

    def _watched(self) -> str:
        states = self._desk.core.downloaders.states()
        well = sum(state.status is Status.HEALTHY for state in states)
        return ngettext(
            "{well} of {count} downloader", "{well} of {count} downloaders", len(states)
        ).format(well=well, count=len(states))

    def _figure_words(self) -> str:
        states = self._desk.core.downloaders.states()
        up = rate(sum(state.upload_rate for state in states))
        return _("↑ {rate}, {bans}").format(rate=up, bans=self._banned())

    def _banned(self) -> str:
        count = self._today.count
        words = ngettext("{count} ban today", "{count} bans today", count)
        return words.format(count=f"{count:,}")

    def _tip(self) -> str:
        return _("{state}, {bans}").format(state=self._state_words(), bans=self._banned())

    def _open(self, page: str, text: str = "") -> None:
        self._window.bring_up()
        self._desk.navigate(page, text)

    # What happens

    def _connect(self) -> None:
        bridge = self._desk.bridge
        for signal in (
            bridge.swept,
            bridge.sweep_failed,
            bridge.bans_changed,
            bridge.downloaders_changed,
            bridge.pause_changed,
            bridge.alert_raised,
            bridge.alert_ended,
            bridge.breaker_changed,
        ):
            signal.connect(self._gather_soon)
        bridge.bans_changed.connect(self._note_bans)
        self._desk.appearance.changed.connect(self._redraw)

    def _gather_soon(self) -> None:
        if not self._gather.isActive():
            self._gather.start()

    def _note_bans(self) -> None:
        self._bans_differ = True

    def _redraw(self) -> None:
        self._shown = None
        self.follow()

    def _on_close(self) -> None:
        if not self._desk.core.settings.config.desktop.close_to_tray:
            self._window.quit_wanted.emit()
        elif self._icon is not None:
            self._window.hide()
            self._tell_once(
                lambda: self.show_message(
                    Message(
                        words=_(
                            "PeerWarden is still running and goes on protecting."
                            " This icon opens it; Quit is in its menu."
                        ),
                        page="",
                    )
                )
            )
        else:
            self._window.showMinimized()
            words = _(
                "This desktop has no tray, so closing the window only minimises it."
                " PeerWarden goes on protecting; Ctrl+Q ends it."
            )
            self._tell_once(lambda: self._desk.notify(words))

    def _tell_once(self, tell: Callable[[], None]) -> None:
        remembered = self._desk.remembered
        if not remembered.get(_TOLD):
            remembered.put(_TOLD, value=True)
            tell()


def _set_text(action: QAction, words: str) -> None:
    if action.text() != words:
        action.setText(words)
