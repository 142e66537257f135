"""One verdict of what several scripts said."""

from __future__ import annotations

from app.domain.address import Endpoint, PeerAddress, parse_ip
from app.domain.peer import Peer
from app.domain.rules.scripts import Answering, NotAsked, ScriptAnswers, ScriptRule
from app.domain.script import Answer
from app.domain.script_values import ShownValues
from app.domain.script_variable import VARIABLES
from app.domain.sighting import Batch, Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode

BAN = Answer(action=Action.BAN, why="too fast")
SKIP = Answer(action=Action.SKIP, why="trusted")


def sighting(name: str = "x", at: int = 1_000) -> Sighting:
    end = Endpoint(parse_ip("192.0.2.1"), 6881)
    peer = Peer(address=PeerAddress(raw=end, effective=end), client_name=name)
    return Sighting(at=at, downloader="d", torrent=Torrent(id="t", hash="", name=""), peer=peer)


def script(name: str, *answers: Answer | None, cacheable: bool = True) -> ScriptAnswers:
    """One that has answered about `sighting()`, if an answer is given."""
    made = ScriptAnswers(name, (VARIABLES["client_name"],), cacheable=cacheable)
    for answer in answers:
        asked = made.missing(Batch([sighting()]))
        made.put(asked, dict.fromkeys(asked, answer) if answer else {})
    return made


def rule(*scripts: ScriptAnswers, duration: int = 0) -> ScriptRule:
    answering = Answering()
    answering.scripts = scripts
    return ScriptRule(answering=answering, duration=duration)


def test_x8_leaving_alone_wins_over_a_ban() -> None:
    verdict = rule(script("a", SKIP), script("b", BAN)).judge(sighting())

    assert verdict.action is Action.SKIP
    assert verdict.data == {"script": "a"}
    assert verdict.reason.params == {"script": "a", "why": "trusted"}


def test_the_last_ban_counts() -> None:
    verdict = rule(script("a", BAN), script("b", BAN), script("c", None)).judge(sighting())

    assert verdict.action is Action.BAN
    assert verdict.data == {"script": "b"}


def test_a_ban_lasts_as_long_as_the_script_says_or_the_rule() -> None:
    brief = Answer(action=Action.BAN, duration=5)

    assert rule(script("a", BAN), duration=7).judge(sighting()).duration == 7
    assert rule(script("a", brief), duration=7).judge(sighting()).duration == 5


def test_a_peer_waits_for_a_script_that_has_not_answered() -> None:
    verdict = rule(script("a", BAN), script("b")).judge(sighting())

    assert verdict.action is Action.NO_ACTION
    assert verdict.reason.id == "scripts-not-yet"
    assert verdict.review_at == 2_000


def test_it_need_not_wait_once_it_is_left_alone() -> None:
    assert rule(script("a", SKIP), script("b")).judge(sighting()).action is Action.SKIP


def test_who_passes_sees_which_scripts_looked() -> None:
    verdict = rule(script("a", None), script("b", None)).judge(sighting())

    assert verdict.action is Action.NO_ACTION
    assert verdict.review_at is None
    assert verdict.allows is not None
    assert verdict.allows.params == {"names": "a, b"}


def test_without_scripts_all_pass() -> None:
    assert rule().judge(sighting()).reason.id == "pass"


def test_it_says_its_mode() -> None:
    shadow = ScriptRule(answering=rule(script("a", BAN)).answering, mode=Mode.SHADOW)

    assert shadow.judge(sighting()).mode is Mode.SHADOW


def test_a_lasting_answer_holds_for_the_same_values() -> None:
    answers = script("a", BAN)

    assert answers.find(Batch([sighting(at=9_000)])) == [BAN]
    assert answers.find(Batch([sighting("y")])) == [NotAsked.YET]


def test_a_script_that_may_change_its_mind_is_asked_at_each_change() -> None:
    answers = script("a", BAN, cacheable=False)

    assert answers.find(Batch([sighting()])) == [BAN]
    assert answers.find(Batch([sighting(at=9_000)])) == [NotAsked.YET]
    assert rule(answers).judge(sighting()).review_at == 61_000


def test_many_together_are_judged_as_one_by_one() -> None:
    seen = [sighting(name, at) for name in ("x", "y") for at in (1_000, 2_000)]
    for scripts in (
        (),
        (script("a", BAN),),
        (script("a", None),),
        (script("a", BAN), script("b", SKIP)),
        (script("a", BAN), script("b")),
        (script("a", None, cacheable=False), script("b", BAN)),
        (script("a", None, cacheable=False),),
    ):
        subject = rule(*scripts)
        assert subject.judge_all(Batch(seen)) == [subject.judge(each) for each in seen]


def test_who_passes_shares_one_answer_from_sweep_to_sweep() -> None:
    subject = rule(script("a", None))
    assert subject.judge(sighting(at=9_000)) is subject.judge(sighting())


def test_columns_hold_what_a_script_reads() -> None:
    wanted = (VARIABLES["client_name"], VARIABLES["peer_port"])
    two = ScriptAnswers("a", wanted, cacheable=True)
    none = ScriptAnswers("a", (), cacheable=True)
    again = ScriptAnswers("a", wanted[:1], cacheable=False)

    seen, shown = [sighting(), sighting("y")], ShownValues()
    assert two.columns(list(two.missing(Batch(seen))), shown) == [
        ["x", "y"],
        [6881, 6881],
    ]
    assert none.columns(list(none.missing(Batch(seen))), shown) == []
    assert again.columns(list(again.missing(Batch(seen))), shown) == [["x", "y"]]


def test_the_oldest_answers_make_room() -> None:
    answers = script("a")
    for start in range(0, 120_000, 1_000):
        answers.put(dict.fromkeys(range(start, start + 1_000)), {})
    answers.put(answers.missing(Batch([sighting()])), {})

    assert answers.find(Batch([sighting()])) == [None]
