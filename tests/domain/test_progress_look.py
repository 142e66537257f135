"""What was seen of a peer, as a mapping and as a record."""

from __future__ import annotations

from msgspec import json, structs

from app.domain.progress_look import FirstLook, ProgressLook, Shares
from app.domain.progress_record import Connection, ProgressRecord
from app.domain.reason import Text
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.torrent import Torrent

TORRENT = Torrent(id="t", hash="t", name="", size=1_000, completed_size=400)
RULE = ProgressCheat(minimum_size=0)
FIRST = FirstLook(TORRENT, 7, 100, 0.5, RULE, 1, 6881)


def test_the_first_look_has_the_facts_of_any_other() -> None:
    whole = ProgressLook(
        TORRENT, 7, 100, 0.5, RULE, 0, 0.0, 100, 100, 100, 100, completed=400, limit=600
    )
    assert FIRST == whole == dict(whole)
    assert FIRST["actualUploaded"] == 100
    assert FIRST.last_seen == 7


def test_the_first_look_comes_to_a_record() -> None:
    own = Connection(1, 6881, 7, 7, 100, 100, 0.5)
    assert FIRST.copy() == ProgressRecord(7, 7, [own], 100, completed=400)
    assert FIRST.copy() is not FIRST.copy()


def test_of_what_is_not_known_to_be_held_nothing_is() -> None:
    unknown = structs.replace(FIRST, torrent=structs.replace(TORRENT, completed_size=-1))
    assert unknown.copy().completed == unknown["computedCompletedSize"] == 0


def test_shares_are_like_a_dict_to_whoever_compares_or_encodes() -> None:
    lazy = Text("x", Shares(0.5, 0.25))
    plain = Text("x", {"reported_share": 0.5, "sent_share": 0.25})
    assert lazy == plain
    assert plain == lazy
    assert hash(lazy) == hash(plain)
    assert json.encode(lazy) == json.encode(plain)
    assert lazy != Text("x", Shares(0.5, 0.3))
