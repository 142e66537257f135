"""Finds widgets as a user does: by what they say."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QWidget


def button(inside: QWidget, name: str) -> QAbstractButton:
    """The visible button called `name`."""
    found = [b for b in inside.findChildren(QAbstractButton) if b.accessibleName() == name]
    assert found, f"no button {name!r}"
    return next((b for b in found if b.isVisible()), found[0])


def field(inside: QWidget, name: str) -> QLineEdit:
    """The field with the label `name`."""
    return next(f for f in inside.findChildren(QLineEdit) if f.accessibleName() == name)


def says(inside: QWidget, words: str) -> bool:
    """Whether a visible label says `words`, perhaps among others."""
    labels = inside.findChildren(QLabel)
    return any(words in shown.text() for shown in labels if shown.isVisible())


def open_dialog() -> QDialog | None:
    """The dialog that is open."""
    tops = QApplication.topLevelWidgets()
    return next((w for w in tops if isinstance(w, QDialog) and w.isVisible()), None)
