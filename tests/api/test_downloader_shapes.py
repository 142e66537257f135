"""A downloader as clients see it: what its kind has, secrets masked, its health in words."""

from __future__ import annotations

import msgspec
import pytest

from app.api.downloader_shapes import config_of, discovered, line_of, status_of
from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.discovery import Discovered, Found
from app.services.downloader_state import DownloaderState, Status
from app.services.errors import Unreachable, UntrustedCertificate
from app.services.ports import Connection
from app.settings.downloader import BasicAuth, DownloaderSettings
from app.settings.downloader_kind import DELUGE, DOWNLOADER_KINDS
from app.settings.secret import Secret

DIGEST = "ab" * 32


def settings(kind: str) -> DownloaderSettings:
    return DownloaderSettings(
        id="x",
        type=kind,
        name="NAS",
        endpoint=DOWNLOADER_KINDS[kind].endpoint,
        username="admin",
        password=Secret("geheim"),
        api_key=Secret("geheim"),
        token=Secret("geheim"),
        basic_auth=BasicAuth(user="u", password=Secret("geheim")),
    )


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
def test_of_each_kind_no_secret_shows(kind: str) -> None:
    sent = msgspec.json.encode(config_of(settings(kind)))
    assert b"geheim" not in sent
    assert "…".encode() in sent


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
def test_kinds_are_named_in_lower_case_without_their_old_prefix(kind: str) -> None:
    assert line_of(settings(kind)).type == DOWNLOADER_KINDS[kind].name.lower()


def test_one_that_never_answered_says_nothing_of_itself() -> None:
    state = DownloaderState(settings=settings(DELUGE), status=Status.UNKNOWN, since=0)
    shown = status_of(state, torrents=0)
    assert (shown.product, shown.version, shown.capabilities) == ("", "", None)
    assert (shown.shortcomings, shown.advice, shown.certificate) == ([], None, None)
    assert shown.last_status_message == "Not connected yet"


def test_lacks_and_advice_are_told_in_sentences() -> None:
    connection = Connection(
        product="Deluge",
        version="2.0.3",
        capabilities=Capabilities(counters=False),
        advice=Text("switch-on-aria2"),
        session=1,
    )
    state = DownloaderState(
        settings=settings(DELUGE), status=Status.HEALTHY, since=0, connection=connection
    )
    shown = status_of(state, torrents=3)
    assert shown.shortcomings == ["It does not count the bytes of each peer; they are estimated."]
    assert shown.advice == "Start aria2 with --enable-rpc."
    assert (shown.product, shown.version, shown.active_torrents) == ("Deluge", "2.0.3", 3)


def test_the_fingerprint_of_a_certificate_is_there_to_be_trusted() -> None:
    for error, shown in (
        (UntrustedCertificate(Text("certificate-changed"), DIGEST), DIGEST),
        (Unreachable("down"), None),
    ):
        state = DownloaderState(
            settings=settings(DELUGE), status=Status.ERROR, since=0, problem=error
        )
        assert status_of(state, torrents=0).certificate == shown


def test_what_was_found_says_what_to_enter_and_whether_it_is_known() -> None:
    found = Found(host="127.0.0.1", port=8112, type=DELUGE, pid=4)
    shown = discovered(Discovered(found=found, added=True))
    assert (shown.type, shown.added, shown.endpoint) == ("deluge", "ADDED", "http://127.0.0.1:8112")
    assert discovered(Discovered(found=found, added=False)).added == "NEW"
