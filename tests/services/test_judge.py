"""The judge alone: who is asked, what is remembered, and whose answers differ where rules do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from app.domain.address import Prefix, parse_prefix
from app.domain.capabilities import Capabilities, Need, Source
from app.domain.decision import Decision
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.rules.rule import BehaviourRule
from app.domain.sighting import Batch, Sighting
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
    """Bans clients called `bad`; notes whom it was asked about."""

    name: str = "named"
    mode: Mode = Mode.ENFORCE
    duration: int = 0
    asked: list[str] = field(default_factory=list)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        return list(map(self.judge, batch.sightings))

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

    def judge_all(self, batch: Batch) -> list[Verdict]:
        return list(map(self.judge, batch.sightings))

    def judge(self, sighting: Sighting) -> Verdict:
        self.asked.append(str(sighting.peer.address.ip))
        if not sighting.peer.uploaded:
            return self.passing
        return replace(self.passing, action=Action.BAN, data={"took": sighting.peer.uploaded})


class NeedsNames(Named):
    needs = ((Need.CLIENT_NAMES,),)


class NeedsBytes(Greed):
    needs = ((Need.COUNTERS,),)


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

    async def decide(self, *sightings: Sighting, torrent: Torrent = UBUNTU) -> list[Decision]:
        panel = self.judge.panel("nas", torrent)
        return await self.judge.decide(panel, Batch(sightings))


async def test_all_are_asked_about_and_anew_when_somebody_says_so() -> None:
    rule = Named()
    bench = Bench(rule)
    seen = [sighting("1.1.1.1", client_name="a"), sighting("2.2.2.2", client_name="bad")]
    assert [each.bans for each in await bench.decide(*seen)] == [False, True]
    assert rule.asked == ["a", "bad"]
    bench.judge.forget()
    assert bench.judge.generation == 1


async def test_a_rule_that_is_off_is_not_asked_and_says_so() -> None:
    named, greed = Named(mode=Mode.OFF), Greed(mode=Mode.OFF)
    bench = Bench(named, behaviour=(greed,))
    (decision,) = await bench.decide(sighting(client_name="bad", uploaded=9))
    assert not decision.bans
    assert [(v.rule, v.mode) for v in decision.trace[2:]] == [
        ("named", Mode.OFF),
        ("greed", Mode.OFF),
    ]
    assert (named.asked, greed.asked) == ([], [])


MUTE = Source(label="Aria 1", capabilities=Capabilities(client_names=False, counters=False))


async def test_a_rule_that_misses_something_there_is_not_asked_and_says_so_in_its_place() -> None:
    named, greed = NeedsNames(), NeedsBytes()
    bench = Bench(Named(name="first"), named, behaviour=(greed,))
    panel = bench.judge.panel("nas", UBUNTU, MUTE)
    seen = Batch([sighting(client_name="bad", uploaded=9)])
    (decision,) = await bench.judge.decide(panel, seen)
    assert [v.rule for v in decision.trace[2:]] == ["estimates", "first", "named", "greed"]
    assert decision.trace[4].reason.id == "no-client-name-from"
    assert (named.asked, len(greed.asked)) == ([], 1)
    assert panel.head == 5
    (again,) = await bench.judge.decide(panel, seen, [decision])
    assert again.trace == decision.trace


async def test_where_nothing_is_missing_the_common_panel_judges() -> None:
    bench = Bench(NeedsNames(), behaviour=(NeedsBytes(),))
    assert bench.judge.panel("nas", UBUNTU) is bench.judge.panel("home", DEBIAN)
    lacking = bench.judge.panel("nas", UBUNTU, MUTE)
    assert lacking is bench.judge.panel("home", DEBIAN, MUTE)
    assert lacking is not bench.judge.panel("nas", UBUNTU)
    assert bench.judge.in_use == (bench.judge.rules,)


async def test_an_override_and_what_is_missing_stand_together_in_the_trace() -> None:
    line = Verdict(rule=OVERRIDE, reason=Text("override-applied"))
    other = RuleSet((NeedsNames(),), (NeedsBytes(),), DAY, line)
    bench = Bench(Named(), variants=lambda _downloader, _torrent: other)
    panel = bench.judge.panel("nas", UBUNTU, MUTE)
    (decision,) = await bench.judge.decide(panel, Batch([sighting(client_name="bad")]))
    assert [v.rule for v in decision.trace[2:]] == [OVERRIDE, "estimates", "named", "greed"]
    assert panel.head == 5


async def test_a_spared_peer_shows_what_rules_think_of_its_name_but_not_of_what_it_does() -> None:
    named, greed = Named(), Greed()
    bench = Bench(named, behaviour=(greed,))
    (decision,) = await bench.decide(sighting("192.168.1.7", client_name="bad", uploaded=9))
    assert decision.action is Action.SKIP
    assert [v.action for v in decision.trace] == [
        Action.SKIP,
        Action.NO_ACTION,
        Action.BAN,
        Action.NO_ACTION,
    ]
    assert decision.trace[3].reason.id == "rule-unasked"
    assert greed.asked == []


async def test_the_identity_of_a_known_peer_is_not_asked_for_again() -> None:
    rule, greed = Named(), Greed()
    bench = Bench(rule, behaviour=(greed,))
    panel = bench.judge.panel("nas", UBUNTU)
    (first,) = await bench.decide(sighting("1.1.1.1", client_name="a"))
    renamed = sighting("1.1.1.1", client_name="b")
    # The name is another, but who asks with the last decision promises that it is not.
    (same,) = await bench.judge.decide(panel, Batch([renamed]), [first])
    assert same is first
    assert rule.asked == ["a"]
    assert greed.asked == ["1.1.1.1", "1.1.1.1"]
    (banned,) = await bench.judge.decide(panel, Batch([sighting("1.1.1.1", uploaded=5)]), [first])
    assert banned.bans
    assert banned.trace[:3] == first.trace[:3]


async def test_where_an_override_fits_its_rules_judge_and_the_trace_says_so() -> None:
    common, long = Named(), Named(name="long", duration=30 * DAY)
    line = Verdict(rule=OVERRIDE, reason=Text("override-applied", {"names": "debian"}))
    other = RuleSet((common, long), (), DAY, line)
    bench = Bench(common, variants=lambda _downloader, t: other if t is DEBIAN else None)
    seen = sighting("1.1.1.1", client_name="bad")
    (plain,) = await bench.decide(seen)
    (overridden,) = await bench.decide(replace(seen, torrent=DEBIAN), torrent=DEBIAN)
    assert plain.duration == 14 * DAY
    assert overridden.duration == 30 * DAY
    assert [v.rule for v in overridden.trace[2:]] == [OVERRIDE, "named", "long"]
    assert bench.judge.panel("nas", DEBIAN) is bench.judge.panel("home", DEBIAN)
    assert bench.judge.in_use == (bench.judge.rules, other)


async def test_an_exception_for_one_rule_silences_that_rule_alone() -> None:
    named, other = Named(), Named(name="other", duration=DAY)
    bench = Bench(named, other)
    prefix = parse_prefix("1.1.1.0/24")
    await bench.exceptions.add(PeerException(id="", prefix=prefix, rule="named"))
    inside, outside = await bench.decide(
        sighting("1.1.1.1", client_name="bad"), sighting("2.2.2.2", client_name="bad")
    )
    assert (inside.duration, outside.duration) == (DAY, 14 * DAY)
    assert inside.deciding is not None
    assert inside.deciding.rule == "other"


async def test_foresights_and_memories_are_told() -> None:
    told: list[object] = []

    class Ahead:
        async def prepare(self, batches: Sequence[Batch]) -> None:
            told.append([len(batch) for batch in batches])

    class Behind:
        def gone(self, keys: object) -> None:
            told.append(keys)

    def widen(prefix: Prefix) -> Prefix | None:
        return None if prefix.version == 6 else prefix.supernet(new_prefix=24)

    bench = Bench(outlook=Outlook((Ahead(),), (Behind(),), widen))
    await bench.judge.prepare([Batch([sighting()])])
    keys = [PeerKey("nas", UBUNTU.id, sighting().peer.address.raw)]
    bench.judge.gone(keys)
    assert told == [[1], keys]
    changed = [parse_prefix("1.2.3.4"), parse_prefix("2001:db8::1")]
    assert bench.judge.near(changed) == [parse_prefix("1.2.3.0/24")]


async def test_new_rules_judge_everybody_anew() -> None:
    bench = Bench(Named())
    assert (await bench.decide(sighting(client_name="bad")))[0].bans
    bench.judge.use(RuleSet((Named(mode=Mode.SHADOW),), (), DAY))
    (decision,) = await bench.decide(sighting(client_name="bad"))
    assert not decision.bans
    assert decision.shadow is not None
    assert bench.judge.generation == 1
