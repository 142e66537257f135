"""What rules look up follows the settings, and nobody is asked without need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.domain.address import IPAddress, parse_ip
from app.domain.reason import Text
from app.domain.sighting import Batch
from app.domain.verdict import Mode
from app.services.events import AlertRaised, EventBus
from app.services.lookups import Current, NameServers
from app.services.reverse_names import ReverseAnswer, ReverseNames, ReverseResolver
from app.settings.config import Config, Lookup, Resolvers
from app.settings.modules import IpAddressBlocker, PtrBlacklist
from app.settings.override import Override
from app.settings.profile import Profile
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import HandClock, house, quiet_outside
from tests.services.test_sweep import swept


@dataclass
class Resolver:
    closed: bool = False

    async def resolve(self, ip: IPAddress) -> ReverseAnswer:
        return ReverseAnswer(names=(f"host-{ip}",))

    async def close(self) -> None:
        self.closed = True


@dataclass
class Opened:
    made: list[Resolver] = field(default_factory=list)
    problems: Sequence[Text] = ()

    def __call__(self, settings: Resolvers) -> tuple[ReverseResolver | None, Sequence[Text]]:
        self.made.append(Resolver())
        return self.made[-1], self.problems


class Setting:
    def __init__(self) -> None:
        self.config, self.profile = Config(), Profile()
        self.current = Current(lambda: self.config, lambda: self.profile)


async def test_name_servers_are_asked_only_while_somebody_wants_names(tmp_path: Path) -> None:
    opened, given, bus = Opened(), Setting(), EventBus()
    names = ReverseNames(None, HandClock(), lambda _addresses: None)
    outside = replace(quiet_outside(tmp_path), open_resolver=opened)
    servers = NameServers(names, outside, bus)
    await servers.follow(given.current)
    assert names.names(parse_ip("203.0.113.1")) == ()
    given.profile = Profile(ptr_blacklist=PtrBlacklist(mode=Mode.SHADOW))
    for _ in range(2):
        await servers.follow(given.current)
    assert len(opened.made) == 1
    assert names.names(parse_ip("203.0.113.1")) is None
    given.profile = Profile()
    await servers.follow(given.current)
    assert opened.made[0].closed
    given.config = Config(lookup=Lookup(dns_reverse_lookup=True))
    await servers.follow(given.current)
    await servers.close()
    assert [each.closed for each in opened.made] == [True, True]


async def test_a_server_that_is_none_is_told(tmp_path: Path) -> None:
    problem = Text("reverse-server-bad", {"server": "x"})
    opened, given, bus = Opened(problems=(problem,)), Setting(), EventBus()
    told: list[AlertRaised] = []
    bus.subscribe(AlertRaised, told.append)
    given.profile = Profile(ptr_blacklist=PtrBlacklist(mode=Mode.ENFORCE))
    names = ReverseNames(None, HandClock(), lambda _addresses: None)
    outside = replace(quiet_outside(tmp_path), open_resolver=opened)
    await NameServers(names, outside, bus).follow(given.current)
    assert [alert.text for alert in told] == [problem]


async def test_places_are_looked_up_only_when_a_rule_asks_for_them(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        asked: list[int] = []

        async def prepare(batches: Sequence[Batch]) -> None:
            asked.append(sum(map(len, batches)))

        it.core.lookups.places.prepare = prepare  # type: ignore[method-assign]
        it.downloaders["qb"].show(UBUNTU, peer())
        await swept(it)
        assert asked == []
        await it.core.rules.change("ip-address-blocker", {("regions",): ["XA"]})
        assert it.core.settings.profile.ip_address_blocker == IpAddressBlocker(
            ips=it.core.settings.profile.ip_address_blocker.ips,
            ports=(0,),
            asns=(0,),
            regions=("XA",),
            cities=("示例海南",),
        )
        await swept(it)
        assert asked == [1]


async def test_names_are_asked_for_when_a_rule_is_on_for_some_torrents_only(
    tmp_path: Path,
) -> None:
    opened, given = Opened(), Setting()
    some = Override(name="mine", changes={"ptr-blacklist": {"mode": Mode.ENFORCE}})
    given.profile = Profile(overrides=(some,))
    names = ReverseNames(None, HandClock(), lambda _addresses: None)
    outside = replace(quiet_outside(tmp_path), open_resolver=opened)
    await NameServers(names, outside, EventBus()).follow(given.current)
    assert len(opened.made) == 1


async def test_places_are_looked_up_when_they_are_listed_for_some_torrents_only(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        asked: list[int] = []

        async def prepare(batches: Sequence[Batch]) -> None:
            asked.append(sum(map(len, batches)))

        it.core.lookups.places.prepare = prepare  # type: ignore[method-assign]
        it.downloaders["qb"].show(UBUNTU, peer())
        mine = {"name": "mine", "rules": {"ip-address-blocker": {"regions": ["XA"]}}}
        await it.core.settings.change("profile.yml", {("overrides",): [mine]})
        await swept(it)
        assert asked == [1]
