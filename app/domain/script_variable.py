"""The variables that a user script can ask for by naming them as parameters of its `judge`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, Final

from app.domain.flags import PeerFlags, show_flags

_IPV4: Final = 4
"""Bytes of an IPv4 address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One value of a sighting as scripts see it: text, number, truth value or a list of texts."""

    name: str
    path: str
    """Where a sighting has it; read for every peer that changed, so it is a plain attribute wherever that will do."""
    show: Callable[[Any], Any] | None = None
    """Makes of it what a script gets; only for peers that are asked about."""
    timely: bool = False
    """Changes although nothing happens."""


@lru_cache(maxsize=16_384)
def _address(packed: bytes) -> str:
    if len(packed) == _IPV4:
        return ".".join(map(str, packed))
    return str(IPv6Address(packed))


def _text(text: str | None) -> str:
    return text or ""


def _flags(flags: PeerFlags | None) -> str:
    return "" if flags is None else show_flags(flags)


_ALL: Final = (
    # An address itself takes long to hash.
    Variable(name="peer_ip", path="peer.address.effective.ip.packed", show=_address),
    Variable(name="peer_port", path="peer.address.effective.port"),
    Variable(name="peer_id", path="peer.peer_id", show=_text),
    Variable(name="client_name", path="peer.client_name", show=_text),
    Variable(name="country", path="peer.country"),
    Variable(name="handshaking", path="peer.handshaking"),
    Variable(name="flags", path="peer.flags", show=_flags),
    Variable(name="peer_progress", path="peer.progress"),
    Variable(name="uploaded", path="peer.uploaded"),
    Variable(name="downloaded", path="peer.downloaded"),
    Variable(name="upload_rate", path="peer.upload_rate"),
    Variable(name="download_rate", path="peer.download_rate"),
    Variable(name="torrent_name", path="torrent.name"),
    Variable(name="torrent_hash", path="torrent.hash"),
    Variable(name="torrent_size", path="torrent.size"),
    Variable(name="torrent_progress", path="torrent.progress"),
    Variable(name="completed_size", path="torrent.completed_size"),
    Variable(name="private", path="torrent.private"),
    Variable(name="seeding", path="torrent.seeding"),
    Variable(name="category", path="torrent.category"),
    Variable(name="tags", path="torrent.tags", show=list),
    Variable(name="tracker", path="torrent.tracker"),
    Variable(name="downloader", path="downloader"),
    Variable(name="now", path="at", timely=True),
)
VARIABLES: Final = {variable.name: variable for variable in _ALL}
"""By name, in the order of the guide."""
