"""The user's list of addresses and ports: the table of reference/rules.md 3.3, B11 as D-36 advises."""

import pytest

from app.domain.address import parse_prefix
from app.domain.rules.ip_blocklist import IpBlocklist
from app.domain.verdict import Action
from tests.domain.examples import peer


def rule(*prefixes: str, ports: tuple[int, ...] = ()) -> IpBlocklist:
    return IpBlocklist.of([parse_prefix(text) for text in prefixes], ports)


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
    verdict = blocklist.judge(peer(ip, port))
    assert verdict.action is (Action.BAN if kind else Action.NO_ACTION)
    assert verdict.data.get("type") == kind


def test_b5_a_peer_that_passed_on_one_port_is_banned_on_a_listed_one() -> None:
    blocklist = rule(ports=(2003,))
    assert not blocklist.judge(peer("203.0.113.5", 6881)).hits
    assert blocklist.judge(peer("203.0.113.5", 2003)).hits
    assert blocklist.subject(peer("203.0.113.5", 1)) != blocklist.subject(peer("203.0.113.5", 2))


def test_b11_a_handshaking_peer_has_an_address_already() -> None:
    assert rule("1.2.3.4").judge(peer("1.2.3.4", handshaking=True)).hits


def test_the_narrowest_entry_is_named() -> None:
    verdict = rule("1.2.0.0/16", "1.2.3.0/24").judge(peer("1.2.3.4"))
    assert verdict.data == {"type": "ip", "rule": "1.2.3.0/24"}


def test_an_empty_list_needs_no_answer_per_address() -> None:
    assert IpBlocklist.of([], []).subject(peer("203.0.113.5", 1)) is None
