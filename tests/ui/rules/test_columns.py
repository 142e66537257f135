"""What the tables of the Rules page say."""

from __future__ import annotations

from app.domain.address import parse_prefix
from app.domain.peer_exception import PeerException
from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.rules.names import PEER_ID
from app.domain.verdict import Mode
from app.services.rules import RuleState
from app.ui.rules.columns import EXCEPTION_COLUMNS, RULE_COLUMNS, exception_words, rule_about


def rule_row(name: str, *, bans: int = 0) -> list[str]:
    state = RuleState(name=name, mode=Mode.SHADOW, entries=1, bans=bans, would_ban=1200)
    return [
        column.spoken(state) if column.spoken else column.text(state) for column in RULE_COLUMNS
    ]


def test_a_rule_says_its_name_its_size_and_what_it_did() -> None:
    assert rule_row(PEER_ID) == ["Peer ID, 1 pattern", "–", "1,200", "Shadow"]
    assert rule_row(IP_BLOCKLIST, bans=3)[:2] == ["Address list, 1 entry", "3"]


def test_an_exception_says_everything_that_it_asks_for() -> None:
    entry = PeerException(
        id="x", prefix=parse_prefix("10.0.0.0/8"), client="qB", torrent="0123456789" * 4
    )

    assert exception_words(entry) == "10.0.0.0/8, client qB, torrent 01234567"


def test_an_exception_without_end_is_for_ever_and_says_whose_it_is() -> None:
    texts = [column.text(PeerException(id="x", configured=True)) for column in EXCEPTION_COLUMNS]

    assert texts == ["", "", "for ever", "settings"]


def test_an_unknown_rule_has_nothing_to_say_about_itself() -> None:
    assert rule_about("other") == ""
