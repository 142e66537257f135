"""Every peer is in one state, which its chip says, and in every group that fits."""

from __future__ import annotations

import pytest

from app.domain.verdict import Action, Mode
from app.services.events import JudgedPeer
from app.ui.delegates import Mark
from app.ui.peers.mark import RANKS, Group, groups_of, mark_of
from tests.ui.fakes import banned, judged, peer, verdict

ADDRESS = "203.0.113.87"
BAN = banned(ADDRESS)
TECHNICAL = banned(ADDRESS, disconnect=True)
SEEN = peer(ADDRESS)
SHADOW = verdict(mode=Mode.SHADOW)
SKIP = verdict(Action.SKIP)
PASS = verdict(Action.NO_ACTION)


@pytest.mark.parametrize(
    ("one", "mark"),
    [
        (judged(SEEN), Mark.PASS),
        (judged(SEEN, PASS), Mark.PASS),
        (judged(peer(ADDRESS, handshaking=True)), Mark.HANDSHAKE),
        (judged(SEEN, SHADOW), Mark.SHADOW),
        (judged(peer(ADDRESS, handshaking=True), SHADOW), Mark.SHADOW),
        (judged(SEEN, SKIP), Mark.EXEMPT),
        (judged(SEEN, SKIP, SHADOW), Mark.EXEMPT),
        (judged(SEEN, verdict()), Mark.BANNED),
        (judged(SEEN, verdict(), SHADOW), Mark.BANNED),
        (judged(SEEN, ban=BAN), Mark.BANNED),
        (judged(SEEN, verdict(Action.BAN_FOR_DISCONNECT), ban=TECHNICAL), Mark.PASS),
        (judged(SEEN, verdict(mode=Mode.OFF)), Mark.PASS),
    ],
)
def test_a_peer_is_in_one_state(one: JudgedPeer, mark: Mark) -> None:
    assert mark_of(one, one.ban) is mark


def test_the_list_as_it_is_now_decides() -> None:
    one = judged(SEEN, ban=BAN)

    assert mark_of(one, None) is Mark.PASS
    assert mark_of(judged(SEEN), BAN) is Mark.BANNED


@pytest.mark.parametrize(
    ("one", "groups"),
    [
        (judged(SEEN), Group(0)),
        (judged(peer(ADDRESS, up=1)), Group.TAKING),
        (judged(peer(ADDRESS, down=1)), Group.GIVING),
        (judged(peer(ADDRESS, up=1, down=1), SHADOW), Group.TAKING | Group.GIVING | Group.SHADOW),
        (judged(peer(ADDRESS, up=1), ban=BAN), Group.TAKING | Group.BANNED),
        (judged(SEEN, SHADOW, ban=BAN), Group.BANNED),
        (judged(SEEN, ban=TECHNICAL), Group(0)),
        (judged(peer(ADDRESS, up=-1, down=-1)), Group(0)),
    ],
)
def test_quick_filters_let_through_what_they_name(one: JudgedPeer, groups: Group) -> None:
    assert groups_of(one) == groups


def test_what_asks_for_attention_is_sorted_first() -> None:
    order = sorted(RANKS, key=RANKS.__getitem__)

    assert order[:2] == [Mark.BANNED, Mark.SHADOW]
    assert order[-1] is Mark.PASS
