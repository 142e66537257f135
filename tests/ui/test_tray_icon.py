"""The tray icon says its state by its form."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtGui import QImage

from app.ui.tray_icon import TrayState, tray_icon


def forms(state: TrayState) -> QImage:
    return tray_icon(state).pixmap(22, 22).toImage().convertToFormat(QImage.Format.Format_Alpha8)


def test_every_state_has_a_form_of_its_own() -> None:
    pictures = {state: tray_icon(state).pixmap(22, 22).toImage() for state in TrayState}

    assert all(pictures[one] != pictures[other] for one, other in combinations(TrayState, 2))


def test_a_pause_and_a_need_are_told_apart_without_colour() -> None:
    states = (TrayState.IDLE, TrayState.PAUSED, TrayState.NEEDS_YOU)

    assert all(forms(one) != forms(other) for one, other in combinations(states, 2))


def test_the_icon_comes_in_the_sizes_of_trays() -> None:
    sizes = {size.width() for size in tray_icon(TrayState.PAUSED).availableSizes()}

    assert {16, 22, 32} <= sizes
