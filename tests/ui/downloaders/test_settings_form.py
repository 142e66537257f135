"""The form shows what the chosen kind has, keeps what was typed, and gives what config.yml takes."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.reason import Text
from app.locale.texts import say
from app.settings.area import kebab
from app.settings.downloader import DownloaderSettings, read_downloader
from app.settings.downloader_kind import DELUGE, DOWNLOADER_KINDS, RTORRENT, TRANSMISSION
from app.settings.errors import InvalidSetting
from app.settings.secret import Secret
from app.ui.downloaders.settings_form import SettingsForm
from tests.ui.finding import button, field, says

PRINT = "3fa207c1905e4d8b0011223344556677" * 2


def form_over(
    qtbot: QtBot, settings: DownloaderSettings | None = None, *, kind: str = "qbittorrent"
) -> SettingsForm:
    """A form in sight: of `settings`, or for a new downloader of `kind`."""
    blank = read_downloader("x", {"type": kind, "endpoint": DOWNLOADER_KINDS[kind].endpoint})
    assert isinstance(blank, DownloaderSettings)
    shown = settings or blank
    endpoint = settings.endpoint if settings else ""
    form = SettingsForm(shown, endpoint=endpoint, is_new=settings is None)
    qtbot.addWidget(form)
    form.show()
    return form


def choose(form: SettingsForm, kind: str) -> None:
    box = form.findChildren(QComboBox)[0]
    box.setCurrentIndex(box.findData(kind))


def check(form: SettingsForm, words: str) -> QCheckBox:
    return next(box for box in form.findChildren(QCheckBox) if box.text() == words)


def names(form: SettingsForm) -> set[str]:
    """Of the fields in sight."""
    kinds: tuple[type[QWidget], ...] = (QLineEdit, QCheckBox)
    found = (widget for kind in kinds for widget in form.findChildren(kind))
    return {widget.accessibleName() for widget in found if widget.isVisible()}


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
def test_each_kind_gives_its_own_keys_and_no_others(qtbot: QtBot, kind: str) -> None:
    form = form_over(qtbot, kind=kind)
    values = form.values()

    assert values.keys() == {kebab(name) for name in DOWNLOADER_KINDS[kind].fields}
    assert read_downloader("x", values) == read_downloader(
        "x", {"type": kind, "endpoint": DOWNLOADER_KINDS[kind].endpoint, "name": "x"}
    )
    assert says(form, say(Text(DOWNLOADER_KINDS[kind].switch_on)))


def test_choosing_a_kind_shows_just_its_fields(qtbot: QtBot) -> None:
    form = form_over(qtbot)
    assert names(form) == {"Name", "URL", "User name", "Password", "API key"}

    choose(form, DELUGE)
    assert names(form) == {
        "Name",
        "URL",
        "Password",
        "PeerWarden may install its own small plugin in Deluge",
        "Replace the blocklist that is set there",
    }
    assert field(form, "URL").placeholderText() == "http://127.0.0.1:8112"


def test_what_was_typed_for_one_kind_is_there_for_another(qtbot: QtBot) -> None:
    form = form_over(qtbot)
    field(form, "URL").setText("http://nas:9091")
    field(form, "Password").setText("secret")
    choose(form, "aria2")
    assert "password" not in form.values()

    choose(form, TRANSMISSION)
    assert form.values()["password"] == Secret("secret")
    assert form.values()["endpoint"] == "http://nas:9091"


def test_defaults_follow_the_kind_until_they_are_changed(qtbot: QtBot) -> None:
    form = form_over(qtbot, kind=TRANSMISSION)
    assert form.values()["rpc-url"] == "/transmission/rpc"

    choose(form, DELUGE)
    assert (form.values()["rpc-url"], form.values()["increment-ban"]) == ("/json", True)

    field(form, "Path").setText("/deluge/json")
    choose(form, TRANSMISSION)
    assert form.values()["rpc-url"] == "/deluge/json"


def test_rtorrent_takes_a_socket(qtbot: QtBot) -> None:
    form = form_over(qtbot, kind=RTORRENT)
    field(form, "URL").setText("scgi:///run/rtorrent/rpc.socket")

    settings = read_downloader("x", form.values())
    assert isinstance(settings, DownloaderSettings)
    assert settings.endpoint == "scgi:///run/rtorrent/rpc.socket"


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("qbittorrent", ["qbittorrent", "qbittorrentee"]),
        ("aria2", ["aria2next", "aria2"]),
        ("transmission", ["transmission"]),
    ],
)
def test_one_that_is_watched_can_become_its_own_like_only(
    qtbot: QtBot, kind: str, offered: list[str]
) -> None:
    endpoint = DOWNLOADER_KINDS[kind].endpoint
    form = form_over(qtbot, DownloaderSettings(id="a", type=kind, endpoint=endpoint))
    box = form.findChildren(QComboBox)[0]

    assert [box.itemData(row) for row in range(box.count())] == offered
    assert box.isEnabled() is (len(offered) > 1)


def test_settings_beyond_the_usual_are_in_sight_from_the_start(qtbot: QtBot) -> None:
    settings = DownloaderSettings(
        id="a", endpoint="https://nas:8080", proxy="socks5://127.0.0.1:1080"
    )
    form = form_over(qtbot, settings)

    assert field(form, "Proxy").isVisible()
    assert button(form, "Fewer settings").isVisible()


def test_a_refused_value_stands_at_its_field_and_brings_it_to_light(qtbot: QtBot) -> None:
    form = form_over(qtbot)
    field(form, "Proxy").setText("nonsense")
    with pytest.raises(InvalidSetting) as refused:
        read_downloader("x", form.values())

    assert form.show_problems(refused.value) == ""
    assert field(form, "Proxy").isVisible()
    assert field(form, "Proxy").property("wrong") is True

    form.clear_errors()
    assert field(form, "Proxy").property("wrong") is False


def test_a_trusted_certificate_is_shown_until_it_is_taken_back(qtbot: QtBot) -> None:
    form = form_over(qtbot)
    assert not button(form, "Trust it no more").isVisible()

    form.trust(PRINT)
    assert form.values()["trusted-certificate"] == PRINT

    button(form, "Trust it no more").click()
    assert form.values()["trusted-certificate"] == ""
    assert not button(form, "Trust it no more").isVisible()


def test_consents_are_what_was_agreed_to(qtbot: QtBot) -> None:
    form = form_over(qtbot, kind=DELUGE)
    assert form.values()["allow-plugin"] is False

    check(form, "PeerWarden may install its own small plugin in Deluge").setChecked(True)
    assert form.values()["allow-plugin"] is True
