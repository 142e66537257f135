"""What the tests of the desktop share: a program without a screen, dressed in the light theme, in English."""

from __future__ import annotations

import os

# Before Qt is imported anywhere: the choice of a platform is made once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.locale import set_language
from app.ui.theme import Appearance, Scheme


@pytest.fixture(scope="session")
def appearance(qapp: QApplication) -> Appearance:
    """The appearance of the program under test; tests that change the scheme put it back."""
    return Appearance(qapp, scheme=Scheme.LIGHT)


@pytest.fixture(autouse=True)
def _dressed(appearance: Appearance) -> Iterator[None]:
    set_language("en")
    yield
    appearance.choose(Scheme.LIGHT)
