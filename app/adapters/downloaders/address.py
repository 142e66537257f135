"""Reads the addresses of peers."""

from __future__ import annotations

import logging
from functools import lru_cache

from app.domain.address import (
    Endpoint,
    InvalidAddress,
    PeerAddress,
    Translation,
    parse_ip,
    translate,
)

log = logging.getLogger(__name__)


@lru_cache(
    maxsize=16_384
)  # to read one takes longer than all the rest of a peer, and the same come again and again
def read_address(ip: str, port: int, translation: Translation) -> PeerAddress | None:
    """None for one that nobody can read, whose peer is left out."""
    if not ip:
        return None
    try:
        return translate(Endpoint(parse_ip(ip), port), translation)
    except InvalidAddress:
        log.debug("peer with a malformed address left out: %r", ip)
        return None
