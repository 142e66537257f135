"""What every Deluge lets change from outside, whatever plugins it has: limits, trackers, its port."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import Final

from app.adapters.downloaders.deluge.rpc import Rpc
from app.adapters.downloaders.deluge.wire import Limits, Trackers
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Tiers, UploadLimits

_KIB: Final = 1024
_NO_LIMIT: Final = -1.0
_LOOKS: Final = 30
_BETWEEN_LOOKS: Final = 0.1
"""Seconds; the daemon listens elsewhere a moment after it was told to."""


async def upload_limits(rpc: Rpc) -> UploadLimits:
    """Those in force."""
    found = await rpc.call("core.get_config_values", ["max_upload_speed"], kind=Limits)
    rate = found.max_upload_speed or 0.0
    return UploadLimits(rate=round(rate * _KIB) if rate > 0 else 0)


async def limit_upload(rpc: Rpc, limits: UploadLimits) -> None:
    """Set them; fractions of a KiB are possible."""
    rate = limits.rate / _KIB if limits.rate > 0 else _NO_LIMIT
    await rpc.call("core.set_config", {"max_upload_speed": rate}, kind=object)


async def read_trackers(rpc: Rpc, torrent_id: str) -> Tiers:
    """Those of one torrent."""
    found = await rpc.call("core.get_torrent_status", torrent_id, ["trackers"], kind=Trackers)
    ordered = sorted(found.trackers, key=lambda tracker: tracker.tier)
    tiers = groupby(ordered, key=lambda tracker: tracker.tier)
    return tuple(tuple(tracker.url for tracker in tier) for _, tier in tiers)


async def replace_trackers(rpc: Rpc, torrent_id: str, tiers: Tiers) -> None:
    """Announce to these alone."""
    trackers = [{"url": url, "tier": tier} for tier, urls in enumerate(tiers) for url in urls]
    await rpc.call("core.set_torrent_trackers", torrent_id, trackers, kind=object)


async def listen_port(rpc: Rpc) -> int:
    """Where it listens now."""
    return await rpc.call("core.get_listen_port", kind=int)


async def listen_at(rpc: Rpc, port: int) -> None:
    """Listen at `port` from now on; raises ProtocolMismatch when it does not."""
    config = {"random_port": False, "listen_ports": [port, port]}
    await rpc.call("core.set_config", config, kind=object)
    for _ in range(_LOOKS):
        found = await listen_port(rpc)
        if found == port:
            return
        await asyncio.sleep(_BETWEEN_LOOKS)
    raise ProtocolMismatch(Text("deluge-port-refused", {"port": port, "found": found}))
