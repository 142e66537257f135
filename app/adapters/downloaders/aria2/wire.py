"""The shapes of aria2's answers: only the members that we use. Numbers and booleans come as texts."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from app.adapters.downloaders.number import Fraction, Whole

TORRENT_KEYS: Final = (
    "gid",
    "infoHash",
    "totalLength",
    "completedLength",
    "uploadLength",
    "downloadSpeed",
    "uploadSpeed",
    "numPieces",
    "connections",
    "followedBy",
    "bittorrent",
)
"""What is asked for; all of a torrent's files would be in the answer otherwise."""


class Version(Struct, frozen=True):
    """`aria2.getVersion`."""

    version: str = ""
    product: str = ""
    """`aria2-next`, from 2.5 on; aria2 itself says nothing."""


class SessionInfo(Struct, frozen=True):
    """`aria2.getSessionInfo`."""

    session_id: str = field(name="sessionId")
    """Another one after each start."""


class Info(Struct, frozen=True):
    """Of a torrent's metadata."""

    name: str = ""


class BitTorrent(Struct, rename="camel", frozen=True):
    """What only torrents have."""

    info: Info = Info()
    announce_list: list[list[str]] = []


class Download(Struct, rename="camel", gc=False):
    """One of `aria2.tellActive`, `tellWaiting` and `tellStopped`."""

    gid: str
    info_hash: str = ""
    total_length: Whole = 0
    completed_length: Whole = 0
    upload_length: Whole = 0
    download_speed: Whole = 0
    upload_speed: Whole = 0
    num_pieces: Whole = 0
    connections: Whole = 0
    followed_by: list[str] = []
    """What came out of it: the torrent of which this was the metadata."""
    bittorrent: BitTorrent | None = None


class PeerWire(Struct, rename="camel", gc=False):
    """One of `aria2.getPeers`; Aria2Next alone tells what may be None."""

    ip: str = ""
    port: Whole = 0
    peer_id: str = ""
    """Percent-encoded."""
    bitfield: str = ""
    """Hex digits, the highest bit for the first piece."""
    am_choking: bool = False
    peer_choking: bool = False
    upload_speed: Whole = 0
    download_speed: Whole = 0
    seeder: bool = False
    peer_client_name: str | None = None
    uploaded: Whole | None = None
    downloaded: Whole | None = None
    progress: Fraction | None = None
    am_interested: bool = False
    peer_interested: bool = False
    incoming: bool = False
    snubbed: bool = False
    optimistic_unchoke: bool = False
    handshaking: bool | None = None


class GlobalOptions(Struct, rename="kebab", frozen=True):
    """`aria2.getGlobalOption`."""

    max_overall_upload_limit: Whole = 0
    """Bytes per second, 0 for none."""
    listen_port: str = ""
    """One, or several such as `6881-6999,7001`."""


class Blocked(Struct, frozen=True):
    """`aria2.setBtPeerBlocklist`."""

    rule_count: Whole | None = field(name="ruleCount", default=None)
