"""Settings of Transmission that are changed from here: how fast it sends, and where peers reach it."""

from __future__ import annotations

from typing import Final

from app.adapters.downloaders.transmission.rpc import Rpc
from app.adapters.downloaders.transmission.wire import SessionWire
from app.services.ports import UploadLimits

_LIMITS: Final = ("speed-limit-up", "speed-limit-up-enabled", "alt-speed-up", "units")


async def upload_limits(rpc: Rpc) -> UploadLimits:
    """Those in force."""
    found = await rpc.call("session-get", SessionWire, fields=_LIMITS)
    unit = max(1, found.units.speed_bytes)
    # A limit of 0 is one there: nothing at all is sent. Ours of 0 is none.
    rate = max(1, found.speed_limit_up * unit) if found.speed_limit_up_enabled else 0
    return UploadLimits(rate=rate, alternative=max(0, found.alt_speed_up) * unit or None)


async def limit_upload(rpc: Rpc, limits: UploadLimits) -> None:
    """Set them, in whole units."""
    found = await rpc.call("session-get", SessionWire, fields=["units"])
    unit = max(1, found.units.speed_bytes)
    changes: dict[str, object] = {"speed_limit_up_enabled": limits.rate > 0}
    if limits.rate > 0:
        changes["speed_limit_up"] = max(1, limits.rate // unit)
    if limits.alternative:
        changes["alt_speed_up"] = max(1, limits.alternative // unit)
    await rpc.order("session-set", **changes)


async def listen_port(rpc: Rpc) -> int:
    """Where it takes connections."""
    found = await rpc.call("session-get", SessionWire, fields=["peer-port"])
    return max(0, found.peer_port)


async def listen_at(rpc: Rpc, port: int) -> None:
    """Take them at another one, also after its next start."""
    await rpc.order("session-set", peer_port_random_on_start=False, peer_port=port)
