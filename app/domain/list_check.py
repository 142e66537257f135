"""Whether a list from somebody else can be right: one that would ban the user or half the world is not applied."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from app.domain.address import IPAddress, Prefix, address_key, parse_prefix, show
from app.domain.address_list import LineCounts
from app.domain.name_list import NameList
from app.domain.reason import Text
from app.domain.split_keys import SplitKeys

if TYPE_CHECKING:  # numpy is loaded with it
    from app.domain.ip_set import IpSet

LOCAL: Final = tuple(
    parse_prefix(text)
    for text in (
        "127.0.0.0/8",
        "::1",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fe80::/10",
    )
)
"""This computer, its LAN, the network behind a provider's NAT: nobody on a public list is there."""

ENOUGH_PEERS: Final = 20
"""With fewer live peers, what share of them a list holds says nothing."""


def is_web_page(head: bytes) -> bool:
    """Whether a file that begins like this is HTML, or XML, and no list."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def doubt_lines(lines: LineCounts) -> Text | None:
    """What is wrong with a list of such lines; None when nothing is."""
    if lines.plausible:
        return None
    read = lines.valid + lines.spared
    if not lines.invalid:
        return Text("list-refused-empty")
    example = lines.examples[0].text if lines.examples else ""
    count = read + lines.invalid
    return Text("list-refused-lines", {"valid": read, "lines": count, "example": example})


def doubt_addresses(
    found: IpSet,
    *,
    own: Collection[Prefix],
    live: Sequence[IPAddress],
    max_address_share: float,
    max_peer_share: float,
) -> Text | None:
    """What is wrong with banning all of `found`; None when nothing is.

    `own` are addresses of the user's, `live` those of the peers that are connected now.
    """
    for network in LOCAL:
        if found.overlaps(network):
            return Text("list-refused-local", {"network": show(network)})
    for network in own:
        if found.overlaps(network):
            return Text("list-refused-own", {"address": show(network)})
    for family, share in zip(("IPv4", "IPv6"), found.coverage(), strict=True):
        if share > max_address_share:
            return Text(
                "list-refused-share",
                {"family": family, "covered_share": share, "limit_share": max_address_share},
            )
    if len(live) < ENOUGH_PEERS:
        return None
    held = found.find_many(SplitKeys([address_key(ip) for ip in live]))
    return _doubt_peers(len(held), len(live), max_peer_share)


def doubt_names(found: NameList, *, live: Sequence[str], max_peer_share: float) -> Text | None:
    """The same for patterns; `live` are the client names of the peers that are connected now."""
    entry = found.find("")
    if entry is not None:
        return Text("list-refused-empty-name", {"pattern": entry.pattern})
    if len(live) < ENOUGH_PEERS:
        return None
    known = {name: found.find(name) is not None for name in set(live)}
    return _doubt_peers(sum(known[name] for name in live), len(live), max_peer_share)


def _doubt_peers(held: int, peers: int, max_peer_share: float) -> Text | None:
    if held <= peers * max_peer_share:
        return None
    return Text("list-refused-peers", {"held": held, "peers": peers, "limit_share": max_peer_share})
