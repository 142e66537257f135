"""The user's own list of addresses, ports and places (reference/rules.md 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec.structs import replace

from app.domain.address import Endpoint, IPAddress, Prefix, show, unmapped
from app.domain.place import UNKNOWN, Place
from app.domain.prefix_map import PrefixMap
from app.domain.reason import Text
from app.domain.sighting import Sighting
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
_MOST_PLACES: Final = 5_000


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
    places: Callable[[IPAddress], Place] = lambda _ip: UNKNOWN
    """Asked only when a place is listed."""
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = IP_BLOCKLIST
    by_place: bool = field(init=False)
    """Whether it asks where an address is, so that the answers change with the databases."""
    passing: Verdict = field(init=False)
    """The answer for everybody else, made once; with places one for each place."""
    _passing_there: dict[tuple[str, str, int, str], Verdict] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
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
        places: Callable[[IPAddress], Place] = lambda _ip: UNKNOWN,
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
            places=places,
            duration=duration,
            mode=mode,
        )

    def subject(self, sighting: Sighting) -> Endpoint | bool:
        """Address and port (D-10); nothing when nothing is listed."""
        listed = self.prefixes or self.ports or self.by_place
        return sighting.peer.address.effective if listed else False

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by port, address, then place; also while idle, as none of them can change (D-36)."""
        endpoint = sighting.peer.address.effective
        # 0 is no port but an unknown one, and yet the placeholder in PBH's list.
        if endpoint.port and endpoint.port in self.ports:
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
        return self._by_place(self.places(endpoint.ip)) if self.by_place else self.passing

    def _by_place(self, place: Place) -> Verdict:
        key = (place.country, place.city, place.asn, place.net_type)
        known = self._passing_there.get(key)
        if known is not None:
            return known
        saw = _seen(place)
        if place.asn in self.asns:
            return self._ban(
                Text("rule-asn", {"number": place.asn}),
                Text("asn-banned", {"number": place.asn, "organisation": place.organisation}),
                {"type": "asn", "rule": place.asn},
                saw,
            )
        if place.country in self.regions:
            country = place.country_name or place.country
            return self._ban(
                Text("rule-region", {"code": place.country}),
                Text("region-banned", {"country": country, "code": place.country}),
                {"type": "iso", "rule": place.country},
                saw,
            )
        if place.net_type in self.net_types:
            facts = {"type": "netTypes", "rule": self.net_types[place.net_type]}
            told = {"kind": place.net_type}
            return self._ban(Text("rule-net-type", told), Text("net-type-banned", told), facts, saw)
        for city in self.cities:
            if city in place.city:
                return self._ban(
                    Text("rule-city", {"city": city}),
                    Text("city-banned", {"place": place.city, "city": city}),
                    {"type": "city", "rule": city},
                    saw,
                )
        if len(self._passing_there) >= _MOST_PLACES:
            self._passing_there.clear()
        known = self._passing_there[key] = replace(self.passing, saw=saw)
        return known

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


def _seen(place: Place) -> Text:
    parts = (
        place.country,
        place.city,
        f"AS{place.asn}" if place.asn else "",
        place.net_type,
    )
    known = ", ".join(part for part in parts if part)
    return Text("saw-place", {"place": known}) if known else Text("saw-no-place")
