"""Rules about identity answer of many at once what they answer one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.address import Endpoint, IPAddress, parse_prefix
from app.domain.address_reader import parse_address_list
from app.domain.name_list import parse_name_list
from app.domain.place import Place, Spot
from app.domain.reason import Text
from app.domain.rules.address_subscription import AddressSubscription
from app.domain.rules.anti_vampire import AntiVampire
from app.domain.rules.btn import BtnRule, BtnRules
from app.domain.rules.ip_blocklist import IpBlocklist
from app.domain.rules.name_subscription import NameSubscription
from app.domain.rules.names import ClientNameBlacklist, PeerIdBlacklist
from app.domain.rules.ptr import PtrBlacklist
from app.domain.rules.rule import IdentityRule
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule_list import parse_rule_list
from app.domain.verdict import Action, Mode, Verdict
from tests.domain.examples import UBUNTU
from tests.domain.rules.sightings import sighting

IPS = ("1.2.3.4", "1.2.3.5", "8.8.8.8", "64:ff9b::102:304", "::ffff:1.2.3.5", "2001:db8::1", "::5")
PLACES = (Place(), Place(country="CN", city="海南"), Place(country="DE", asn=7, organisation="Net"))
NAMES = (None, (), ("a.example",), ("a.example", "leech.example"), ("leech.example",))
BAD = parse_rule_list([json.dumps({"method": "CONTAINS", "content": "leech"})])
LISTED = parse_address_list(b"1.2.3.4 # one\n2001:db8::/32")
WIDE = parse_address_list(b"1.2.3.0/24\n::5")


class Everywhere:
    def __call__(self, ip: IPAddress) -> Place:
        return PLACES[int(ip) % len(PLACES)]

    def spots(self, endpoints: Sequence[Endpoint]) -> list[Spot]:
        return [self(endpoint.ip).spot for endpoint in endpoints]


class Names:
    def names_of(self, endpoints: Sequence[Endpoint]) -> list[tuple[str, ...] | None]:
        return [NAMES[int(endpoint.ip) % len(NAMES)] for endpoint in endpoints]


class Scripts:
    def judge(self, sighting: Sighting) -> Verdict | None:
        if sighting.peer.address.effective.port == 1:
            return Verdict(rule="btn", action=Action.SKIP, reason=Text("pass"))
        return None


NETWORK = BtnRules(
    allow=parse_address_list(b"1.2.3.5"),
    deny=LISTED,
    peer_id={"a": BAD},
    client_name={"b": BAD},
    ip={"c": WIDE},
    port={"d": frozenset({0, 2}), "e": frozenset({2, 3})},
)
RULES: dict[str, Callable[[], IdentityRule]] = {
    "id": lambda: PeerIdBlacklist(banned=BAD),
    "name": lambda: ClientNameBlacklist(banned=BAD, mode=Mode.SHADOW),
    "vampire": AntiVampire,
    "no vampire": lambda: AntiVampire(xunlei=False),
    "names": lambda: NameSubscription(lists=(parse_name_list(b"leech # bad\nX"),)),
    "no names": NameSubscription,
    "lists": lambda: AddressSubscription(lists=(LISTED, WIDE), duration=5),
    "no lists": AddressSubscription,
    "addresses": lambda: IpBlocklist.of([parse_prefix("1.2.3.0/24"), parse_prefix("::5")]),
    "ports": lambda: IpBlocklist.of([parse_prefix("1.2.3.4")], (0, 2)),
    "places": lambda: IpBlocklist.of(
        (), (3,), regions=["DE"], cities=["海南"], places=Everywhere()
    ),
    "nothing": IpBlocklist.of,
    "reverse": lambda: PtrBlacklist(banned=BAD, names=Names(), mode=Mode.ENFORCE, duration=9),
    "network": lambda: BtnRule(rules=NETWORK, duration=3),
    "network with scripts": lambda: BtnRule(rules=NETWORK, scripts=Scripts()),
    "network of names": lambda: BtnRule(rules=BtnRules(client_name={"b": BAD})),
    "no network": BtnRule,
}
SEEN = st.builds(
    sighting,
    st.sampled_from(IPS),
    port=st.integers(0, 4),
    torrent=st.sampled_from((UBUNTU, replace(UBUNTU, progress=0.5))),
    peer_id=st.sampled_from((None, "", "-qB4650-", "-XL0019-", "-LEECH-")),
    client_name=st.sampled_from((None, " ", "qBittorrent", "Xunlei 0.0.1.9", "leech", "é leech")),
    handshaking=st.booleans(),
)


@pytest.mark.parametrize("make", RULES.values(), ids=RULES.keys())
@given(batches=st.lists(st.lists(SEEN, max_size=12), max_size=3))
@settings(max_examples=25)
def test_many_get_the_answer_of_one_by_one(
    make: Callable[[], IdentityRule], batches: list[list[Sighting]]
) -> None:
    together = make()
    for batch in batches:
        found = together.judge_all(Batch(batch))
        assert found == [make().judge_all(Batch([seen]))[0] for seen in batch]
        assert found == [make().judge(seen) for seen in batch]  # type: ignore[attr-defined]  # all have it
