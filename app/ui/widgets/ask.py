"""Waits for a dialog without a second event loop."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QDialog


async def ask(dialog: QDialog) -> int:
    """Show `dialog` and wait for its result (QDialog.DialogCode); it is closed when the asking task is cancelled.

    `dialog.exec()` would run a nested loop, in which asyncio's other tasks break.
    """
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def deliver(code: int) -> None:
        if not answer.done():  # the asking task may be cancelled meanwhile
            answer.set_result(code)

    dialog.finished.connect(deliver)
    dialog.open()
    try:
        return await answer
    except asyncio.CancelledError:
        dialog.reject()
        raise
