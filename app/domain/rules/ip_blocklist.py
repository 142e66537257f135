"""The user's own list of addresses, ports and places (reference/rules.md 3.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec.structs import replace
from typing_extensions import override

from app.domain.address import Endpoint, IPAddress, Prefix, show, unmapped
from app.domain.lazy_facts import LazyFacts
from app.domain.place import Nowhere, Spot, Whereabouts
from app.domain.prefix_map import PrefixMap
from app.domain.reason import Text
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

IP_BLOCKLIST: Final = "ip-address-blocker"
NET_TYPE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "wideband": ("宽带",),
    "baseStation": ("基站",),
    "governmentAndEnterpriseLine": ("政企专线", "专线"),
    "businessPlatform": ("业务平台",),
    "backboneNetwork": ("骨干网",),
    "ipPrivateNetwork": ("IP 专网", "IP专网"),
    "internetCafe": ("网吧",),
    "iot": ("物联网",),
    "dataCenter": ("数据中心", "IDC"),
}
"""What GeoCN calls the kinds of networks, by the keywords of the profile."""
_NO_REGION: Final = "0"
_NO_CITY: Final = "示例海南"
"""PBH's placeholders; the city is an example that no place is called."""
_MOST_PLACES: Final = 20_000
"""Some 400 bytes each."""


class _Shown(LazyFacts, gc=False):
    """Parameter of the text about what was seen; named like the field, so that it is encoded as a dict would be."""

    place: str

    @override
    def facts(self) -> dict[str, str]:
        return {"place": self.place}


@dataclass(frozen=True, slots=True, kw_only=True)
class IpBlocklist:
    """Bans listed addresses, remote ports and, where databases know them, places; each list by itself (D-11)."""

    prefixes: PrefixMap[Prefix] = field(default_factory=PrefixMap)
    ports: frozenset[int] = frozenset()
    asns: frozenset[int] = frozenset()
    regions: frozenset[str] = frozenset()
    cities: tuple[str, ...] = ()
    net_types: Mapping[str, str] = field(default_factory=dict)
    """Keyword by GeoCN's word."""
    places: Whereabouts = field(default_factory=Nowhere)
    """Asked only when a place is listed."""
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = IP_BLOCKLIST
    by_place: bool = field(init=False)
    """Whether it asks where an address is, so that the answers change with the databases."""
    passing: Verdict = field(init=False)
    """The answer for everybody else, made once; with places one for each place."""
    _there: dict[Spot, Verdict] = field(default_factory=dict, init=False, repr=False, compare=False)
    """About those whose address and port are not listed, by where they are."""
    _ports: frozenset[int] = field(init=False, repr=False, compare=False)
    """Without 0, which is no port but an unknown one, and yet the placeholder in PBH's list."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ports", self.ports - {0})
        places = (self.asns, self.regions, self.cities, frozenset(self.net_types.values()))
        listed = len(self.prefixes) + len(self.ports) + sum(map(len, places))
        passing = Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("pass"),
            saw=Text("saw-address"),
            allows=Text("allows-entries", {"count": listed}),
        )
        object.__setattr__(self, "by_place", any(places))
        object.__setattr__(self, "passing", passing)

    @classmethod
    def of(  # noqa: PLR0913 - the lists of the profile, all optional
        cls,
        ips: Iterable[Prefix] = (),
        ports: Iterable[int] = (),
        *,
        asns: Iterable[int] = (),
        regions: Iterable[str] = (),
        cities: Iterable[str] = (),
        net_type: Collection[str] = (),
        places: Whereabouts | None = None,
        duration: int = 0,
        mode: Mode = Mode.ENFORCE,
    ) -> IpBlocklist:
        """Build from plain lists; PBH's placeholders for places are left out."""
        listed: PrefixMap[Prefix] = PrefixMap()
        for prefix in ips:
            listed[unmapped(prefix)] = prefix
        return cls(
            prefixes=listed,
            ports=frozenset(ports),
            asns=frozenset(asns) - {0},
            regions=frozenset(regions) - {_NO_REGION, ""},
            cities=tuple(city for city in cities if city not in ("", _NO_CITY)),
            net_types={
                word: kind
                for kind, words in NET_TYPE_WORDS.items()
                if kind in net_type
                for word in words
            },
            places=places or Nowhere(),
            duration=duration,
            mode=mode,
        )

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: few are listed by address or port (D-10), the others share the answer of their place."""
        found = self._by_place(batch.endpoints) if self.by_place else [self.passing] * len(batch)
        for at in self._listed(batch):
            found[at] = self.judge(batch.sightings[at])
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by port, address, then place; also while idle, as none of them can change (D-36)."""
        endpoint = sighting.peer.address.effective
        if endpoint.port in self._ports:
            told = {"port": endpoint.port}
            facts = {"type": "port", "rule": endpoint.port}
            return self._ban(Text("rule-port", told), Text("port-banned", told), facts)
        found = self.prefixes.find(endpoint.ip)
        if found is not None:
            entry = show(found)
            return self._ban(
                Text("rule-address", {"address": entry}),
                Text("address-banned", {"address": str(endpoint.ip), "entry": entry}),
                {"type": "ip", "rule": entry},
            )
        if not self.by_place:
            return self.passing
        return self._about(self.places.spots((endpoint,))[0], endpoint.ip)

    def _listed(self, batch: Batch) -> Iterator[int]:
        yield from self.prefixes.among(batch.keys)
        if not self._ports:
            return
        ports = [endpoint.port for endpoint in batch.endpoints]
        if not self._ports.isdisjoint(ports):
            yield from (at for at, port in enumerate(ports) if port in self._ports)

    def _by_place(self, endpoints: Sequence[Endpoint]) -> list[Verdict]:
        spots, known = self.places.spots(endpoints), self._there
        try:
            return [known[spot] for spot in spots]
        except KeyError:
            if len(known) > _MOST_PLACES:
                known.clear()
        for spot, endpoint in zip(spots, endpoints, strict=True):
            if spot not in known:
                known[spot] = self._about(spot, endpoint.ip)
        return [known[spot] for spot in spots]

    def _about(self, spot: Spot, ip: IPAddress) -> Verdict:
        """About somebody at a place, of whom `ip` is one."""
        saw = _seen(spot)
        if spot.asn in self.asns:
            organisation = self.places(ip).organisation
            return self._ban(
                Text("rule-asn", {"number": spot.asn}),
                Text("asn-banned", {"number": spot.asn, "organisation": organisation}),
                {"type": "asn", "rule": spot.asn},
                saw,
            )
        if spot.country in self.regions:
            country = self.places(ip).country_name or spot.country
            return self._ban(
                Text("rule-region", {"code": spot.country}),
                Text("region-banned", {"country": country, "code": spot.country}),
                {"type": "iso", "rule": spot.country},
                saw,
            )
        if spot.net_type in self.net_types:
            facts = {"type": "netTypes", "rule": self.net_types[spot.net_type]}
            told = {"kind": spot.net_type}
            return self._ban(Text("rule-net-type", told), Text("net-type-banned", told), facts, saw)
        for city in self.cities:
            if city in spot.city:
                return self._ban(
                    Text("rule-city", {"city": city}),
                    Text("city-banned", {"place": spot.city, "city": city}),
                    {"type": "city", "rule": city},
                    saw,
                )
        return replace(self.passing, saw=saw)

    def _ban(
        self, title: Text, reason: Text, facts: Mapping[str, Any], saw: Text | None = None
    ) -> Verdict:
        return Verdict(
            rule=self.name,
            action=Action.BAN,
            mode=self.mode,
            duration=self.duration,
            title=title,
            reason=reason,
            saw=saw or self.passing.saw,
            allows=self.passing.allows,
            data=facts,
        )


def _seen(spot: Spot) -> Text:
    parts = (spot.country, spot.city, f"AS{spot.asn}" if spot.asn else "", spot.net_type)
    known = ", ".join(filter(None, parts))
    return Text("saw-place", _Shown(known)) if known else Text("saw-no-place")
