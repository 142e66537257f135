"""Asking a dialog leaves the other tasks alone."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.ui.widgets import ask


async def test_the_answer_is_the_dialogs_result(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    asyncio.get_running_loop().call_soon(dialog.accept)

    assert await ask(dialog) == QDialog.DialogCode.Accepted


async def test_a_cancelled_question_closes_its_dialog(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await ask(dialog)

    assert not dialog.isVisible()
