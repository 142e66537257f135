"""Finds the daemon behind deluge-web and has the two connected."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from app.adapters.downloaders.deluge.rpc import Rpc
from app.adapters.downloaders.deluge.wire import HostStatus, HostWire
from app.domain.address import InvalidAddress, parse_ip
from app.domain.reason import Text
from app.services.errors import NeedsAction, Unreachable

_TELLING: Final = "core.get_torrents_status"
"""A method that only a daemon has."""
_ONLINE: Final = ("Online", "Connected")
_CONNECTED: Final = "Connected"


async def join_daemon(rpc: Rpc) -> frozenset[str]:
    """Have deluge-web connected to its daemon; returns all methods.

    Raises Unreachable when no daemon is there, NeedsAction when the daemon refuses deluge-web.
    """
    if await rpc.call("web.connected", kind=bool):
        methods = await _methods(rpc)
        if _TELLING in methods:
            return methods
        # It says that it is connected after a refusal, too (reference/downloaders.md 6.1).
        await rpc.call("web.disconnect", kind=object)
    hosts = await rpc.call("web.get_hosts", kind=list[HostWire])
    if not hosts:
        raise NeedsAction(Text("deluge-no-daemon"))
    online = await _first_with(rpc, hosts, _ONLINE)
    if online is None:
        addresses = ", ".join(f"{host.host}:{host.port}" for host in hosts)
        raise Unreachable(Text("deluge-daemon-offline", {"address": addresses}))
    if not await rpc.call("web.connect", online.id, kind=list[str] | None):  # type: ignore[arg-type]  # a union
        raise NeedsAction(Text("deluge-daemon-refuses"))
    return await _methods(rpc)


async def find_daemon(rpc: Rpc) -> HostWire | None:
    """The one that deluge-web is connected to; None when it is not on its list."""
    hosts = await rpc.call("web.get_hosts", kind=list[HostWire])
    return await _first_with(rpc, hosts, (_CONNECTED,))


def is_near(endpoint: str, daemon: HostWire | None) -> bool:
    """Whether deluge-web at `endpoint` and its daemon both run on this machine."""
    own = _is_loopback(urlsplit(endpoint).hostname or "")
    return own and (daemon is None or _is_loopback(daemon.host))


async def _first_with(rpc: Rpc, hosts: list[HostWire], wanted: tuple[str, ...]) -> HostWire | None:
    for host in hosts:
        found = await rpc.call("web.get_host_status", host.id, kind=HostStatus)
        if found.status in wanted:
            return host
    return None


async def _methods(rpc: Rpc) -> frozenset[str]:
    return frozenset(await rpc.call("system.listMethods", kind=list[str]))


def _is_loopback(host: str) -> bool:
    try:
        return parse_ip(host).is_loopback
    except InvalidAddress:
        return host.lower() == "localhost"
