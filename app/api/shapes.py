"""Shapes that more than one group of routes answers with (reference/webapi.md part 2)."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Final

import msgspec

from app.domain.address import IPAddress, Prefix, is_single, show
from app.domain.ban import Ban, DownloaderRef
from app.services.core import Core
from app.services.wire import (
    WireAddress,
    WirePeer,
    WireTorrent,
    peer_to_wire,
    torrent_to_wire,
)

_NOBODY: Final = "Unknown"
_BY_HAND: Final = "User Operation"
_NO_TORRENT: Final = "0" * 20


class DownloaderName(msgspec.Struct, frozen=True, kw_only=True):
    """PBH's DownloaderBasicInfo; the kind in its display spelling."""

    id: str
    name: str
    type: str


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many items of a request were taken."""

    count: int


def downloader_name(ref: DownloaderRef | None, core: Core) -> DownloaderName:
    """Where a peer was seen; for a ban by hand PBH names the first downloader."""
    if ref is None:
        ref = next((state.ref for state in core.downloaders.states()), None)
    if ref is None:
        return DownloaderName(id="", name=_NOBODY, type=_NOBODY)
    return DownloaderName(id=ref.id, name=ref.name, type=ref.kind)


def banned_peer(ban: Ban) -> WirePeer:
    """The peer of a ban; one that PBH invents when an address was banned by hand."""
    if ban.peer is not None:
        return peer_to_wire(ban.peer)
    text = show(ban.prefix)
    return WirePeer(
        address=WireAddress(downloader_raw_ip=text, downloader_raw_port=0, ip=text, port=0),
        raw_ip=text,
        id="-USROPS-",
        client_name=_BY_HAND,
        downloaded=0,
        download_speed=0,
        uploaded=0,
        upload_speed=0,
    )


def banned_torrent(ban: Ban) -> WireTorrent:
    """The torrent of a ban; one that PBH invents when an address was banned by hand."""
    if ban.torrent is not None:
        return torrent_to_wire(ban.torrent)
    return WireTorrent(id=_NO_TORRENT, hash=_NO_TORRENT, name=_BY_HAND, completed_size=0)


def java_text(prefix: Prefix) -> str:
    """As Java writes hosts, which is how PBH's history shows them: eight groups, nothing left out."""
    text = java_host(prefix.network_address)
    return text if is_single(prefix) else f"{text}/{prefix.prefixlen}"


def java_host(address: IPAddress) -> str:
    """One address."""
    if isinstance(address, IPv6Address):
        return ":".join(f"{int(group, 16):x}" for group in _groups(address))
    return str(address)


def _groups(address: IPv6Address) -> list[str]:
    digits = f"{int(address):032x}"
    return [digits[start : start + 4] for start in range(0, 32, 4)]
