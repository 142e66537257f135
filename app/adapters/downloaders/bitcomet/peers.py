"""Turns what BitComet says of a peer into ours."""

from __future__ import annotations

import logging
import re
from typing import Final

from app.adapters.downloaders.bitcomet.wire import PeerWire
from app.adapters.downloaders.peer_id import read_peer_id
from app.domain.address import Endpoint, InvalidAddress, Translation, parse_ip, translate
from app.domain.peer import Peer

log = logging.getLogger(__name__)

_PORT: Final = re.compile(r"[0-9]{1,5}")
CONNECTED: Final = ("peers_connected", "ltseeds_connected")
"""The groups of peers that have a connection; seeds of its own long-time seeding are the second."""


def key_of(wire: PeerWire) -> str:
    """What tells the peers of one task apart."""
    return f"{wire.ip} {wire.remote_port}"


def read_peer(wire: PeerWire, translation: Translation) -> Peer | None:
    """None for whom we cannot place, and for one that has no connection."""
    if wire.group not in CONNECTED:
        return None
    try:
        raw = read_endpoint(wire.ip or "", wire.remote_port or 0)
    except InvalidAddress:
        log.debug("peer with a malformed address left out: %r", wire.ip)
        return None
    peer_id, client = read_peer_id(wire.peer_id or ""), wire.client_type or None
    uploaded, downloaded = _known(wire.up_size), _known(wire.dl_size)
    return Peer(
        address=translate(raw, translation),
        peer_id=peer_id,
        client_name=client,
        progress=(wire.permillage or 0) / 1000,
        uploaded=uploaded,
        downloaded=downloaded,
        upload_rate=wire.up_rate or 0,
        download_rate=wire.dl_rate or 0,
        # It does not say; a peer of which nothing at all is known has not introduced itself.
        handshaking=not (peer_id or client or uploaded > 0 or downloaded > 0),
    )


def read_endpoint(text: str, port: int) -> Endpoint:
    """Of `address`, `address:port` or `[address]:port`; `port` is for those without. Raises InvalidAddress."""
    bare = text.strip()
    try:
        return Endpoint(parse_ip(bare), port)
    except InvalidAddress:
        host, _, digits = bare.rpartition(":")
        if not _PORT.fullmatch(digits):
            raise
        return Endpoint(parse_ip(host), int(digits))


def _known(size: int | None) -> int:
    return -1 if size is None else size
