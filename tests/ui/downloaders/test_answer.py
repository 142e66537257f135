"""What a test found stands in one place, with what the user can do about it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.downloaders.answer import TestAnswer
from tests.ui.finding import button, says

PRINT = "3fa207c1905e4d8b0011223344556677" * 2


def shown(qtbot: QtBot) -> TestAnswer:
    made = TestAnswer()
    qtbot.addWidget(made)
    made.show()
    return made


def test_nothing_said_is_nothing_shown(qtbot: QtBot) -> None:
    answer = shown(qtbot)
    answer.say("", ok=True)

    assert not answer.isVisible()


def test_what_is_missing_stands_below_what_answers(qtbot: QtBot) -> None:
    answer = shown(qtbot)
    answer.say("Deluge 2.2.0 answers.", ok=True, more=["It bans IPv4 only.", "Allow the plugin."])

    assert says(answer, "It bans IPv4 only.\nAllow the plugin.")
    assert not button(answer, "Trust this certificate").isVisible()


def test_a_certificate_is_offered_with_its_fingerprint(qtbot: QtBot) -> None:
    answer = shown(qtbot)
    answer.say("Its certificate is not trusted.", ok=False, fingerprint=PRINT)

    assert says(answer, "3F:A2:07:C1")
    with qtbot.waitSignal(answer.trust_wanted, timeout=1000) as wanted:
        button(answer, "Trust this certificate").click()
    assert wanted.args == [PRINT]


def test_the_next_answer_takes_the_offer_away(qtbot: QtBot) -> None:
    answer = shown(qtbot)
    answer.say("Its certificate is not trusted.", ok=False, fingerprint=PRINT)
    answer.say("qBittorrent 5.3.0 answers.", ok=True)

    assert not says(answer, "3F:A2:07:C1")
    assert answer.words == "qBittorrent 5.3.0 answers."
