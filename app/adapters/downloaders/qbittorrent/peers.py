"""Turns the peers of qBittorrent's answers into ours, anew only where something changed."""

from __future__ import annotations

import logging
import operator
from functools import lru_cache
from itertools import compress
from typing import Final

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.qbittorrent.wire import PeerWire
from app.domain.address import (
    Endpoint,
    InvalidAddress,
    Translation,
    parse_ip,
    translate,
)
from app.domain.flags import parse_flags
from app.domain.peer import Peer

log = logging.getLogger(__name__)

_WEB_SEEDS: Final = ("web", "http", "https")
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
        """Take over an answer as a whole, and `wires` with it; an interrupted call changes nothing."""
        before = self._wires
        # Most are equal, so they are compared in C: a tenth of a loop over them.
        olds = list(map(before.get, wires))
        same = list(map(operator.eq, olds, wires.values()))
        changed = dict(compress(zip(wires, olds, strict=True), map(operator.not_, same)))
        # Those that stay have texts which they share with their peers already.
        wires.update(compress(zip(wires, olds, strict=True), same))  # type: ignore[arg-type]  # none is None
        gone = before.keys() - wires.keys()
        if not changed and not gone:
            return
        known = self._known.copy()
        for key in gone:
            known.pop(key, None)
        for key, old in changed.items():
            if effort.due():
                await effort.rest()
            _share_texts(wires[key])
            peer = _read(key, wires[key], old, known.pop(key, None), translation)
            if peer is not None:
                known[key] = peer
        peers = tuple([peer for peer in map(known.get, wires) if peer is not None])
        self._wires, self._known = wires, known
        if len(peers) != len(self.peers) or not all(map(operator.is_, peers, self.peers)):
            self.peers = peers


@lru_cache(maxsize=4096)
def _same(text: str) -> str:
    """The object first seen with this value."""
    return text


def _share_texts(wire: PeerWire) -> None:
    """Keep what thousands of peers have in common once: 250 bytes less for each."""
    for name in ("client", "peer_id_client", "connection", "country_code", "flags"):
        text = getattr(wire, name)
        if text is not None:
            setattr(wire, name, _same(text))


def _read(
    key: str, wire: PeerWire, old_wire: PeerWire | None, old: Peer | None, translation: Translation
) -> Peer | None:
    """The peer of `wire`, `old` itself if it still fits; None for what is no BitTorrent peer, or banned already."""
    ip = (wire.ip or "").strip()
    if (
        not ip
        or wire.shadowbanned
        or (wire.connection or "").casefold() in _WEB_SEEDS
        or ".onion" in key
        or ".i2p" in key
    ):
        return None
    try:
        if old and old_wire and (old_wire.ip, old_wire.port) == (wire.ip, wire.port):
            address = old.address
        else:
            address = translate(Endpoint(parse_ip(ip), wire.port), translation)
    except InvalidAddress:
        log.debug("peer with a malformed address left out: %r", key)
        return None
    peer = Peer(
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
    return old if peer == old else peer


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
