"""The ban list as scripts for firewalls; that these take them was tried with nft 1.0.6 and ipset 7.17."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

import pytest

from app.domain.remap import Remap
from app.services.firewall import FIREWALLS, script
from tests.domain.examples import ban

BANS = [ban("198.51.100.7"), ban("203.0.113.0/24"), ban("2001:db8:1234:5678::1")]
EVERYBODY = Remap(ipv4=None, ipv6=None)


def written(kind: str, *bans: str) -> str:
    return "".join(script(kind, [ban(prefix) for prefix in bans], EVERYBODY))


def test_nftables_gets_one_set_for_each_family() -> None:
    lines = "".join(script("nftables", BANS, EVERYBODY)).splitlines()

    assert lines[0] == "#!/usr/sbin/nft -f"
    assert lines[-2:] == [
        "add element inet peerwarden banned4 { 198.51.100.7, 203.0.113.0/24 }",
        "add element inet peerwarden banned6 { 2001:db8:1234:5678::1 }",
    ]


def test_ipset_gets_one_set_for_each_family() -> None:
    lines = "".join(script("ipset", BANS, EVERYBODY)).splitlines()

    assert [line for line in lines if line.startswith("add")] == [
        "add peerwarden4 198.51.100.7 -exist",
        "add peerwarden4 203.0.113.0/24 -exist",
        "add peerwarden6 2001:db8:1234:5678::1 -exist",
    ]


@pytest.mark.parametrize("kind", FIREWALLS)
def test_without_bans_what_was_set_before_is_emptied(kind: str) -> None:
    text = written(kind)

    assert "add element" not in text
    assert "\nadd peerwarden" not in text
    assert "delete table inet peerwarden\n" in text or "flush peerwarden4\n" in text


@pytest.mark.parametrize("kind", FIREWALLS)
def test_addresses_that_no_packet_has_are_left_out(kind: str) -> None:
    assert "::ffff:" not in written(kind, "198.51.100.7")


def test_a_long_list_takes_few_commands() -> None:
    many = [str(IPv4Address(0x0B000000 + number)) for number in range(1_100)]
    text = written("nftables", *many)
    commands = re.findall(r"^add element .*$", text, re.MULTILINE)

    assert len(commands) == 3
    assert sum(command.count(",") + 1 for command in commands) == len(many)


def test_ipset_is_told_the_halves_of_everything() -> None:
    lines = written("ipset", "0.0.0.0/0").splitlines()

    assert lines[-2:] == [
        "add peerwarden4 0.0.0.0/1 -exist",
        "add peerwarden4 128.0.0.0/1 -exist",
    ]
