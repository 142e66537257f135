"""A fingerprint can be compared by eye and by copying; trust can be taken back."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.settings.kind import Fingerprint
from app.ui.downloaders.certificate import CertificateField, fingerprint_words
from tests.ui.finding import button, says

PRINT = "3fa207c1905e4d8b0011223344556677" * 2


def test_pairs_stand_in_groups_on_two_lines() -> None:
    lines = fingerprint_words(PRINT).splitlines()

    assert len(lines) == 2
    assert lines[0] == "3F:A2:07:C1  90:5E:4D:8B  00:11:22:33  44:55:66:77"


def test_what_is_copied_can_be_read_again() -> None:
    assert Fingerprint().read(fingerprint_words(PRINT)) == PRINT


def test_trust_is_shown_and_can_be_taken_back(qtbot: QtBot) -> None:
    field = CertificateField(PRINT)
    qtbot.addWidget(field)
    field.show()
    assert says(field, "3F:A2:07:C1")

    with qtbot.waitSignal(field.changed, timeout=1000):
        button(field, "Trust it no more").click()

    assert field.fingerprint == ""
