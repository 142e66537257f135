"""Variables as scripts see them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import Endpoint, PeerAddress, address_key, parse_ip
from app.domain.flags import parse_flags
from app.domain.peer import Peer
from app.domain.script_variable import VARIABLES
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.resource import resource


def sighting(address: str = "192.0.2.1") -> Sighting:
    end = Endpoint(parse_ip(address), 6881)
    peer = Peer(address=PeerAddress(raw=end, effective=end), flags=parse_flags("U I"))
    torrent = Torrent(id="t", hash="a" * 40, name="a torrent", tags=("one", "two"))
    return Sighting(at=1_000, downloader="d", torrent=torrent, peer=peer)


def shown(name: str, seen: Sighting) -> object:
    variable = VARIABLES[name]
    value = attrgetter(variable.path)(seen)
    return value if variable.show is None else variable.show([value])[0]


def test_each_variable_is_plain_for_a_script() -> None:
    for name in VARIABLES:
        assert isinstance(shown(name, sighting()), (str, int, float, bool, list)), name


def test_values_look_as_the_guide_says() -> None:
    seen = sighting("2001:db8::2e0:61ff:fe12:3456")

    assert shown("peer_ip", seen) == "2001:db8::2e0:61ff:fe12:3456"
    assert shown("peer_ip", sighting()) == "192.0.2.1"
    assert shown("client_name", seen) == ""
    assert shown("flags", seen) == "U I"
    assert shown("tags", seen) == ["one", "two"]
    assert shown("now", seen) == 1_000


@given(st.lists(st.ip_addresses() | st.integers(0, 99).map(IPv6Address)))
def test_addresses_are_written_as_everywhere(addresses: list[IPv4Address | IPv6Address]) -> None:
    show = VARIABLES["peer_ip"].show
    assert show is not None
    assert show([address_key(ip) for ip in addresses]) == [str(ip) for ip in addresses]


@pytest.mark.parametrize("groups", range(256))
def test_ipv6_is_shortened_as_everywhere(groups: int) -> None:
    ip = IPv6Address(":".join("a0" if groups >> place & 1 else "0" for place in range(8)))
    assert shown("peer_ip", sighting(str(ip))) == str(ip)


def test_the_guide_names_every_variable() -> None:
    guide = Path(resource("scripts/README.md")).read_text("utf-8")

    assert [name for name in VARIABLES if f"`{name}`" not in guide] == []
