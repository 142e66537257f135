"""What runs on this computer is offered one at a time, and never again once it was ignored."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.services.discovery import Found
from app.ui.downloaders.found import FoundBar
from tests.ui.finding import button, says

QB = Found(host="127.0.0.1", port=8080, type="qbittorrent")
DELUGE = Found(host="127.0.0.1", port=8112, type="raccoonfink/deluge")


def bar(qtbot: QtBot) -> FoundBar:
    made = FoundBar()
    qtbot.addWidget(made)
    return made


def test_without_an_offer_there_is_no_bar(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.offer(())

    assert not made.isVisible()


def test_an_offer_says_what_answers_where(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.offer((QB,))

    assert says(made, "qBittorrent on port 8080 answers on this computer.")
    with qtbot.waitSignal(made.add_wanted, timeout=1000) as wanted:
        button(made, "Add qBittorrent").click()
    assert wanted.args == [QB]


def test_what_is_ignored_makes_room_for_the_next(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.offer((QB, DELUGE))
    assert says(made, "1 more was found.")
    button(made, "Ignore").click()
    assert says(made, "Deluge on port 8112 answers on this computer.")
    assert not says(made, "more")

    made.offer((QB, DELUGE))
    assert made.offers == (DELUGE,)


def test_what_was_added_is_offered_no_more(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.offer((QB, DELUGE))
    made.take_away(QB)

    assert made.offers == (DELUGE,)


def test_who_looks_anew_is_offered_everything_again(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.offer((QB,))
    button(made, "Ignore").click()
    assert not made.isVisible()

    made.forget_ignored()
    made.offer((QB,))
    assert made.isVisible()
