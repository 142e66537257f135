"""Turns what the plugin says of a peer into ours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from app.adapters.downloaders.address import read_address
from app.adapters.downloaders.biglybt.wire import PeerStatsWire, PeerWire
from app.adapters.downloaders.peer_id import read_peer_id
from app.domain.address import Translation
from app.domain.flags import PeerFlags
from app.domain.peer import Peer

_F = PeerFlags
_NOTHING: Final = _F(0)
_CONNECTING, _HANDSHAKING, _TRANSFERRING, _CLOSING, _DISCONNECTED = 10, 20, 30, 40, 50
_ESTABLISHED: Final = (_TRANSFERRING, _CLOSING)
_IN_STATE: Final = {_CONNECTING: _F.CONNECTING, _HANDSHAKING: _F.HANDSHAKE}
_UNKNOWN: Final = PeerStatsWire()
_FROM: Final = {
    "Tracker": _F.FROM_TRACKER,
    "DHT": _F.FROM_DHT,
    "PeerExchange": _F.FROM_PEX,
    "Incoming": _F.FROM_INCOMING,
    "HolePunch": _F.HOLE_PUNCHED,
}


def host_of(wire: PeerWire) -> str:
    """Its address as it stands there: Java writes a slash before those it has no name for."""
    return (wire.ip or "").strip().removeprefix("/")


def key_of(wire: PeerWire) -> str:
    """What tells the peers of one torrent apart."""
    return f"{wire.ip} {wire.port}"


def read_peer(wire: PeerWire, translation: Translation) -> Peer | None:
    """None for whom we cannot place, and for one that is gone already."""
    ip = host_of(wire)
    if wire.state == _DISCONNECTED:
        return None
    address = read_address(ip, wire.port or 0, translation)
    if address is None:
        return None
    stats = wire.stats or _UNKNOWN
    return Peer(
        address=address,
        peer_id=read_peer_id(wire.peer_id or ""),
        client_name=wire.client or None,
        progress=wire.percent_done_in_thousand_notation / 1000,
        uploaded=stats.total_sent,
        downloaded=stats.total_received,
        upload_rate=stats.rt_upload_speed,
        download_rate=stats.rt_download_speed,
        flags=_flags(wire),
        handshaking=wire.state not in _ESTABLISHED,
    )


def _flags(wire: PeerWire) -> PeerFlags:
    said = (
        wire.interesting,
        wire.choking,
        wire.interested,
        wire.choked,
        not wire.incoming,
        wire.incoming,
        wire.seed,
        wire.optimistic_unchoke,
        wire.snubbed,
        wire.protocol == "uTP",
        wire.use_crypto,
    )
    return _combined(tuple(map(bool, said)), wire.state, wire.peer_source or "")


_BITS: Final = (
    _F.INTERESTING,
    _F.CHOKED,
    _F.REMOTE_INTERESTED,
    _F.REMOTE_CHOKED,
    _F.OUTGOING_CONNECTION | _F.LOCAL_CONNECTION,
    _F.FROM_INCOMING,
    _F.SEED,
    _F.OPTIMISTIC_UNCHOKE,
    _F.SNUBBED,
    _F.UTP_SOCKET,
    _F.RC4_ENCRYPTED,
)
"""What each of those that `_flags` lists means."""


@lru_cache(maxsize=4096)
def _combined(said: tuple[bool, ...], state: int, source: str) -> PeerFlags:
    flags = _IN_STATE.get(state, _NOTHING) | _FROM.get(source, _NOTHING)
    for bit, is_so in zip(_BITS, said, strict=True):
        if is_so:
            flags |= bit
    return flags
