"""The user's list of addresses, ports and places: the table of reference/rules.md 3.3, B11 as D-36 advises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.address import Endpoint, IPAddress, parse_prefix
from app.domain.place import UNKNOWN, Place, Spot
from app.domain.rules.ip_blocklist import IpBlocklist
from app.domain.sighting import Batch
from app.domain.verdict import Action, Mode
from app.settings.modules import NET_TYPES
from tests.domain.rules.sightings import sighting

JINAN = Place(
    country="CN",
    country_name="China",
    city="山东省 济南市 历下区",
    asn=4134,
    organisation="Chinanet",
    net_type="IDC",
)


@dataclass
class Everywhere:
    """Whereabouts of a world with one place; counts who asked for all that is known of it."""

    place: Place
    asked: int = 0

    def __call__(self, ip: IPAddress) -> Place:
        self.asked += 1
        return self.place

    def spots(self, endpoints: Sequence[Endpoint]) -> list[Spot]:
        return [self.place.spot for _endpoint in endpoints]


def rule(*prefixes: str, place: Place = UNKNOWN, **more: Any) -> IpBlocklist:  # noqa: ANN401 - lists of every type
    return IpBlocklist.of(
        [parse_prefix(text) for text in prefixes], places=Everywhere(place), **more
    )


@pytest.mark.parametrize(
    ("blocklist", "ip", "port", "kind"),
    [
        pytest.param(rule("198.51.100.0/24"), "198.51.100.9", 6881, "ip", id="B1"),
        pytest.param(rule("198.51.100.7/24"), "198.51.100.9", 6881, None, id="B2"),
        pytest.param(rule("198.51.100.7/24"), "198.51.100.7", 6881, "ip", id="B3"),
        pytest.param(rule(ports=(2003,)), "203.0.113.5", 2003, "port", id="B4"),
        pytest.param(rule("2001:db8::/32"), "2001:db8::1", 1, "ip", id="IPv6"),
        pytest.param(rule("1.2.3.4"), "::ffff:1.2.3.4", 1, "ip", id="mapped"),
        pytest.param(rule("::ffff:1.2.3.0/120"), "1.2.3.4", 1, "ip", id="listed as mapped"),
        pytest.param(rule(ports=(0,)), "8.8.8.8", 0, None, id="unknown port"),
        pytest.param(rule("0.0.0.0", ports=(0,)), "8.8.8.8", 6881, None, id="placeholders"),
    ],
)
def test_addresses_and_ports(blocklist: IpBlocklist, ip: str, port: int, kind: str | None) -> None:
    verdict = blocklist.judge(sighting(ip, port=port))
    assert verdict.action is (Action.BAN if kind else Action.NO_ACTION)
    assert verdict.data.get("type") == kind


@pytest.mark.parametrize(
    ("lists", "facts"),
    [
        pytest.param({"regions": ["CN"]}, {"type": "iso", "rule": "CN"}, id="B6"),
        pytest.param({"regions": ["cn"]}, {}, id="B7"),
        pytest.param({"asns": [4134], "regions": ["CN"]}, {"type": "asn", "rule": 4134}, id="B8"),
        pytest.param({"cities": ["济南"]}, {"type": "city", "rule": "济南"}, id="B9"),
        pytest.param(
            {"asns": [0], "net_type": ["dataCenter"]},
            {"type": "netTypes", "rule": "dataCenter"},
            id="B10",
        ),
        pytest.param({"net_type": ["iot", "wideband"]}, {}, id="another kind of network"),
        pytest.param({"regions": ["US", "0"], "asns": [1], "cities": ["济北"]}, {}, id="elsewhere"),
    ],
)
def test_places(lists: dict[str, Any], facts: dict[str, Any]) -> None:
    verdict = rule(place=JINAN, **lists).judge(sighting())
    assert verdict.data == facts
    assert verdict.hits is bool(facts)
    assert verdict.saw is not None
    assert verdict.saw.params["place"] == "CN, 山东省 济南市 历下区, AS4134, IDC"


def test_b5_a_peer_that_passed_on_one_port_is_banned_on_a_listed_one() -> None:
    blocklist = rule(ports=(2003,))
    assert not blocklist.judge(sighting("203.0.113.5", port=6881)).hits
    assert blocklist.judge(sighting("203.0.113.5", port=2003)).hits


def test_b11_a_handshaking_peer_has_an_address_already() -> None:
    assert rule("1.2.3.4").judge(sighting("1.2.3.4", handshaking=True)).hits


def test_z4_an_unknown_place_matches_nothing() -> None:
    verdict = rule(
        asns=[0, 1], regions=["0", "", "US"], cities=["", "x"], net_type=NET_TYPES
    ).judge(sighting())
    assert not verdict.hits
    assert verdict.saw is not None
    assert verdict.saw.id == "saw-no-place"


def test_nobody_is_asked_for_a_place_while_only_placeholders_are_listed() -> None:
    class Silent(Everywhere):
        def spots(self, endpoints: Sequence[Endpoint]) -> list[Spot]:
            raise AssertionError(endpoints)

    blocklist = IpBlocklist.of(asns=[0], regions=["0"], cities=["示例海南"], places=Silent(UNKNOWN))
    assert not blocklist.by_place
    assert not blocklist.judge(sighting()).hits


@pytest.mark.parametrize("region", ["US", "CN"])
def test_peers_at_one_place_share_their_answer(region: str) -> None:
    blocklist = rule(place=JINAN, regions=[region])
    one, other = blocklist.judge_all(Batch([sighting("1.1.1.1"), sighting("2.2.2.2")]))
    assert one is other


def test_names_are_looked_up_only_for_those_who_are_banned_by_them() -> None:
    places = Everywhere(JINAN)
    IpBlocklist.of(regions=["US"], asns=[1], places=places).judge(sighting())
    assert places.asked == 0
    by_asn = IpBlocklist.of(asns=[4134], places=places).judge(sighting())
    assert by_asn.reason.params == {"number": 4134, "organisation": "Chinanet"}
    by_region = IpBlocklist.of(regions=["CN"], places=places).judge(sighting())
    assert by_region.reason.params == {"country": "China", "code": "CN"}


def test_every_keyword_of_the_profile_stands_for_something() -> None:
    for keyword in NET_TYPES:
        assert IpBlocklist.of(net_type=[keyword]).by_place, keyword


def test_the_narrowest_entry_is_named() -> None:
    verdict = rule("1.2.0.0/16", "1.2.3.0/24").judge(sighting("1.2.3.4"))
    assert verdict.data == {"type": "ip", "rule": "1.2.3.0/24"}


def test_an_empty_list_needs_no_answer_per_address() -> None:
    one, other = rule().judge_all(Batch([sighting("1.1.1.1"), sighting("2.2.2.2")]))
    assert one is other


def test_the_mode_is_carried() -> None:
    shadowed = rule("1.2.3.4", mode=Mode.SHADOW)
    assert shadowed.judge(sighting("1.2.3.4")).mode is Mode.SHADOW
    assert shadowed.judge(sighting("1.2.3.5")).mode is Mode.SHADOW
