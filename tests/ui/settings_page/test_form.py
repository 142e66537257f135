"""Each field says its unit, its default and its limits."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.settings_page.form import SectionForm
from app.ui.settings_page.items import DEFAULTS, SECTIONS, WATCHING
from app.ui.settings_page.network_items import SERVER
from tests.ui.finding import says


def form_of(qtbot: QtBot, number: int) -> SectionForm:
    made = SectionForm(SECTIONS[number], lambda: None)
    qtbot.addWidget(made)
    made.show_values(DEFAULTS)
    made.show()
    return made


@pytest.mark.parametrize("number", range(len(SECTIONS)))
def test_what_is_shown_comes_back_unchanged(qtbot: QtBot, number: int) -> None:
    form = form_of(qtbot, number)
    values, refused = form.read()

    assert refused == ""
    assert all(value == item.default for item, value in values.values())


def test_hints_say_limits_defaults_and_when_it_takes_effect(qtbot: QtBot) -> None:
    form = form_of(qtbot, SECTIONS.index(SERVER))

    assert says(form, "From 0 to 65535. Default: 9898. Takes effect with the next start.")


def test_lengths_are_said_in_units_of_people(qtbot: QtBot) -> None:
    form = form_of(qtbot, SECTIONS.index(WATCHING))
    words = " ".join(label.text() for label in form.findChildren(QLabel))

    assert "Default: 5 s." in words
    assert "Default: 14 days." in words
    assert "ms" not in words.split()


def test_every_field_has_a_name_for_screen_readers(qtbot: QtBot) -> None:
    for number, section in enumerate(SECTIONS):
        form = form_of(qtbot, number)

        assert all(form.field(item.key).accessibleName() for item in section.items)


def test_a_refusal_of_an_unknown_key_is_not_taken(qtbot: QtBot) -> None:
    assert form_of(qtbot, 0).refuse("config.yml/other", "x") is False
