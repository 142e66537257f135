"""What cannot be right about a list from somebody else."""

from __future__ import annotations

import pytest

from app.domain.address import parse_ip, parse_prefix
from app.domain.address_list import BadLine, LineCounts
from app.domain.ip_set import IpSet
from app.domain.list_check import doubt_addresses, doubt_lines, doubt_names, is_web_page
from app.domain.name_list import parse_name_list
from app.domain.reason import Text


def doubt(
    *entries: str, own: tuple[str, ...] = (), live: tuple[str, ...] = (), share: float = 0.25
) -> Text | None:
    return doubt_addresses(
        IpSet.of([parse_prefix(entry) for entry in entries]),
        own=[parse_prefix(entry) for entry in own],
        live=[parse_ip(entry) for entry in live],
        max_address_share=share,
        max_peer_share=0.5,
    )


def test_an_honest_list_is_not_doubted() -> None:
    assert doubt("8.8.8.0/24", "2a00::/16", own=("9.9.9.9",), live=("8.8.8.8",) * 19) is None
    assert doubt() is None


@pytest.mark.parametrize(
    "entry",
    [
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "172.16.0.0/12",
        "192.168.1.0/24",
        "100.64.0.1",
        "169.254.1.1",
        "fe80::1",
        "fd00::/8",
        "0.0.0.0/0",
        "::/0",
    ],
)
def test_a_list_with_the_users_network_is_refused(entry: str) -> None:
    found = doubt("8.8.8.8", entry)
    assert found is not None
    assert found.id == "list-refused-local"


def test_a_list_with_the_users_address_is_refused() -> None:
    found = doubt("9.9.0.0/16", own=("2a00::1", "9.9.9.9"))
    assert found == Text("list-refused-own", {"address": "9.9.9.9"})


@pytest.mark.parametrize(("entry", "family"), [("64.0.0.0/3", "IPv4"), ("2400::/6", "IPv6")])
def test_a_list_of_half_the_world_is_refused(entry: str, family: str) -> None:
    found = doubt(entry, share=0.1)
    assert found is not None
    assert (found.id, found.params["family"]) == ("list-refused-share", family)
    assert doubt(entry, share=0.9) is None


def test_a_list_of_most_peers_is_refused_when_there_are_enough_to_tell() -> None:
    held, free = ("8.8.8.8",), ("9.9.9.9",)
    found = doubt("8.8.8.0/24", live=held * 11 + free * 9)
    assert found == Text("list-refused-peers", {"held": 11, "peers": 20, "limit_share": 0.5})
    assert doubt("8.8.8.0/24", live=held * 10 + free * 10) is None
    assert doubt("8.8.8.0/24", live=held * 19) is None


def test_patterns_that_match_everything_or_most_are_refused() -> None:
    live = ["qBittorrent/5.0"] * 15 + ["Transmission 4"] * 5
    everything = doubt_names(parse_name_list(b"x\n.*"), live=(), max_peer_share=0.5)
    assert everything == Text("list-refused-empty-name", {"pattern": ".*"})
    most = doubt_names(parse_name_list(b"Bit"), live=live, max_peer_share=0.5)
    assert most == Text("list-refused-peers", {"held": 15, "peers": 20, "limit_share": 0.5})
    assert doubt_names(parse_name_list(b"Bit"), live=live[:19], max_peer_share=0.5) is None
    assert doubt_names(parse_name_list(b"Trans"), live=live, max_peer_share=0.5) is None


def test_lines_tell_whether_it_is_a_list_at_all() -> None:
    assert doubt_lines(LineCounts(valid=9, invalid=1)) is None
    assert doubt_lines(LineCounts()) == Text("list-refused-empty")
    bad = LineCounts(valid=3, invalid=9, examples=(BadLine(number=1, text="hello"),))
    found = doubt_lines(bad)
    assert found == Text("list-refused-lines", {"valid": 3, "lines": 12, "example": "hello"})


def test_web_pages_are_recognised() -> None:
    assert is_web_page(b"\xef\xbb\xbf\r\n <!DOCTYPE html>")
    assert is_web_page(b"<?xml version='1.0'?>")
    assert not is_web_page(b"# <html>\n1.2.3.4")
    assert not is_web_page(b"")
