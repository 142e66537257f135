"""One downloader's settings, from the file and from a request."""

from typing import Any

import pytest

from app.settings.change import REMOVE, as_read, changed, plain
from app.settings.downloader import (
    BasicAuth,
    DownloaderSettings,
    UnsupportedDownloader,
    downloader_changes,
    read_downloader,
)
from app.settings.downloader_kind import (
    ARIA2,
    ARIA2_NEXT,
    BIGLYBT,
    BITCOMET,
    DELUGE,
    DOWNLOADER_KINDS,
    QBITTORRENT,
    QBITTORRENT_EE,
    TRANSMISSION,
)
from app.settings.errors import InvalidSetting
from app.settings.secret import Secret

FILE: dict[str, Any] = {
    "type": "qBittorrent",
    "name": "NAS",
    "endpoint": "http://192.168.1.20:8080/",
    "username": "admin",
    "password": "hunter2",
    "api-key": "k",
    "basic-auth": {"user": "proxy", "pass": "p"},
    "increment-ban": True,
    "use-shadow-ban": True,
    "verify-ssl": False,
    "ignore-private": True,
    "paused": True,
    "http-version": "HTTP_1_1",
}
JSON: dict[str, Any] = {
    "type": "qbittorrent",
    "name": "NAS",
    "endpoint": "http://192.168.1.20:8080",
    "username": "admin",
    "password": "hunter2",
    "apiKey": "k",
    "basicAuth": {"user": "proxy", "pass": "p"},
    "incrementBan": True,
    "useShadowBan": True,
    "verifySsl": False,
    "ignorePrivate": True,
    "paused": True,
    "httpVersion": "HTTP_1_1",
}
KNOWN = DownloaderSettings(
    id="x",
    name="NAS",
    endpoint="http://192.168.1.20:8080",
    username="admin",
    password=Secret("hunter2"),
    api_key=Secret("k"),
    basic_auth=BasicAuth(user="proxy", password=Secret("p")),
    increment_ban=True,
    use_shadow_ban=True,
    verify_ssl=False,
    ignore_private=True,
    paused=True,
)
LEAST = {"type": "qbittorrent", "endpoint": "http://h"}


def test_file_and_request_give_the_same() -> None:
    assert read_downloader("x", FILE) == read_downloader("x", JSON, json=True) == KNOWN


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize("nothing", [{}, {"basic-auth": None, "basicAuth": None, "name": None}])
def test_both_have_the_same_defaults(json: bool, nothing: dict[str, object]) -> None:  # noqa: FBT001
    found = read_downloader("x", {**LEAST, **nothing}, json=json)

    assert found == DownloaderSettings(id="x", endpoint="http://h", name="x", verify_ssl=True)


def test_neither_repr_nor_errors_show_secrets() -> None:
    assert "hunter2" not in repr(KNOWN)
    with pytest.raises(InvalidSetting) as caught:
        read_downloader("x", {**FILE, "password": ["hunter2"], "api-key": {"k": "hunter2"}})

    assert "hunter2" not in str(caught.value)
    assert [problem.key for problem in caught.value.problems] == ["password", "api-key"]


def test_a_request_names_its_own_keys_in_errors() -> None:
    with pytest.raises(InvalidSetting, match=r"basicAuth\.user is"):
        read_downloader("x", {**JSON, "basicAuth": {"user": "a\nb"}}, json=True)


@pytest.mark.parametrize(
    "sent", [{}, {"password": None, "apiKey": "…", "basicAuth": {"pass": "…"}}]
)
def test_an_edit_keeps_the_secrets_it_does_not_send(sent: dict[str, object]) -> None:
    found = read_downloader("x", {**LEAST, **sent}, json=True, keep=KNOWN)

    assert isinstance(found, DownloaderSettings)
    assert found.password == Secret("hunter2")
    assert found.api_key == Secret("k")
    assert found.basic_auth == BasicAuth(user="", password=Secret("p"))


def test_an_edit_can_empty_a_secret() -> None:
    found = read_downloader("x", {**LEAST, "password": ""}, json=True, keep=KNOWN)

    assert isinstance(found, DownloaderSettings)
    assert found.password == Secret("")


def test_an_entry_of_a_kind_that_we_cannot_watch_is_told_apart() -> None:
    entry = {"type": "From-the-Future", "token": "t"}

    assert read_downloader("x", entry) == UnsupportedDownloader(
        id="x", type="from-the-future", name="x"
    )


@pytest.mark.parametrize("entry", [{}, {"type": None}, {"name": "x"}])
def test_an_entry_without_a_kind_is_refused(entry: object) -> None:
    with pytest.raises(InvalidSetting, match=r"type is missing\. Allowed: one of qbittorrent"):
        read_downloader("x", entry)


@pytest.mark.parametrize("entry", [None, [], "text", 5])
def test_what_is_no_entry_at_all_is_refused(entry: object) -> None:
    with pytest.raises(InvalidSetting):
        read_downloader("x", entry)


def test_an_endpoint_is_needed() -> None:
    with pytest.raises(InvalidSetting, match="endpoint is missing"):
        read_downloader("x", {"type": "qbittorrent"})


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        (QBITTORRENT, {"increment_ban": False}),
        (QBITTORRENT_EE, {"increment_ban": False, "use_shadow_ban": False}),
        (TRANSMISSION, {"rpc_url": "/transmission/rpc"}),
        (DELUGE, {"rpc_url": "/json", "increment_ban": True, "allow_plugin": False}),
        (BIGLYBT, {"increment_ban": True, "token": Secret("")}),
        (BITCOMET, {"increment_ban": True}),
        (ARIA2_NEXT, {"token": Secret("")}),
    ],
)
def test_each_kind_has_the_defaults_of_pbh_from_both(
    kind: str,
    json: bool,  # noqa: FBT001
    usual: dict[str, object],
) -> None:
    null = {"rpcUrl": None, "rpc-url": None, "incrementBan": None, "increment-ban": None}
    for entry in ({}, null):
        found = read_downloader("x", {**LEAST, **entry, "type": kind}, json=json)

        assert isinstance(found, DownloaderSettings)
        assert {name: getattr(found, name) for name in usual} == usual
        assert (found.verify_ssl, found.ignore_private, found.paused) == (True, False, False)


def test_a_path_that_is_empty_on_purpose_stays_empty() -> None:
    found = read_downloader("x", {**LEAST, "type": TRANSMISSION, "rpc-url": ""})

    assert isinstance(found, DownloaderSettings)
    assert found.rpc_url == ""


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("QBittorrent", QBITTORRENT),
        (" Deluge ", DELUGE),
        ("raccoonfink/Deluge", DELUGE),
        ("Vuze", BIGLYBT),
        ("azureus", BIGLYBT),
        ("Aria2Next", ARIA2_NEXT),
    ],
)
def test_a_kind_is_known_by_all_its_names_in_any_case(word: str, kind: str) -> None:
    found = read_downloader("x", {**LEAST, "type": word})

    assert isinstance(found, DownloaderSettings)
    assert found.type == kind
    assert downloader_changes(found)["client", "x", "type"] == kind


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
def test_what_is_written_of_each_kind_is_read_as_the_same(kind: str) -> None:
    given = DownloaderSettings(
        id="x",
        type=kind,
        name="NAS",
        endpoint=DOWNLOADER_KINDS[kind].endpoint,
        paused=True,
        ignore_private=True,
    )
    changes = downloader_changes(given)
    entry = changed({}, {path[2:]: plain(value) for path, value in changes.items()})

    again = read_downloader("x", as_read(entry))

    assert isinstance(again, DownloaderSettings)
    assert downloader_changes(again) == changes
    assert again.paused


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
def test_each_kind_is_written_with_keys_of_its_own(kind: str) -> None:
    settings = DownloaderSettings(id="x", type=kind, endpoint=DOWNLOADER_KINDS[kind].endpoint)

    keys = {path[2] for path in downloader_changes(settings)}

    assert keys >= {"type", "name", "endpoint", "verify-ssl", "ignore-private", "paused"}
    assert ("api-key" in keys) == (kind in (QBITTORRENT, QBITTORRENT_EE))
    assert ("token" in keys) == (kind in (BIGLYBT, ARIA2_NEXT, ARIA2))
    assert ("rpc-url" in keys) == (kind in (TRANSMISSION, DELUGE))
    assert ("username" in keys) == (kind not in (DELUGE, BIGLYBT, ARIA2_NEXT, ARIA2))


def test_what_a_kind_does_not_have_means_nothing() -> None:
    sent = {**JSON, "type": "transmission", "basicAuth": "no object", "token": ["no text"]}
    found = read_downloader("x", sent, json=True, keep=KNOWN)

    assert isinstance(found, DownloaderSettings)
    assert (found.username, found.password) == ("admin", Secret("hunter2"))
    assert (found.api_key, found.token, found.basic_auth) == (Secret(), Secret(), BasicAuth())
    assert not found.increment_ban


def test_a_token_that_a_client_sends_back_masked_is_kept() -> None:
    known = DownloaderSettings(id="x", type=BIGLYBT, endpoint="http://h", token=Secret("t"))
    for sent in ({}, {"token": None}, {"token": "…"}):
        found = read_downloader("x", {**LEAST, "type": "biglybt", **sent}, json=True, keep=known)

        assert isinstance(found, DownloaderSettings)
        assert found.token == Secret("t")


def test_only_rtorrent_is_reached_over_scgi() -> None:
    entry = {"type": "rtorrent", "endpoint": "scgi:///run/rtorrent.sock"}
    found = read_downloader("x", entry)

    assert isinstance(found, DownloaderSettings)
    assert found.endpoint == "scgi:///run/rtorrent.sock"
    with pytest.raises(InvalidSetting, match=r"endpoint is “scgi:///run/rtorrent\.sock”"):
        read_downloader("x", {**entry, "type": "transmission"})


def test_a_change_of_kind_takes_the_keys_of_the_old_one_away() -> None:
    new = DownloaderSettings(id="x", type=ARIA2_NEXT, endpoint="http://h")
    changes = downloader_changes(new, KNOWN)

    assert changes["client", "x", "api-key"] is REMOVE
    assert changes["client", "x", "basic-auth"] is REMOVE
    assert changes["client", "x", "token"] == Secret("")
    assert REMOVE not in downloader_changes(KNOWN, KNOWN).values()


def test_changes_name_every_key_below_the_id() -> None:
    changes = downloader_changes(KNOWN)

    assert list(changes)[:3] == [("client", "x", key) for key in ("type", "name", "endpoint")]
    assert changes["client", "x", "basic-auth", "user"] == "proxy"
    assert changes["client", "x", "sweep-deadline"] == 60_000
