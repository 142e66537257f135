"""Exceptions in words."""

from __future__ import annotations

from app.domain.address import parse_prefix
from app.domain.peer_exception import PeerException
from app.domain.rules.names import PEER_ID
from app.ui.rules.exception_columns import exception_columns, exception_words, rule_words


def _name_of(downloader: str) -> str:
    return f"Home {downloader}"


def test_every_scope_is_named() -> None:
    entry = PeerException(
        id="x",
        prefix=parse_prefix("10.0.0.0/8"),
        client="qB",
        peer_id="-qB5",
        torrent="0123456789abcdef",
        downloader="qb",
        rule=PEER_ID,
    )
    assert exception_words(entry, _name_of) == (
        "10.0.0.0/8, client qB, peer ID -qB5, torrent 01234567, at Home qb"
    )
    assert rule_words(entry) == "Peer ID"


def test_without_scopes_everybody_is_spared_from_all_rules() -> None:
    entry = PeerException(id="x")
    assert (exception_words(entry, _name_of), rule_words(entry)) == ("everybody", "all rules")


def test_an_entry_of_the_settings_says_where_it_is_changed() -> None:
    by = next(column for column in exception_columns(_name_of) if column.key == "by")
    entry = PeerException(id="x", configured=True)
    assert by.text(entry) == "settings"
    assert by.tip is not None
    assert "changed there" in by.tip(entry)
