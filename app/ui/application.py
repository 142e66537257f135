"""Starts Qt, runs asyncio in its loop, and shows the window until the user quits."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.errors import AppError
from app.locale import _, current_language, set_language
from app.locale.texts import say
from app.services.core import Core
from app.ui import icons
from app.ui.desk import make_desk
from app.ui.main_window import MainWindow
from app.ui.pages import MORE, TABBED, build
from app.ui.theme import Appearance, Scheme
from app.ui.tray import Tray
from app.ui.widgets import Button, ButtonKind, Picture, ask, column, label, row

log = logging.getLogger(__name__)

_NAME: Final = "PeerWarden"
_FAILURE_WIDTH: Final = 460


def run(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `main` in Qt's loop and give its exit code; an AppError from it is shown and gives 1."""
    app = _application()
    # It reports every socket event at DEBUG.
    logging.getLogger("qasync").setLevel(logging.INFO)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_guarded(main))


async def show(core: Core, *, api_url: str | None, minimized: bool, stop: asyncio.Event) -> None:
    """Show window and tray until the user quits or `stop` is set."""
    app = _application()
    await _speak_everywhere(current_language())
    scheme = Scheme(core.settings.config.desktop.theme.value)
    appearance = Appearance(app, scheme=scheme, language=current_language())
    desk = make_desk(core, appearance)
    tabbed, more = await build(TABBED, desk), await build(MORE, desk)
    window = MainWindow(desk, tabbed, more, api_url=api_url)
    await asyncio.sleep(0)
    window.quit_wanted.connect(stop.set)
    app.commitDataRequest.connect(stop.set, Qt.ConnectionType.DirectConnection)
    tray = Tray(desk, window)
    await asyncio.sleep(0)
    try:
        if minimized:
            tray.start_minimized()
        else:
            window.show()
        await stop.wait()
    finally:
        window.remember()
        tray.close()
        window.hide()
        # Who waits for a dialog must hear of its end before the dialog goes with the window.
        for dialog in window.findChildren(QDialog):
            dialog.reject()
        desk.bridge.close()
        await asyncio.to_thread(desk.remembered.save)
        window.deleteLater()


def _application() -> QApplication:
    made = QApplication.instance()
    if isinstance(made, QApplication):
        return made
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName(_NAME)
    app.setApplicationDisplayName(_NAME)
    app.setDesktopFileName("peerwarden")
    app.setWindowIcon(icons.app_icon())
    # The program ends by an event of its own; hiding the last window must not end it.
    app.setQuitOnLastWindowClosed(False)
    return app


async def _guarded(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    try:
        return await main()
    except AppError as error:
        log.warning("cannot start: %s", say(error.text))
        await _tell_failure(say(error.text))
        return 1


async def _tell_failure(words: str) -> None:
    app = _application()
    await _speak_everywhere(current_language())
    Appearance(app, language=current_language())
    dialog = QDialog()
    dialog.setWindowTitle(_NAME)
    title = label(_("PeerWarden cannot start"), "section")
    reason = label(words, wrap=True, selectable=True)
    reason.setMinimumWidth(_FAILURE_WIDTH)
    close = Button(_("Close"), kind=ButtonKind.PRIMARY)
    close.clicked.connect(dialog.accept)
    close.setDefault(True)
    picture = Picture("triangle-alert", "bad", 24)
    dialog.setLayout(
        column(
            row(picture, title, None),
            reason,
            8,
            row(None, close),
            margins=(20, 16, 20, 16),
            gap=10,
        )
    )
    await ask(dialog)


async def _speak_everywhere(language: str) -> None:
    """Use `language` also in what Qt itself calls: slots and painting do not run in this task's context."""
    done = asyncio.get_running_loop().create_future()

    def speak() -> None:
        set_language(language)
        done.set_result(None)

    QTimer.singleShot(0, speak)
    await done
