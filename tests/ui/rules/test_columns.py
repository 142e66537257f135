"""What the tables of the Rules page say."""

from __future__ import annotations

from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.rules.names import PEER_ID
from app.domain.verdict import Mode
from app.services.rules import RuleState
from app.ui.rules.columns import RULE_COLUMNS, rule_about


def rule_row(name: str, *, bans: int = 0) -> list[str]:
    state = RuleState(name=name, mode=Mode.SHADOW, entries=1, bans=bans, would_ban=1200)
    return [
        column.spoken(state) if column.spoken else column.text(state) for column in RULE_COLUMNS
    ]


def test_a_rule_says_its_name_its_size_and_what_it_did() -> None:
    assert rule_row(PEER_ID) == ["Peer ID, 1 pattern", "–", "1,200", "Shadow"]
    assert rule_row(IP_BLOCKLIST, bans=3)[:2] == ["Address list, 1 entry", "3"]


def test_an_unknown_rule_has_nothing_to_say_about_itself() -> None:
    assert rule_about("other") == ""
