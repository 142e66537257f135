"""The addresses of this computer, as psutil has them."""

import socket
from types import SimpleNamespace

import psutil
import pytest

from app.adapters.interfaces import read_interfaces
from app.domain.address import parse_ip


def test_the_addresses_of_this_machine_are_read() -> None:
    found = read_interfaces()
    assert parse_ip("127.0.0.1") in {each.address for each in found if each.loopback}


def test_interfaces_are_read_on_every_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(
        family: int, address: str, netmask: str | None, ptp: str | None = None
    ) -> SimpleNamespace:
        return SimpleNamespace(family=family, address=address, netmask=netmask, ptp=ptp)

    addresses = {
        "Ethernet": [
            entry(-1, "00-00-00-00-00-00", None),
            entry(socket.AF_INET, "192.168.1.5", "255.255.255.0"),
            entry(socket.AF_INET6, "fe80::1%eth0", "ffff:ffff:ffff:ffff::"),
            entry(socket.AF_INET6, "2a00::5", None),
            entry(socket.AF_INET, "not an address", None),
        ],
        "wg0": [entry(socket.AF_INET, "25.0.0.2", "255.0.0.0")],
        "x0": [entry(socket.AF_INET, "9.9.9.1", "255.255.255.255", "9.9.9.2")],
        "ppp0": [entry(socket.AF_INET, "9.9.8.1", "255.255.255.255", "9.9.8.2")],
    }
    states = {name: SimpleNamespace(flags="up,pointopoint") for name in ("x0", "ppp0")}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: addresses)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: states)
    found = [(each.name, str(each.address), each.bits, each.vpn) for each in read_interfaces()]
    assert found == [
        ("Ethernet", "192.168.1.5", 24, False),
        ("Ethernet", "2a00::5", 128, False),
        ("Ethernet", "fe80::1", 64, False),
        ("ppp0", "9.9.8.1", 32, False),
        ("wg0", "25.0.0.2", 8, True),
        ("x0", "9.9.9.1", 32, True),
    ]
