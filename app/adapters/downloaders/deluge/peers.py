"""Turns peers into ours, as our plugin, PBH's plugin and the daemon itself tell them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.adapters.downloaders.address import read_address
from app.adapters.downloaders.deluge.wire import AdapterPeer, CorePeer, OwnPeer
from app.adapters.downloaders.estimates import Estimates
from app.domain.address import Translation
from app.domain.flags import PeerFlags
from app.domain.peer import Peer

_PORT: Final = re.compile(r"[0-9]{1,5}")
_MILLION: Final = 1_000_000
_UNDECODABLE: Final = "unknown"
"""What PBH's plugin calls a client whose name it cannot read."""
_OUTGOING: Final = 1 << 5
_HANDSHAKE: Final = 1 << 6
_FIRST: Final = 0x3F
"""Bits of libtorrent at which it and `PeerFlags` agree."""
_SHIFTED: Final = 0xC0
"""Those that stand one place higher here, as LOCAL_CONNECTION is not one of libtorrent's."""
_LAST: Final = 0x1FFE00
"""Those that agree again, as libtorrent has kept a place for one that it no longer sets."""
_SOURCES: Final = 0x3F
_TO_SOURCES: Final = 21


def from_own(wire: OwnPeer, translation: Translation) -> Peer | None:
    """Of our plugin."""
    address = read_address(wire.ip, wire.port, translation)
    if address is None:
        return None
    return Peer(
        address=address,
        peer_id=_peer_id(wire.peer_id),
        client_name=wire.client or None,
        progress=wire.millionths / _MILLION,
        uploaded=wire.uploaded,
        downloaded=wire.downloaded,
        upload_rate=wire.up_speed,
        download_rate=wire.down_speed,
        flags=read_flags(wire.flags, wire.source),
        handshaking=bool(wire.flags & _HANDSHAKE),
    )


def from_adapter(wire: AdapterPeer, translation: Translation) -> Peer | None:
    """Of PBH's plugin."""
    address = read_address(wire.ip, wire.port, translation)
    if address is None:
        return None
    known = wire.client_name not in (None, "", _UNDECODABLE)
    return Peer(
        address=address,
        peer_id=_peer_id(wire.peer_id or ""),
        client_name=wire.client_name if known else None,
        progress=wire.progress or 0.0,
        uploaded=wire.total_upload,
        downloaded=wire.total_download,
        upload_rate=wire.payload_up_speed,
        download_rate=wire.payload_down_speed,
        flags=read_flags(wire.flags, wire.source),
        handshaking=bool(wire.flags & _HANDSHAKE),
    )


def from_core(
    wire: CorePeer, translation: Translation, torrent_id: str, estimates: Estimates, now: float
) -> Peer | None:
    """Of the daemon itself, which neither counts bytes nor tells ids; `now` is in seconds."""
    ip, _, port = wire.ip.rpartition(":")
    address = read_address(ip, int(port) if _PORT.fullmatch(port) else -1, translation)
    if address is None:
        return None
    uploaded, downloaded = estimates.add(
        (torrent_id, address.raw), now, upload_rate=wire.up_speed, download_rate=wire.down_speed
    )
    return Peer(
        address=address,
        client_name=wire.client or None,
        progress=wire.progress or 0.0,
        uploaded=uploaded,
        downloaded=downloaded,
        estimated=True,
        upload_rate=wire.up_speed,
        download_rate=wire.down_speed,
    )


@lru_cache(maxsize=1024)
def read_flags(bits: int, source: int) -> PeerFlags:
    """The bits of libtorrent as ours (reference/downloaders.md 2)."""
    value = (bits & (_FIRST | _LAST)) | (bits & _SHIFTED) << 1 | (source & _SOURCES) << _TO_SOURCES
    if bits & _OUTGOING:
        value |= PeerFlags.LOCAL_CONNECTION.value
    return PeerFlags(value)


@lru_cache(maxsize=4096)
def _peer_id(digits: str) -> str | None:
    """All of it; nothing while the peer has not introduced itself."""
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return None
    return raw.decode("latin-1") if any(raw) else None
