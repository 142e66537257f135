"""What the trace says where a downloader does not tell what a rule goes by."""

from collections.abc import Sequence

import pytest

from app.domain.capabilities import Capabilities, Need, Source
from app.domain.rules.anti_vampire import AntiVampire
from app.domain.rules.idle_connection import IdleConnection, IdleMemory
from app.domain.rules.ip_blocklist import IpBlocklist
from app.domain.rules.missing import ESTIMATES, estimates, unanswerable
from app.domain.rules.name_subscription import NameSubscription
from app.domain.rules.names import ClientNameBlacklist, PeerIdBlacklist
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.rules.rule import Rule
from app.domain.string_rule_list import parse_rule_list
from app.domain.verdict import Action, Mode
from app.locale.texts import say

NONE = parse_rule_list([])
IDS, NAMES = PeerIdBlacklist(banned=NONE), ClientNameBlacklist(banned=NONE)
PROGRESS = ProgressCheat()
IDLE = IdleConnection(memory=IdleMemory())


def source(*missing: Need) -> Source:
    lacks = {need.value: False for need in missing}
    return Source(label="Transmission 3.00", capabilities=Capabilities(**lacks))


@pytest.mark.parametrize(
    ("rule", "missing", "words"),
    [
        (IDS, [Need.PEER_IDS], "No peer ID from Transmission 3.00"),
        (NAMES, [Need.CLIENT_NAMES], "No client name from Transmission 3.00"),
        (NameSubscription(), [Need.CLIENT_NAMES], "No client name from Transmission 3.00"),
        (
            AntiVampire(),
            [Need.PEER_IDS, Need.CLIENT_NAMES],
            "Neither peer ID nor client name from Transmission 3.00",
        ),
        (PROGRESS, [Need.PROGRESS], "No progress of peers from Transmission 3.00"),
    ],
)
def test_a_rule_says_what_is_missing_and_from_whom(
    rule: Rule, missing: Sequence[Need], words: str
) -> None:
    found = unanswerable(rule, source(*missing))
    assert found is not None
    assert (found.rule, found.action, found.mode) == (rule.name, Action.NO_ACTION, rule.mode)
    assert say(found.reason) == words
    assert found.data["source"] == "Transmission 3.00"


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        (IDS, [Need.CLIENT_NAMES, Need.PROGRESS, Need.FLAGS, Need.COUNTERS]),
        (AntiVampire(), [Need.PEER_IDS]),
        (PROGRESS, [Need.COUNTERS]),
        (IDLE, [Need.COUNTERS, Need.PROGRESS]),
        (IpBlocklist.of((), ()), list(Need)),
    ],
)
def test_a_rule_that_needs_something_else_is_asked(rule: Rule, missing: Sequence[Need]) -> None:
    assert unanswerable(rule, source(*missing)) is None


def test_estimated_bytes_are_told_once_for_all_rules_that_go_by_them() -> None:
    told = estimates((IDS, PROGRESS, IDLE), source(Need.COUNTERS))
    assert told is not None
    assert (told.rule, told.action) == (ESTIMATES, Action.NO_ACTION)
    assert told.data["rules"] == [PROGRESS.name, IDLE.name]
    assert say(told.reason) == (
        "Transmission 3.00 does not count the bytes of each peer; they are estimated from its rates"
    )


def test_nothing_is_told_where_bytes_are_counted_or_nobody_goes_by_them() -> None:
    off = ProgressCheat(mode=Mode.OFF)
    assert estimates((PROGRESS,), source()) is None
    assert estimates((IDS, off), source(Need.COUNTERS)) is None
    assert estimates((PROGRESS,), source(Need.COUNTERS, Need.PROGRESS)) is None
