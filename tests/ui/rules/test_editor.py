"""The settings of one rule are shown, edited and given back as a draft."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.rules.names import PEER_ID
from app.domain.verdict import Mode
from app.settings.profile import RULES, Profile
from app.ui.rules.draft import Draft, draft_of
from app.ui.rules.editor import RuleEditor
from app.ui.settings_page.size_field import SizeField
from tests.ui.finding import button, says

DAY = 86_400_000
IDS = Draft(
    duration=3 * DAY, lists={"banned-peer-id": ('{"method":"STARTS_WITH","content":"-hp"}',)}
)
ADDRESSES = Draft(
    duration=None,
    lists={"ips": ("203.0.113.0/24",), "ports": ("15000",), "asns": ("4134",)},
    values={("net-type",): ("dataCenter",)},
)


@pytest.fixture
def editor(qtbot: QtBot) -> RuleEditor:
    made = RuleEditor()
    qtbot.addWidget(made)
    made.show_rule(PEER_ID, IDS, Mode.ENFORCE, 14 * DAY)
    made.show()
    return made


def test_what_is_shown_is_what_comes_back(editor: RuleEditor, qtbot: QtBot) -> None:
    assert editor.draft == IDS
    editor.show_rule(IP_BLOCKLIST, ADDRESSES, Mode.OFF, 14 * DAY)

    assert editor.draft == ADDRESSES
    qtbot.waitUntil(lambda: says(editor, "Addresses and networks: 1"), timeout=1000)


def test_a_length_that_is_none_is_refused_in_place(editor: RuleEditor) -> None:
    number = next(f for f in editor.findChildren(QLineEdit) if f.text() == "3")
    number.setText("0")

    assert editor.draft is None
    assert says(editor, "Allowed: a number above 0")
    assert number.property("wrong") is True


def test_a_refused_length_is_said_beside_it(editor: RuleEditor) -> None:
    editor.refuse("Allowed: less", key="ban-duration")

    assert says(editor, "Allowed: less")


def test_a_refused_entry_is_selected(editor: RuleEditor) -> None:
    editor.refuse("Cannot be read", key="banned-peer-id", place=0)

    assert editor.lists()["banned-peer-id"].table.selected_keys()
    assert says(editor, "Cannot be read")


def test_there_is_nothing_to_save_before_something_changed(editor: RuleEditor) -> None:
    assert not button(editor, "Save").isEnabled()
    editor.set_dirty(dirty=True)

    assert button(editor, "Revert").isEnabled()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_shown_and_comes_back_unchanged(qtbot: QtBot, rule: str) -> None:
    editor = RuleEditor()
    qtbot.addWidget(editor)
    told: list[bool] = []
    editor.changed.connect(lambda: told.append(True))
    draft = draft_of(Profile(), rule)
    editor.show_rule(rule, draft, Mode.ENFORCE, 14 * DAY)
    editor.show()

    assert editor.draft == draft
    assert told == []


def test_a_share_is_percent_and_a_size_has_its_unit(qtbot: QtBot) -> None:
    editor = RuleEditor()
    qtbot.addWidget(editor)
    rule = "progress-cheat-blocker"
    editor.show_rule(rule, draft_of(Profile(), rule), Mode.ENFORCE, 14 * DAY)
    editor.show()
    assert editor.form is not None
    share = editor.form.field(f"profile.yml/module.{rule}.maximum-difference")
    assert isinstance(share, QLineEdit)
    assert share.text() == "10"
    share.setText("7")
    draft = editor.draft
    assert draft is not None
    assert draft.values["maximum-difference",] == 0.07

    share.setText("-1")
    draft = editor.draft
    assert draft is None
    assert says(editor, "Allowed: from 0 % to 100000 %")
    size = editor.form.field(f"profile.yml/module.{rule}.minimum-size")
    assert isinstance(size, SizeField)
    assert size.value == 50_000_000
    assert size.findChildren(QLineEdit)[0].text() == "50"


def test_a_refused_setting_is_said_beside_it(qtbot: QtBot) -> None:
    editor = RuleEditor()
    qtbot.addWidget(editor)
    rule = "auto-range-ban"
    editor.show_rule(rule, draft_of(Profile(), rule), Mode.ENFORCE, 14 * DAY)
    editor.show()
    editor.refuse("Allowed: less", key="ipv4")

    assert says(editor, "Allowed: less")
