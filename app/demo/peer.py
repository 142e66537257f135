"""One peer as the simulated server reports it; the members carry qBittorrent's own names."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address
from typing import Final, TypedDict

import msgspec
from typing_extensions import Unpack

from app.demo.address import COUNTRIES, country, text
from app.demo.cast import Client
from app.domain.address import IPAddress

_MEANING: Final = {
    "D": "interested (local) and unchoked (peer)",
    "d": "interested (local) and choked (peer)",
    "U": "interested (peer) and unchoked (local)",
    "u": "interested (peer) and choked (local)",
    "K": "not interested (local) and unchoked (peer)",
    "?": "not interested (peer) and unchoked (local)",
    "I": "incoming connection",
    "H": "peer from DHT",
    "X": "peer from PEX",
    "E": "encrypted traffic",
    "e": "encrypted handshake",
    "P": "μTP",
}


class Manner(TypedDict):
    """How a peer presents itself; the rest of a Face follows from its address."""

    client: Client
    connection: str
    files: str
    moving: str
    resting: str


class PeerState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A connected peer at one instant; an unchanged peer stays the same object."""

    client: str
    connection: str
    country: str
    country_code: str
    dl_speed: int
    downloaded: int
    files: str
    flags: str
    flags_desc: str
    ip: str | msgspec.UnsetType = msgspec.UNSET
    peer_id_client: str
    port: int | msgspec.UnsetType = msgspec.UNSET
    progress: float
    relevance: float
    up_speed: int
    uploaded: int
    i2p_dest: str | msgspec.UnsetType = msgspec.UNSET


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """What does not change about a peer while it is connected."""

    key: str
    """Its key in the server's answer: `a.b.c.d:port`, `[v6]:port`, or an I2P name."""
    ip: IPAddress | None
    shown_ip: str | msgspec.UnsetType
    shown_port: int | msgspec.UnsetType
    i2p_dest: str | msgspec.UnsetType
    country_code: str
    client: Client
    connection: str
    files: str
    moving: str
    """Flags while it transfers."""
    resting: str
    """Flags while it does not."""

    def state(
        self, *, progress: float, uploaded: int, downloaded: int, up_speed: int, dl_speed: int
    ) -> PeerState:
        """The peer as reported with these figures."""
        flags = self.moving if up_speed or dl_speed else self.resting
        return PeerState(
            client=self.client.name,
            connection=self.connection,
            country=COUNTRIES.get(self.country_code, ""),
            country_code=self.country_code,
            dl_speed=dl_speed,
            downloaded=downloaded,
            files=self.files,
            flags=flags,
            flags_desc=_describe(flags),
            ip=self.shown_ip,
            peer_id_client=self.client.peer_id,
            port=self.shown_port,
            progress=progress,
            relevance=1.0 if dl_speed else 0.0,
            up_speed=up_speed,
            uploaded=uploaded,
            i2p_dest=self.i2p_dest,
        )


def known_by_address(ip: IPAddress, port: int, **rest: Unpack[Manner]) -> Face:
    """A peer on the internet."""
    shown = text(ip)
    return Face(
        key=f"{shown}:{port}" if isinstance(ip, IPv4Address) else f"[{shown}]:{port}",
        ip=ip,
        shown_ip=shown,
        shown_port=port,
        i2p_dest=msgspec.UNSET,
        country_code=country(ip),
        **rest,
    )


def known_by_name(name: str, **rest: Unpack[Manner]) -> Face:
    """A peer behind I2P: it has a name there, and neither address nor port."""
    return Face(
        key=name,
        ip=None,
        shown_ip=msgspec.UNSET,
        shown_port=msgspec.UNSET,
        i2p_dest=name,
        country_code="",
        **rest,
    )


@lru_cache(maxsize=256)
def _describe(flags: str) -> str:
    return "\n".join(f"{flag} = {_MEANING[flag]}" for flag in flags.split())
