"""What a downloader cannot do, as sentences for people."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.capabilities import Capabilities
from app.domain.reason import Text


def shortcomings(capabilities: Capabilities) -> tuple[Text, ...]:
    """One sentence each, what matters most first; none for a downloader that can do everything."""
    return tuple(Text(each) for each in _lacks(capabilities))


def _lacks(can: Capabilities) -> Iterator[str]:
    if can.bans:
        yield from _lacks_of_bans(can)
    else:
        yield "lacks-bans"
    lacking = {
        "lacks-counters": can.counters,
        "lacks-peer-ids": can.peer_ids,
        "lacks-client-names": can.client_names,
        "lacks-progress": can.progress,
        "lacks-flags": can.flags,
        "lacks-privacy": can.privacy,
        "lacks-totals": can.totals,
        "lacks-upload-limit": can.upload_limit,
        "lacks-trackers": can.trackers,
        "lacks-listen-port": can.listen_port,
        "lacks-labels": can.labels,
    }
    yield from (text for text, able in lacking.items() if not able)


def _lacks_of_bans(can: Capabilities) -> Iterator[str]:
    if not can.ipv6:
        yield "lacks-ipv6"
    if not can.ipv4:
        yield "lacks-ipv4"
    if not can.prefixes:
        yield "lacks-prefixes"
    if not can.unbans:
        yield "lacks-unbans"
    if not can.lasting:
        yield "lacks-lasting"
