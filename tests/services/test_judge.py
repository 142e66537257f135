"""The judge alone: who is asked, what is remembered, and whose answers differ where rules do."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from app.domain.address import Prefix, parse_prefix
from app.domain.decision import Decision
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.rules.rule import BehaviourRule
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict
from app.services.events import EventBus, PeerKey
from app.services.exceptions import Exceptions
from app.services.judge import OVERRIDE, Judge, Outlook, RuleSet, Variants
from app.services.protection import Protection
from tests.domain.examples import UBUNTU
from tests.domain.rules.sightings import DEBIAN, sighting
from tests.services.fakes import HandClock, MemoryStore

DAY = 86_400_000


@dataclass
class Named:
    """Bans clients called `bad`; notes whom it was asked about, alone and together."""

    name: str = "named"
    mode: Mode = Mode.ENFORCE
    duration: int = 0
    asked: list[str] = field(default_factory=list)
    together: list[int] = field(default_factory=list)

    def subject(self, sighting: Sighting) -> Hashable:
        return sighting.peer.client_name or ""

    def look_up(self, sightings: Sequence[Sighting]) -> None:
        self.together.append(len(sightings))

    def judge(self, sighting: Sighting) -> Verdict:
        self.asked.append(sighting.peer.client_name or "")
        action = Action.BAN if sighting.peer.client_name == "bad" else Action.NO_ACTION
        return Verdict(
            rule=self.name,
            mode=self.mode,
            action=action,
            duration=self.duration,
            reason=Text("pass"),
        )


@dataclass
class Greed:
    """Bans who took anything."""

    name: str = "greed"
    mode: Mode = Mode.ENFORCE
    asked: list[str] = field(default_factory=list)
    passing: Verdict = field(init=False)

    def __post_init__(self) -> None:
        self.passing = Verdict(rule=self.name, mode=self.mode, reason=Text("pass"))

    def judge(self, sighting: Sighting) -> Verdict:
        self.asked.append(str(sighting.peer.address.ip))
        if not sighting.peer.uploaded:
            return self.passing
        return replace(self.passing, action=Action.BAN, data={"took": sighting.peer.uploaded})


class Bench:
    def __init__(
        self,
        *identity: Named,
        behaviour: tuple[BehaviourRule, ...] = (),
        variants: Variants | None = None,
        outlook: Outlook | None = None,
    ) -> None:
        bus = EventBus()
        self.exceptions = Exceptions(MemoryStore(), bus, HandClock(0))
        rules = RuleSet(identity, behaviour, 14 * DAY)
        given = {} if variants is None else {"variants": variants}
        self.judge = Judge(
            Protection(tuple, bus), self.exceptions, rules, outlook=outlook or Outlook(), **given
        )

    def decide(self, *sightings: Sighting, torrent: Torrent = UBUNTU) -> list[Decision]:
        panel = self.judge.panel("nas", torrent)
        return self.judge.decide(panel, sightings, [None] * len(sightings))


def test_the_same_subject_is_asked_about_once_and_another_again() -> None:
    rule = Named()
    bench = Bench(rule)
    bench.decide(sighting("1.1.1.1", client_name="a"), sighting("2.2.2.2", client_name="a"))
    bench.decide(sighting("3.3.3.3", client_name="a"), sighting("3.3.3.3", client_name="bad"))
    assert rule.asked == ["a", "bad"]
    bench.judge.forget()
    bench.decide(sighting("1.1.1.1", client_name="a"))
    assert rule.asked == ["a", "bad", "a"]
    assert bench.judge.generation == 1


def test_a_rule_that_is_off_is_not_asked_and_says_so() -> None:
    named, greed = Named(mode=Mode.OFF), Greed(mode=Mode.OFF)
    (decision,) = Bench(named, behaviour=(greed,)).decide(sighting(client_name="bad", uploaded=9))
    assert not decision.bans
    assert [(v.rule, v.mode) for v in decision.trace[2:]] == [
        ("named", Mode.OFF),
        ("greed", Mode.OFF),
    ]
    assert (named.asked, greed.asked) == ([], [])


def test_a_spared_peer_shows_what_rules_think_of_its_name_but_not_of_what_it_does() -> None:
    named, greed = Named(), Greed()
    bench = Bench(named, behaviour=(greed,))
    (decision,) = bench.decide(sighting("192.168.1.7", client_name="bad", uploaded=9))
    assert decision.action is Action.SKIP
    assert [v.action for v in decision.trace] == [
        Action.SKIP,
        Action.NO_ACTION,
        Action.BAN,
        Action.NO_ACTION,
    ]
    assert decision.trace[3].reason.id == "rule-unasked"
    assert greed.asked == []


def test_peers_that_get_the_same_answers_share_one_decision() -> None:
    bench = Bench(Named(), behaviour=(Greed(),))
    one, other, greedy = bench.decide(
        sighting("1.1.1.1"), sighting("2.2.2.2"), sighting("3.3.3.3", uploaded=1)
    )
    assert one is other
    assert greedy is not one
    assert greedy.duration == 14 * DAY


def test_the_identity_of_a_known_peer_is_not_asked_for_again() -> None:
    rule, greed = Named(), Greed()
    bench = Bench(rule, behaviour=(greed,))
    panel = bench.judge.panel("nas", UBUNTU)
    (first,) = bench.decide(sighting("1.1.1.1", client_name="a"))
    # The name is another, but who asks with the last decision promises that it is not.
    (same,) = bench.judge.decide(panel, [sighting("1.1.1.1", client_name="b")], [first])
    assert same is first
    assert rule.asked == ["a"]
    assert greed.asked == ["1.1.1.1", "1.1.1.1"]
    (banned,) = bench.judge.decide(panel, [sighting("1.1.1.1", uploaded=5)], [first])
    assert banned.bans
    assert banned.trace[:3] == first.trace[:3]


def test_where_an_override_fits_its_rules_judge_and_the_trace_says_so() -> None:
    common, long = Named(), Named(name="long", duration=30 * DAY)
    line = Verdict(rule=OVERRIDE, reason=Text("override-applied", {"names": "debian"}))
    other = RuleSet((common, long), (), DAY, line)
    bench = Bench(common, variants=lambda _downloader, t: other if t is DEBIAN else None)
    seen = sighting("1.1.1.1", client_name="bad")
    (plain,) = bench.decide(seen)
    (overridden,) = bench.decide(replace(seen, torrent=DEBIAN), torrent=DEBIAN)
    assert plain.duration == 14 * DAY
    assert overridden.duration == 30 * DAY
    assert [v.rule for v in overridden.trace[2:]] == [OVERRIDE, "named", "long"]
    assert common.asked == ["bad"]  # a rule that both have remembers for both
    assert bench.judge.panel("nas", DEBIAN) is bench.judge.panel("home", DEBIAN)
    assert bench.judge.in_use == (bench.judge.rules, other)


async def test_an_exception_for_one_rule_silences_that_rule_alone() -> None:
    named, other = Named(), Named(name="other", duration=DAY)
    bench = Bench(named, other)
    prefix = parse_prefix("1.1.1.0/24")
    await bench.exceptions.add(PeerException(id="", prefix=prefix, rule="named"))
    inside, outside = bench.decide(
        sighting("1.1.1.1", client_name="bad"), sighting("2.2.2.2", client_name="bad")
    )
    assert (inside.duration, outside.duration) == (DAY, 14 * DAY)
    assert inside.deciding is not None
    assert inside.deciding.rule == "other"


def test_rules_that_look_up_many_at_once_are_told_who_comes() -> None:
    eager, off = Named(), Named(name="off", mode=Mode.OFF)
    bench = Bench(eager, off)
    bench.judge.panel("nas", UBUNTU).look_up([sighting(), sighting("1.1.1.1")])
    assert (eager.together, off.together) == ([2], [])


async def test_foresights_and_memories_are_told() -> None:
    told: list[object] = []

    class Ahead:
        async def prepare(self, sightings: Sequence[Sighting]) -> None:
            told.append(len(sightings))

    class Behind:
        def gone(self, keys: object) -> None:
            told.append(keys)

    def widen(prefix: Prefix) -> Prefix | None:
        return None if prefix.version == 6 else prefix.supernet(new_prefix=24)

    bench = Bench(outlook=Outlook((Ahead(),), (Behind(),), widen))
    await bench.judge.prepare([sighting()])
    keys = [PeerKey("nas", UBUNTU.id, sighting().peer.address.raw)]
    bench.judge.gone(keys)
    assert told == [1, keys]
    changed = [parse_prefix("1.2.3.4"), parse_prefix("2001:db8::1")]
    assert bench.judge.near(changed) == [parse_prefix("1.2.3.0/24")]


def test_new_rules_judge_everybody_anew() -> None:
    bench = Bench(Named())
    assert bench.decide(sighting(client_name="bad"))[0].bans
    bench.judge.use(RuleSet((Named(mode=Mode.SHADOW),), (), DAY))
    (decision,) = bench.decide(sighting(client_name="bad"))
    assert not decision.bans
    assert decision.shadow is not None
    assert bench.judge.generation == 1
