"""One downloader's settings, from the file and from a request."""

from typing import Any

import pytest

from app.settings.downloader import (
    BasicAuth,
    DownloaderSettings,
    UnsupportedDownloader,
    downloader_changes,
    read_downloader,
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


@pytest.mark.parametrize("kind", ["qbittorrentee", "raccoonfink/deluge", "from-the-future"])
def test_kinds_we_cannot_watch_yet_are_listed(kind: str) -> None:
    entry = {"type": kind, "token": "t"}

    assert read_downloader("x", entry) == UnsupportedDownloader(id="x", type=kind, name="x")


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


def test_changes_name_every_key_below_the_id() -> None:
    changes = downloader_changes(KNOWN)

    assert list(changes)[:3] == [("client", "x", key) for key in ("type", "name", "endpoint")]
    assert changes["client", "x", "basic-auth", "user"] == "proxy"
    assert changes["client", "x", "sweep-deadline"] == 60_000
