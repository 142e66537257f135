"""Scenarios: which forged peers come from where, when, and what they pretend."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.swarm.torrent import LabTorrent

SCENARIOS = Path(__file__).parent / "scenarios"


class BadScenario(ValueError):
    """A scenario has a field that nobody knows, or lacks one."""


class Report(StrEnum):
    """How a peer tells about its progress."""

    HONEST = "honest"
    """Announces each piece it finished."""
    NONE = "none"
    """Never announces anything."""
    FIXED = "fixed"
    """Stays at its first claim."""
    BACKWARDS = "backwards"
    """Grows by `swing` within each `period`, then falls back, on one connection."""
    REWIND = "rewind"
    """Honest, but comes back with nothing after each `period`."""


class Expect(StrEnum):
    """What a good program does with a peer."""

    BAN = "ban"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What one forged peer says and does."""

    peer_id: str = "-qB4520-"
    """First characters of its peer id; random bytes fill it up to 20."""
    client: str | None = "qBittorrent/4.5.2"
    """Name in the extended handshake; None for a peer that has no such handshake."""
    rate: int = 65_536
    """Bytes per second it asks for; 0 for a peer that never asks."""
    progress: float = 0.0
    """Share it claims at first, 0 to 1."""
    report: Report = Report.HONEST
    swing: float = 0.2
    period: float = 20.0
    start: float = 0.0
    """Seconds from the scenario's begin to its first attempt."""
    lifetime: float = 0.0
    """Seconds after which it leaves for good; 0 for one that stays."""
    retries: int = 20
    """Attempts after a refusal or a lost connection."""
    retry_delay: float = 2.0
    src_port: int = 0
    pipeline: int = 4
    """Blocks it asks for at a time."""
    dht_bit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Peers that behave alike."""

    name: str
    ips: str | tuple[str, ...]
    """The first address, the others count up from it; or one address for each."""
    count: int = 1
    same_ip: bool = False
    ip_step: int = 1
    stagger: float = 0.0
    """Seconds between the starts of two of them."""
    torrents: tuple[str, ...] = ()
    """Names, dealt out in turn; empty for those of the scenario."""
    host: str | None = None
    port: int | None = None
    expect: Expect = Expect.KEEP
    behaviour: Behaviour = Behaviour()

    def address(self, index: int) -> str:
        """Return the address of the peer number `index`, from 0."""
        if isinstance(self.ips, tuple):
            return self.ips[index % len(self.ips)]
        return (
            self.ips if self.same_ip else str(ipaddress.ip_address(self.ips) + index * self.ip_step)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPlan:
    """One forged peer with all that it needs to begin."""

    number: int
    group: str
    ip: str
    host: str
    port: int
    torrent: LabTorrent
    behaviour: Behaviour


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole swarm, aimed at one host."""

    name: str
    host: str
    port: int
    groups: tuple[Group, ...]
    torrents: tuple[str, ...] = ()
    """Names; empty for all there are."""
    duration: float = 60.0

    def aimed(self, host: str, ports: Mapping[int, int]) -> Scenario:
        """Return it against `host`, with each port of the file replaced as `ports` says.

        The files name a kind of daemon by its usual port of the lab (26881 is qBittorrent); groups
        for a port that `ports` does not have are left out: that daemon does not run.
        """
        groups = tuple(
            replace(group, host=host, port=ports[port])
            for group in self.groups
            if (port := group.port or self.port) in ports
        )
        return replace(self, host=host, port=ports.get(self.port, self.port), groups=groups)

    def plans(self, torrents: Mapping[str, LabTorrent]) -> Iterator[PeerPlan]:
        """Yield a plan for each peer, in the order of the groups; `torrents` are all, by name."""
        number = 0
        for group in self.groups:
            names = group.torrents or self.torrents or tuple(torrents)
            for index in range(group.count):
                yield PeerPlan(
                    number=number,
                    group=group.name,
                    ip=group.address(index),
                    host=group.host or self.host,
                    port=group.port or self.port,
                    torrent=torrents[names[index % len(names)]],
                    behaviour=replace(
                        group.behaviour, start=group.behaviour.start + index * group.stagger
                    ),
                )
                number += 1


def load(source: str | Path) -> Scenario:
    """Read a scenario from a file, or one of the lab by name; raises `BadScenario`, `OSError`."""
    path = (
        SCENARIOS / f"{source}.json"
        if isinstance(source, str) and "/" not in source
        else Path(source)
    )
    return parse(json.loads(path.read_text(encoding="utf-8")))


def parse(raw: dict[str, Any]) -> Scenario:
    """Build a scenario from its JSON object; raises `BadScenario`."""
    try:
        return Scenario(
            name=raw["name"],
            host=raw["target"]["host"],
            port=raw["target"]["port"],
            duration=raw.get("duration", 60.0),
            torrents=tuple(raw.get("torrents", ())),
            groups=tuple(_group(dict(group)) for group in raw["groups"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadScenario(f"{raw.get('name', 'the scenario')}: {error}") from error


def _group(raw: dict[str, Any]) -> Group:
    behaviour = {key: raw.pop(key) for key in _BEHAVIOUR & raw.keys()}
    if "report" in behaviour:
        behaviour["report"] = Report(behaviour["report"])
    raw["expect"] = Expect(raw.get("expect", Expect.KEEP))
    raw["torrents"] = tuple(raw.get("torrents", ()))
    if isinstance(raw["ips"], list):
        raw["ips"] = tuple(raw["ips"])
    return Group(behaviour=Behaviour(**behaviour), **raw)


def dump(scenario: Scenario) -> dict[str, Any]:
    """Return the JSON object that `parse` turns into `scenario` again."""
    return {
        "name": scenario.name,
        "duration": scenario.duration,
        "target": {"host": scenario.host, "port": scenario.port},
        "torrents": list(scenario.torrents),
        "groups": [_dump_group(group) for group in scenario.groups],
    }


def _dump_group(group: Group) -> dict[str, Any]:
    own = {f.name: getattr(group, f.name) for f in fields(Group) if f.name != "behaviour"}
    pretended = {f.name: getattr(group.behaviour, f.name) for f in fields(Behaviour)}
    return own | pretended


_BEHAVIOUR = frozenset(f.name for f in fields(Behaviour))
