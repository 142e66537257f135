"""Reads the addresses of this computer's network interfaces."""

from __future__ import annotations

import socket
from typing import Final

import psutil

from app.domain.address import InvalidAddress, IPAddress, parse_ip
from app.domain.protection import Interface

_VPN_NAMES: Final = (
    "tun", "tap", "utun", "wg", "wireguard", "nordlynx", "proton", "mullvad", "tailscale", "zt",
    "zerotier", "ipsec", "hamachi", "ham", "radmin", "openvpn", "cscotun", "gpd", "outline",
)  # fmt: skip
"""How the interfaces of VPNs are called on the platforms that we know."""
_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6)


def read_interfaces() -> tuple[Interface, ...]:
    """All addresses of all interfaces, sorted; blocks for some milliseconds. Raises OSError."""
    states = psutil.net_if_stats()
    found = []
    for name, addresses in psutil.net_if_addrs().items():
        flags = states[name].flags.split(",") if name in states else []
        # ppp carries the line to the provider; its other end is no friend of ours.
        vpn = name.lower().startswith(_VPN_NAMES) or (
            "pointopoint" in flags and not name.startswith("ppp")
        )
        for entry in addresses:
            ip = _ip(entry.address) if entry.family in _FAMILIES else None
            if ip is not None:
                remote = _ip(entry.ptp)
                bits = _bits(_ip(entry.netmask), ip.max_prefixlen)
                found.append(
                    Interface(
                        name=name,
                        address=ip,
                        bits=bits,
                        remote=remote,
                        vpn=vpn,
                        loopback="loopback" in flags,
                    )
                )
    found.sort(key=lambda each: (each.name, each.address.version, int(each.address)))
    return tuple(found)


def _ip(text: str | None) -> IPAddress | None:
    if not text:
        return None
    try:
        return parse_ip(text)
    except InvalidAddress:
        return None


def _bits(mask: IPAddress | None, whole: int) -> int:
    """Length of a netmask; a mask that is missing says nothing about a network."""
    return whole if mask is None else int(mask).bit_count()
