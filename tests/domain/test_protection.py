"""What is never banned, whatever the profile says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import block_of, parse_ip, parse_prefix
from app.domain.protection import (
    FIXED,
    Interface,
    Kind,
    Protected,
    ProtectedNetworks,
    holds,
    of_interface,
)

P = parse_prefix


def interface(
    name: str, address: str, bits: int, *, vpn: bool = False, remote: str | None = None
) -> Interface:
    ip, far = parse_ip(address), parse_ip(remote) if remote else None
    return Interface(
        name=name, address=ip, bits=bits, remote=far, vpn=vpn, loopback=name.startswith("lo")
    )


def shown(*entries: Protected) -> list[str]:
    return [f"{entry.prefix} {entry.kind}" for entry in entries]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("127.0.0.1", Kind.LOOPBACK),
        ("127.255.0.9", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("10.1.2.3", Kind.LAN),
        ("172.31.255.255", Kind.LAN),
        ("172.32.0.0", None),
        ("192.168.0.1", Kind.LAN),
        ("fd00::1", Kind.LAN),
        ("169.254.9.9", Kind.LINK_LOCAL),
        ("fe80::1", Kind.LINK_LOCAL),
        ("100.64.0.1", Kind.CGNAT),
        ("100.127.255.255", Kind.CGNAT),
        ("100.128.0.0", None),
        ("224.0.0.1", Kind.MULTICAST),
        ("ff02::1", Kind.MULTICAST),
        ("0.0.0.0", Kind.UNSPECIFIED),
        ("0.1.2.3", Kind.UNSPECIFIED),
        ("::", Kind.UNSPECIFIED),
        ("203.0.113.9", None),
        ("198.51.100.1", None),
        ("2001:db8::1", None),
        ("8.8.8.8", None),
    ],
)
def test_the_fixed_networks_are_protected_and_documentation_is_not(
    text: str, kind: Kind | None
) -> None:
    found = ProtectedNetworks().find(parse_ip(text))
    assert (found.kind if found else None) == kind


def test_an_interface_protects_its_address_but_no_public_ipv4_network() -> None:
    assert shown(*of_interface(interface("eth0", "8.8.8.8", 24))) == ["8.8.8.8/32 own"]


@pytest.mark.parametrize("bits", [48, 64, 128])
def test_a_global_ipv6_address_protects_the_household_around_it(bits: int) -> None:
    assert shown(*of_interface(interface("eth0", "2a00:1:2:3::5", bits))) == [
        "2a00:1:2:3::5/128 own",
        "2a00:1:2:3::/64 own-network",
    ]


def test_a_vpn_protects_its_network_and_its_other_end() -> None:
    found = of_interface(interface("ham0", "25.1.2.3", 8, vpn=True, remote="9.9.9.9"))
    assert shown(*found) == ["25.1.2.3/32 vpn", "25.0.0.0/8 vpn", "9.9.9.9/32 vpn"]
    assert shown(*of_interface(interface("tun0", "9.9.9.8", 0, vpn=True))) == ["9.9.9.8/32 vpn"]
    assert shown(*of_interface(interface("tun0", "9.9.9.8", 32, vpn=True))) == ["9.9.9.8/32 vpn"]


def test_an_address_on_the_loopback_interface_stands_for_itself() -> None:
    assert of_interface(interface("lo", "127.0.0.1", 8)) == ()
    assert shown(*of_interface(interface("lo", "2a00::1", 64))) == ["2a00::1/128 own"]


def test_the_narrowest_entry_is_named() -> None:
    networks = ProtectedNetworks(of_interface(interface("eth0", "192.168.1.5", 24)))
    found = networks.find(parse_ip("192.168.1.5"))
    assert found is not None
    assert (found.kind, found.name) == (Kind.OWN, "eth0")
    beside = networks.find(parse_ip("192.168.1.6"))
    assert beside is not None
    assert beside.kind is Kind.LAN
    assert P("192.168.1.5") not in networks.blocks


@pytest.mark.parametrize(
    ("text", "protected"),
    [
        ("10.0.0.0/8", True),
        ("10.1.0.0/16", True),
        ("8.0.0.0/6", True),
        ("8.0.0.0/7", False),
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("2000::/4", False),
        ("::ffff:10.0.0.0/120", True),
        ("::ffff:9.0.0.0/120", False),
        ("64:ff9b::a00:1", True),
        ("64:ff9b::a00:0/104", True),
        ("64:ff9b::/96", True),
        ("64:ff9b::808:808", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", True),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_a_block_is_protected_when_any_part_of_it_is(text: str, protected: bool) -> None:  # noqa: FBT001
    assert (ProtectedNetworks().overlapping(P(text)) is not None) == protected


def test_a_block_around_a_protected_one_is_not_held_by_it() -> None:
    networks = ProtectedNetworks()
    around, inside = networks.overlapping(P("8.0.0.0/6")), networks.overlapping(P("10.1.0.0/16"))
    assert around is not None
    assert inside is not None
    assert not holds(around, P("8.0.0.0/6"))
    assert holds(inside, P("10.1.0.0/16"))
    assert holds(inside, P("64:ff9b::a00:1"))


ADDRESSES = st.ip_addresses()
FOUND = st.lists(
    st.builds(
        lambda ip, bits, kind: Protected(
            prefix=block_of(ip, min(bits, ip.max_prefixlen)), kind=kind
        ),
        ADDRESSES,
        st.integers(1, 128),
        st.sampled_from(Kind),
    ),
    max_size=8,
)


@given(FOUND, ADDRESSES, st.integers(0, 128))
def test_finding_equals_asking_every_entry(found: list[Protected], ip: str, bits: int) -> None:
    networks = ProtectedNetworks(found)
    address = parse_ip(str(ip))
    fitting = [
        entry
        for entry in (*FIXED, *found)
        if entry.prefix.version == address.version and address in entry.prefix
    ]
    entry = networks.find(address)
    assert (entry is not None) == bool(fitting)
    if entry is not None:
        assert entry.prefix.prefixlen == max(each.prefix.prefixlen for each in fitting)
    block = block_of(address, min(bits, address.max_prefixlen))
    if address.version == 4:
        touching = [
            e for e in networks.entries if e.prefix.version == 4 and e.prefix.overlaps(block)
        ]
        assert (networks.overlapping(block) is not None) == bool(touching)
