"""Writes the ban list for the firewalls of Linux, where the downloader itself cannot ban.

Each script replaces what an earlier one has set, and is harmless to run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from app.domain.address import MAPPED, Prefix, show
from app.domain.ban import Ban
from app.domain.remap import Remap
from app.services.export import entries

_AT_ONCE: Final = 500
"""Elements of one nft command; one command for each takes minutes for a long list."""
_MOST: Final = 1 << 20
_NFT_HEAD: Final = """\
#!/usr/sbin/nft -f
# Drops all traffic with the peers that PeerWarden has banned. To lift it: nft delete table inet peerwarden
add table inet peerwarden
delete table inet peerwarden
table inet peerwarden {
    set banned4 { type ipv4_addr; flags interval; auto-merge; }
    set banned6 { type ipv6_addr; flags interval; auto-merge; }
    chain incoming {
        type filter hook input priority -10; policy accept;
        ip saddr @banned4 drop
        ip6 saddr @banned6 drop
    }
    chain outgoing {
        type filter hook output priority -10; policy accept;
        ip daddr @banned4 drop
        ip6 daddr @banned6 drop
    }
    chain through {
        type filter hook forward priority -10; policy accept;
        ip saddr @banned4 drop
        ip daddr @banned4 drop
        ip6 saddr @banned6 drop
        ip6 daddr @banned6 drop
    }
}
"""
_IPSET_HEAD: Final = f"""\
# Load it with: ipset restore -file <this file>
# Then let your firewall drop what is in the sets peerwarden4 and peerwarden6, such as
# iptables -I INPUT -m set --match-set peerwarden4 src -j DROP
create peerwarden4 hash:net family inet maxelem {_MOST} -exist
create peerwarden6 hash:net family inet6 maxelem {_MOST} -exist
flush peerwarden4
flush peerwarden6
"""


def script(kind: str, bans: Iterable[Ban], remap: Remap) -> Iterator[str]:
    """The list for one of FIREWALLS, piece by piece."""
    # On the wire there are no mapped addresses.
    wanted = (e for e in entries(bans, remap) if e.version == 4 or not e.subnet_of(MAPPED))  # noqa: PLR2004 - IP version
    yield from FIREWALLS[kind](wanted)


def _nft(wanted: Iterator[Prefix]) -> Iterator[str]:
    yield _NFT_HEAD
    while some := list(islice(wanted, _AT_ONCE)):
        for version in (4, 6):
            elements = ", ".join(show(entry) for entry in some if entry.version == version)
            if elements:
                yield f"add element inet peerwarden banned{version} {{ {elements} }}\n"


def _ipset(wanted: Iterator[Prefix]) -> Iterator[str]:
    yield _IPSET_HEAD
    for entry in wanted:
        # A set of networks has no form for everything; its halves it has.
        halves = (entry,) if entry.prefixlen else entry.subnets()
        for part in halves:
            yield f"add peerwarden{entry.version} {show(part)} -exist\n"


FIREWALLS: Final[Mapping[str, Callable[[Iterator[Prefix]], Iterator[str]]]] = {
    "nftables": _nft,
    "ipset": _ipset,
}
"""By the name that the command line knows them under."""
