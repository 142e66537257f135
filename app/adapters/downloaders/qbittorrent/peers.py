"""Turns the peers of qBittorrent's answers into ours, anew only where something changed."""

from __future__ import annotations

import logging
import operator
from typing import Final

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.qbittorrent.wire import PeerWire
from app.domain.address import (
    Endpoint,
    InvalidAddress,
    PeerAddress,
    Translation,
    parse_ip,
    translate,
)
from app.domain.flags import parse_flags
from app.domain.peer import Peer

log = logging.getLogger(__name__)

_WEB_SEEDS: Final = ("web", "http", "https")
_ANONYMOUS: Final = (".onion", ".i2p")
_NO_CLIENT: Final = (None, "", "-")


class PeerTable:
    """The peers of one torrent as last reported."""

    __slots__ = ("_known", "_wires", "peers")

    def __init__(self) -> None:
        self.peers: tuple[Peer, ...] = ()
        """The very same tuple while nothing changes; equal peers stay the same object."""
        self._wires: dict[str, PeerWire] = {}
        self._known: dict[str, Peer] = {}

    async def update(
        self, wires: dict[str, PeerWire], translation: Translation, effort: Effort
    ) -> None:
        """Take over an answer as a whole; an interrupted call changes nothing."""
        if wires == self._wires:
            return
        kept: dict[str, PeerWire] = {}
        found: dict[str, Peer] = {}
        for key, wire in wires.items():
            if effort.due():
                await effort.rest()
            old_wire, old = self._wires.get(key), self._known.get(key)
            if old_wire == wire:
                kept[key] = old_wire
                if old is not None:
                    found[key] = old
                continue
            kept[key] = wire
            same_place = old_wire and (old_wire.ip, old_wire.port) == (wire.ip, wire.port)
            address = old.address if old and same_place else None
            if (peer := _read(key, wire, address, translation)) is not None:
                found[key] = old if peer == old else peer
        self._wires, self._known = kept, found
        peers = tuple(found.values())
        if len(peers) != len(self.peers) or not all(map(operator.is_, peers, self.peers)):
            self.peers = peers


def _read(
    key: str, wire: PeerWire, address: PeerAddress | None, translation: Translation
) -> Peer | None:
    """The peer of `wire`, None for what is no BitTorrent peer; `address` spares parsing it again."""
    ip = (wire.ip or "").strip()
    if not ip or (wire.connection or "").casefold() in _WEB_SEEDS:
        return None
    if any(mark in key for mark in _ANONYMOUS):
        return None
    try:
        address = address or translate(Endpoint(parse_ip(ip), wire.port), translation)
    except InvalidAddress:
        log.debug("peer with a malformed address left out: %r", key)
        return None
    return Peer(
        address=address,
        peer_id=wire.peer_id_client or None,
        client_name=wire.client or None,
        progress=wire.progress or 0.0,
        uploaded=wire.uploaded,
        downloaded=wire.downloaded,
        upload_rate=wire.up_speed,
        download_rate=wire.dl_speed,
        flags=parse_flags(wire.flags or ""),
        handshaking=_is_handshaking(wire),
        country=(wire.country_code or "").lower(),
    )


def _is_handshaking(wire: PeerWire) -> bool:
    """Whether it has not introduced itself yet.

    PBH calls every peer without a rate handshaking, and its rules overlook idle peers (reference/rules.md D-36).
    qBittorrent shows half-open connections, too, without id and name (seen with 4.5.2), so we can tell.
    """
    return (
        not wire.peer_id_client
        and wire.client in _NO_CLIENT
        and wire.uploaded <= 0
        and wire.downloaded <= 0
    )
