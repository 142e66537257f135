"""What a user does on the Rules page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea
from pytestqt.qtbot import QtBot

from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.rules.names import CLIENT_NAME, PEER_ID
from app.domain.verdict import Mode
from app.services.rules import RuleState
from app.ui.rules.editor import RuleEditor
from app.ui.rules.entry_bar import EntryBar
from app.ui.rules.page import RulesPage
from app.ui.rules.scripts_panel import ScriptsPanel
from app.ui.rules.shadow_panel import ShadowPanel
from app.ui.rules.subscriptions_panel import SubscriptionsPanel
from app.ui.table import TableView
from app.ui.theme import Appearance
from app.ui.widgets import ModeSwitch
from tests.ui.fakes import Workplace, settle, until, workplace
from tests.ui.finding import button, says


@asynccontextmanager
async def page_over(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[RulesPage, Workplace]]:
    async with workplace(tmp_path, appearance) as place:
        page = RulesPage(place.desk)
        qtbot.addWidget(page)
        page.resize(1280, 760)
        page.show()
        yield page, place
        page.hide()


def editor(page: RulesPage) -> RuleEditor:
    found = page.findChild(RuleEditor)
    assert isinstance(found, RuleEditor)
    return found


def table(page: RulesPage) -> TableView[RuleState, str]:
    return next(
        t for t in page.findChildren(TableView) if t.accessibleName() == "Rules in judging order"
    )


def add(page: RulesPage, text: str) -> EntryBar:
    bar = next(iter(editor(page).lists().values())).findChild(EntryBar)
    assert isinstance(bar, EntryBar)
    bar.field.setText(text)
    bar.enter()
    return bar


async def test_a_rule_put_in_shadow_is_in_the_file_and_in_the_list(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        rules = table(page)
        rules.select_keys([CLIENT_NAME])
        qtbot.keyClick(rules, Qt.Key.Key_Right)
        await until(lambda: place.core.rules.states()[2].mode is Mode.SHADOW)
        await until(lambda: rules.rows.get(CLIENT_NAME).mode is Mode.SHADOW)  # type: ignore[union-attr]

        assert "mode: shadow" in (tmp_path / "profile.yml").read_text("utf-8")
        switch = editor(page).findChild(ModeSwitch)
        assert isinstance(switch, ModeSwitch)
        assert switch.mode is Mode.SHADOW

        await until(lambda: offered)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: place.core.rules.states()[2].mode is Mode.ENFORCE)


async def test_the_switch_of_the_editor_does_the_same(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        table(page).select_keys([PEER_ID])
        switch = editor(page).findChild(ModeSwitch)
        assert isinstance(switch, ModeSwitch)
        qtbot.keyClick(switch, Qt.Key.Key_Right)
        await until(lambda: place.core.rules.states()[1].mode is Mode.SHADOW)


async def test_a_broken_pattern_is_refused_in_place_and_nothing_changes(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        before = (tmp_path / "profile.yml").read_text("utf-8")
        table(page).select_keys([CLIENT_NAME])
        editor(page).lists()["banned-client-name"].findChild(EntryBar).load('{"method":"REGEX","content":"x"}')  # type: ignore[union-attr] # fmt: skip
        bar = add(page, "((")
        await settle()

        assert "no regular expression" in bar.wrong
        assert not button(editor(page), "Save").isEnabled()
        assert (tmp_path / "profile.yml").read_text("utf-8") == before
        assert place.core.rules.states()[2].entries == 21


async def test_new_patterns_wait_for_save_and_can_be_undone(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        table(page).select_keys([CLIENT_NAME])
        add(page, "Xunlei")
        await settle()
        assert place.core.rules.states()[2].entries == 21
        assert says(page, "Changes wait for Save.")

        qtbot.keyClick(editor(page), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        button(editor(page), "Save").click()
        await until(lambda: place.core.rules.states()[2].entries == 22)
        await until(lambda: not button(editor(page), "Save").isEnabled())
        assert "Xunlei" in place.core.settings.profile.client_name_blacklist.banned_client_name[-1]

        await until(lambda: offered)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: place.core.rules.states()[2].entries == 21)


async def test_changes_to_one_rule_wait_while_another_is_looked_at(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        notices: list[str] = []
        place.desk.actions.notice_wanted.connect(lambda words, _tone: notices.append(words))
        table(page).select_keys([IP_BLOCKLIST])
        add(page, "203.0.113.0/24")
        table(page).select_keys([PEER_ID])
        assert not button(editor(page), "Save").isEnabled()
        table(page).select_keys([IP_BLOCKLIST])

        assert "203.0.113.0/24" in editor(page).lists()["ips"].entries
        assert button(editor(page), "Save").isEnabled()
        page.hide()
        assert notices == ["Changes wait for Save: Address list."]
        page.show()
        button(editor(page), "Revert").click()
        assert "203.0.113.0/24" not in editor(page).lists()["ips"].entries


async def test_a_length_that_is_none_is_refused_in_place(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        table(page).select_keys([PEER_ID])
        number = next(f for f in editor(page).findChildren(QLineEdit) if f.text() == "3")
        number.setText("0")
        number.textEdited.emit("0")
        button(editor(page), "Save").click()
        await settle()

        assert says(page, "Allowed: a number above 0")
        assert number.property("wrong") is True
        assert place.core.settings.profile.peer_id_blacklist.ban_duration == 3 * 86_400_000


async def test_a_rule_that_another_page_names_is_shown(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, _place):
        page.look_for("auto-range-ban")
        assert editor(page).rule == "auto-range-ban"
        page.look_for("no rule")
        assert editor(page).rule == "auto-range-ban"


async def test_every_rule_is_listed_in_judging_order_and_can_be_looked_at(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        names = [state.name for state in place.core.rules.states()]
        assert [state.name for state in table(page).rows.rows()] == names
        assert len(names) == 13
        for name in names:
            table(page).select_keys([name])
            assert editor(page).rule == name
            assert not button(editor(page), "Save").isEnabled()


async def test_a_setting_is_saved_and_can_be_undone(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        page.look_for("auto-range-ban")
        form = editor(page).form
        assert form is not None
        bits = form.field("profile.yml/module.auto-range-ban.ipv4")
        assert isinstance(bits, QLineEdit)
        bits.setText("24")
        bits.textEdited.emit("24")
        button(editor(page), "Save").click()
        await until(lambda: place.core.settings.profile.auto_range_ban.ipv4 == 24)

        await until(lambda: offered)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: place.core.settings.profile.auto_range_ban.ipv4 == 30)
        await until(lambda: bits.text() == "30")


async def test_subscriptions_scripts_and_shadow_have_panels_of_their_own(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, place):
        for rule, kind in (
            ("ip-address-blocker-rules", SubscriptionsPanel),
            ("expression-engine", ScriptsPanel),
            ("auto-range-ban", ShadowPanel),
        ):
            page.look_for(rule)
            assert page.findChildren(kind), rule
        await place.core.rules.set_mode("auto-range-ban", Mode.ENFORCE)
        await until(lambda: not any(p.isVisible() for p in page.findChildren(ShadowPanel)))


async def test_settings_that_are_too_wide_for_a_small_window_can_be_scrolled(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, _place):
        page.look_for("idle-connection-dos-protection")
        area = next(a for a in page.findChildren(QScrollArea) if a.isAncestorOf(editor(page)))
        for width in (960, 1280):
            page.resize(width, 600)
            await settle()
            content = area.widget()
            assert content is not None
            missing = content.minimumSizeHint().width() - area.viewport().width()
            assert area.horizontalScrollBar().maximum() == max(0, missing)
