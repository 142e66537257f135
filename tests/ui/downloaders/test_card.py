"""The card of one downloader says everything in words, for eyes and for screen readers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.capabilities import Capabilities
from app.services.downloader_state import DownloaderState, Status
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.ui.downloaders.card import DownloaderCard
from app.ui.downloaders.health import Health
from app.ui.downloaders.remedy import Remedy
from app.ui.widgets import IconButton, Tone
from tests.ui.fakes import choose
from tests.ui.finding import button, says

HEALTH = Health(
    icon="key-round", color="bad", title="Denied", words="Wrong.", tone=Tone.BAD,
    remedy=Remedy.SETTINGS,
)  # fmt: skip
STATE = DownloaderState(
    settings=DownloaderSettings(id="a", name="NAS\u202e", endpoint="http://127.0.0.1:8080"),
    status=Status.HEALTHY,
    since=0,
    connection=Connection(
        product="qBittorrent", version="5.3.0", capabilities=Capabilities(), session=1
    ),
    torrents=1248,
    peers=2,
    upload_rate=1 << 20,
    bans_confirmed=306,
    bans_possible=312,
)


@pytest.fixture
def card(qtbot: QtBot) -> DownloaderCard:
    made = DownloaderCard()
    qtbot.addWidget(made)
    made.show_state(STATE, HEALTH, (0.0, 1.0))
    made.show()
    return made


def test_it_shows_all_numbers_with_their_units(card: DownloaderCard) -> None:
    assert all(
        says(card, words)
        for words in ("qBittorrent 5.3.0", "1,248", "1.00 MiB/s", "306 / 312", "Bans confirmed")
    )


def test_a_screen_reader_hears_name_and_state(card: DownloaderCard) -> None:
    assert card.accessibleName() == "NAS\N{REPLACEMENT CHARACTER}: Denied"
    assert card.accessibleDescription() == "Wrong."


@pytest.mark.parametrize(
    ("key", "signal"),
    [
        (Qt.Key.Key_Space, "pause_wanted"),
        (Qt.Key.Key_Return, "settings_wanted"),
        (Qt.Key.Key_Delete, "remove_wanted"),
    ],
)
def test_keys_ask_for_what_the_buttons_do(
    card: DownloaderCard, qtbot: QtBot, key: Qt.Key, signal: str
) -> None:
    with qtbot.waitSignal(getattr(card, signal), timeout=1000):
        qtbot.keyClick(card, key)


def test_trouble_that_settings_mend_has_a_button_to_them(
    card: DownloaderCard, qtbot: QtBot
) -> None:
    links = [b for b in card.findChildren(type(button(card, "Pause"))) if b.text() == "Settings"]

    with qtbot.waitSignal(card.settings_wanted, timeout=1000):
        links[0].click()


def test_other_help_is_asked_for_by_its_own_name(card: DownloaderCard, qtbot: QtBot) -> None:
    card.show_state(STATE, replace(HEALTH, remedy=Remedy.TRUST), ())

    with qtbot.waitSignal(card.remedy_wanted, timeout=1000) as wanted:
        button(card, "Look at the certificate").click()
    assert wanted.args == [Remedy.TRUST]


def test_it_is_called_as_what_answers_calls_itself(card: DownloaderCard) -> None:
    settings = DownloaderSettings(id="a", type="biglybt", endpoint="http://127.0.0.1:7759")
    answers = Connection(product="Vuze", version="5.7", capabilities=Capabilities(), session=1)
    card.show_state(replace(STATE, settings=settings, connection=answers), HEALTH, ())

    assert says(card, "Vuze 5.7")


def test_what_it_cannot_do_stands_on_the_card(card: DownloaderCard, qtbot: QtBot) -> None:
    able = Capabilities(ipv6=False, counters=False, peer_ids=False)
    answers = Connection(product="Transmission", version="3.00", capabilities=able, session=1)
    card.show_state(replace(STATE, connection=answers), HEALTH, ())

    assert says(card, "Bans IPv4 only \N{MIDDLE DOT} bytes estimated \N{MIDDLE DOT} no peer IDs")
    assert card.accessibleDescription().startswith("Wrong. Bans IPv4 only")
    more = button(card, "More")
    assert isinstance(more, IconButton)
    with qtbot.waitSignal(card.limits_wanted, timeout=1000):
        choose(more.menu(), "What it can")


def test_what_is_not_known_is_a_dash(card: DownloaderCard) -> None:
    state = DownloaderState(settings=STATE.settings, status=Status.ERROR, since=0, torrents=777)
    card.show_state(state, HEALTH, ())

    assert not says(card, "777")
