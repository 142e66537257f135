"""A connection that fails says what to set; one that works says what the downloader lacks."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.locale.texts import SENTENCES, say
from app.services import connection_test
from app.services.connection_test import connected, try_once, with_advice
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    NoListener,
    ProtocolMismatch,
    TooLate,
    Unreachable,
)
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DELUGE, DOWNLOADER_KINDS, TRANSMISSION, DownloaderKind
from tests.services.fakes import HandClock, ScriptedDownloader

NOBODY = NoListener(Text("no-listener", {"address": "127.0.0.1:8112"}))


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS.values(), ids=lambda kind: kind.name)
def test_for_each_kind_nobody_listening_says_what_to_switch_on(kind: DownloaderKind) -> None:
    better = with_advice(NOBODY, kind)
    assert better is not None
    words = say(better.text)
    assert "nothing listens at 127.0.0.1:8112. Start " in words
    assert isinstance(better.text.params["advice"], Text)
    assert better.text.params["advice"].id in SENTENCES


def test_deluge_says_which_of_its_two_ports_is_meant() -> None:
    better = with_advice(NOBODY, DOWNLOADER_KINDS[DELUGE])
    assert better is not None
    assert "8112, not that of the daemon" in say(better.text)


def test_another_program_at_the_address_is_told_with_an_example() -> None:
    better = with_advice(ProtocolMismatch(Text("answer-html")), DOWNLOADER_KINDS[TRANSMISSION])
    assert better is not None
    assert say(better.text) == (
        "Answers, but not as expected: a web page where JSON was expected. Another program seems"
        " to listen there; an address of Transmission looks like http://127.0.0.1:9091."
    )


def test_silence_says_what_to_check() -> None:
    better = with_advice(TooLate(), DOWNLOADER_KINDS[DELUGE])
    assert better is not None
    assert "firewall" in say(better.text)


@pytest.mark.parametrize(
    "error",
    [
        AccessDenied(Text("downloader-denied")),
        NeedsAction(Text("downloader-host-refused")),
        ProtocolMismatch(Text("deluge-call-failed", {"method": "m", "reason": "r"})),
        ProtocolMismatch(Text("answer-refused", {"reason": "r"})),
        Unreachable(Text("no-such-host", {"host": "nas"})),
    ],
)
def test_what_says_itself_what_to_do_stays_as_it_is(error: DownloaderError) -> None:
    assert with_advice(error, DOWNLOADER_KINDS[DELUGE]) is None


def test_a_connection_says_product_version_lacks_and_advice() -> None:
    connection = Connection(
        product="Transmission",
        version="3.00",
        capabilities=Capabilities(ipv6=False, peer_ids=False),
        advice=Text("deluge-no-daemon"),
        session=1,
    )
    assert [say(text) for text in connected(connection)] == [
        "Connected to Transmission 3.00.",
        "It bans IPv4 addresses only.",
        "It does not tell peer IDs.",
        say(Text("deluge-no-daemon")),
    ]


def test_that_one_cannot_ban_at_all_is_said_once() -> None:
    able = Capabilities(bans=False, labels=False)
    advice = Text("aria2-cannot-ban")
    connection = Connection(
        product="aria2", version="1.36.0", capabilities=able, advice=advice, session=1
    )
    _, *others = connected(connection)
    assert others == [Text("lacks-labels"), advice]


async def test_a_test_of_one_that_hangs_ends_with_what_to_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang() -> Connection:
        await asyncio.Event().wait()
        raise AssertionError

    downloader = ScriptedDownloader(HandClock(0))
    downloader.connect = hang  # type: ignore[method-assign]
    monkeypatch.setattr(connection_test, "_SECONDS", 0.01)
    with pytest.raises(DownloaderError) as failed:
        await try_once(downloader, DownloaderSettings(id="new", endpoint="http://127.0.0.1:1"))
    words = say(failed.value.text)
    assert words.startswith("Does not answer: no answer in time. Check that")
    assert downloader.closed
