"""Subscribed address lists: the rule of reference/rules.md 3.4."""

from app.domain.address_reader import parse_address_list
from app.domain.rules.address_subscription import AddressSubscription
from app.domain.sighting import Batch
from app.domain.verdict import Action, Mode
from tests.domain.rules.sightings import sighting

FIRST = parse_address_list(b"1.2.3.0/24 # bad isp\n2001:db8::/32", id="a", name="First")
SECOND = parse_address_list(b"1.2.3.4\n5.6.7.8\n# one\n# two\n9.9.9.9", id="b", name="Second")


def rule(mode: Mode = Mode.ENFORCE) -> AddressSubscription:
    return AddressSubscription(lists=(FIRST, SECOND), mode=mode, duration=5)


def test_s13_an_address_inside_an_entry_is_banned_with_list_entry_and_comment() -> None:
    verdict = rule().judge(sighting("1.2.3.77"))
    assert (verdict.action, verdict.duration) == (Action.BAN, 5)
    assert verdict.data == {"ruleName": "First"}
    told = {"address": "1.2.3.77", "list": "First", "entry": "1.2.3.0/24", "comment": "bad isp"}
    assert verdict.reason.params == told


def test_the_first_list_that_knows_the_address_answers() -> None:
    assert rule().judge(sighting("1.2.3.4")).data == {"ruleName": "First"}
    assert rule().judge(sighting("5.6.7.8")).data == {"ruleName": "Second"}
    assert rule().judge(sighting("5.6.7.8")).reason.id == "list-banned"
    assert rule().judge(sighting("9.9.9.9")).reason.params["comment"] == "one · two"


def test_an_idle_peer_has_an_address_too() -> None:
    assert rule().judge(sighting("2001:db8::5", handshaking=True)).hits


def test_who_is_on_no_list_passes_and_is_told_how_many_entries_there_are() -> None:
    verdict = rule(Mode.SHADOW).judge(sighting("8.8.8.8"))
    assert (verdict.action, verdict.mode) == (Action.NO_ACTION, Mode.SHADOW)
    assert verdict.allows is not None
    assert verdict.allows.params == {"count": 5, "lists": 2}


def test_a_batch_answers_as_one_by_one() -> None:
    peers = [
        sighting(ip) for ip in ("1.2.3.4", "8.8.8.8", "5.6.7.8", "2001:db8::1", "::9", "9.9.9.9")
    ]
    alone, together = rule(), rule()
    assert together.judge_all(Batch(peers)) == [alone.judge(p) for p in peers]
    assert together.judge(sighting("1.2.3.9")).hits
    assert together.judge_all(Batch([])) == []
    assert together.judge(peers[2]).hits


def test_families_do_not_mix_and_ports_do_not_matter() -> None:
    listed = AddressSubscription(lists=(parse_address_list(b"0.0.0.5\n::7", name="Mixed"),))
    seen = [
        sighting(ip, port=port) for ip in ("0.0.0.5", "::5", "::7", "0.0.0.7") for port in (1, 2)
    ]
    hits = [verdict.hits for verdict in listed.judge_all(Batch(seen))]
    assert hits == [True, True, False, False, True, True, False, False]


def test_without_lists_all_share_one_answer() -> None:
    empty = AddressSubscription()
    one, other = empty.judge_all(Batch([sighting("1.1.1.1"), sighting("2.2.2.2")]))
    assert one is other
    assert not empty.judge(sighting()).hits
