"""Turns the peers of qBittorrent's answers into ours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from app.adapters.downloaders.address import read_address
from app.adapters.downloaders.qbittorrent.wire import PeerWire
from app.domain.address import Translation
from app.domain.flags import parse_flags
from app.domain.peer import Peer

_WEB_SEEDS: Final = ("web", "http", "https")
_ANONYMOUS: Final = (".onion", ".i2p")
_NO_CLIENT: Final = (None, "", "-")


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


def read_peer(wire: PeerWire, translation: Translation) -> Peer | None:
    """None for what is no BitTorrent peer, or banned already."""
    ip = (wire.ip or "").strip()
    if (
        wire.shadowbanned
        or (wire.connection or "").casefold() in _WEB_SEEDS
        or ip.endswith(_ANONYMOUS)
        or (address := read_address(ip, wire.port, translation)) is None
    ):
        return None
    _share_texts(wire)
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
