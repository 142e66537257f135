"""Flags and connections are said in words."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.flags import parse_flags
from app.domain.verdict import Action
from app.ui.delegates import Mark
from app.ui.peers.mark import mark_of
from app.ui.peers.words import client_words, connection_words, evidence, flag_words, headline
from tests.ui.fakes import banned, judged, peer, torrent, verdict


def test_each_letter_is_spelled_out() -> None:
    assert flag_words(parse_flags("u I X")).splitlines()[0].startswith("u  It wants from us")
    assert flag_words(None) == ""


def test_a_connection_is_one_line() -> None:
    assert connection_words(peer("192.0.2.1", flags="U I X E P")) == (
        "µTP, encrypted, by peer exchange, came to us"
    )
    assert connection_words(peer("192.0.2.1", flags="D H")) == "TCP, by DHT, opened by us"
    assert connection_words(replace(peer("192.0.2.1"), flags=None)) == "not told by the downloader"


def test_a_name_that_may_still_come_is_told_apart_from_none() -> None:
    assert client_words(peer("192.0.2.1", client=None, handshaking=True)) == "not yet known"
    assert client_words(peer("192.0.2.1", client="")) == "no name"


def test_evidence_names_peer_and_torrent() -> None:
    text = evidence(peer("192.0.2.1"), torrent(1), (), reason="Passed", mark="Pass")
    assert text.splitlines()[:2] == ["Pass: Passed", "Address: 192.0.2.1:51413"]
    assert torrent(1).hash in text


def test_evidence_tells_estimates_from_counts() -> None:
    seen = replace(peer("192.0.2.1", uploaded=5 << 30), estimated=True)
    lines = evidence(seen, torrent(1), (), reason="Passed", mark="Pass").splitlines()

    assert "Sent to it: ≈ 5.00 GiB" in lines
    assert "Received from it: –" in lines


def test_who_was_only_disconnected_is_not_called_banned() -> None:
    technical = banned("192.0.2.1/32", disconnect=True)
    one = judged(peer("192.0.2.1"), verdict(Action.BAN_FOR_DISCONNECT), ban=technical)
    mark = mark_of(one, technical)

    assert mark is Mark.PASS
    assert headline(one, None, mark) == "Disconnected for a moment: -XF9990-"
