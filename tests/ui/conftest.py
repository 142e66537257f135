"""What the tests of the desktop share: a program without a screen, dressed in the light theme, in English."""

from __future__ import annotations

import os

# Before Qt is imported anywhere: the choice of a platform is made once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import asyncio
import gc
from collections.abc import Callable, Iterator, Mapping

import pytest
import qasync
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.locale import set_language
from app.ui.theme import Appearance, Scheme


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Coroutines of these tests run in Qt's loop, as the desktop does."""
    return {"qt": _qt_loop}


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    # Else the loop ends with the first window that a test closes.
    app.setQuitOnLastWindowClosed(False)
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    return loop


@pytest.fixture(scope="session")
def appearance(qapp: QApplication) -> Appearance:
    """The appearance of the program under test; tests that change the scheme put it back."""
    return Appearance(qapp, scheme=Scheme.LIGHT)


@pytest.fixture(autouse=True)
def _dressed(appearance: Appearance) -> Iterator[None]:
    set_language("en")
    yield
    appearance.choose(Scheme.LIGHT)


@pytest.fixture(autouse=True)
def _garbage_is_collected_here(qapp: QApplication) -> Iterator[None]:
    """Python collects in whatever thread allocates, and Qt objects must die in Qt's: as `app.collector` has it."""
    gc.disable()
    yield
    # Pages and menus without a parent would stay for ever, and each change of the theme asks all of them.
    for widget in qapp.topLevelWidgets():
        widget.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect(1)
    gc.enable()
