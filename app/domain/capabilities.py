"""What one downloader can do and tell, as its adapter declares it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from app.domain.address import MAPPED, Prefix, is_single


class Need(StrEnum):
    """What a rule may go by and not every downloader tells; each is a member of `Capabilities`."""

    PEER_IDS = "peer_ids"
    CLIENT_NAMES = "client_names"
    COUNTERS = "counters"
    PROGRESS = "progress"
    FLAGS = "flags"


class Capabilities(Struct, frozen=True, kw_only=True):
    """Of one kind and version; the defaults are those of a client that can do everything."""

    bans: bool = True
    """Whether it can ban at all; one that cannot is watched only."""
    ipv4: bool = True
    """Whether it bans IPv4 addresses; `ipv6` likewise."""
    ipv6: bool = True
    prefixes: bool = True
    """Whether its ban list takes blocks, not only single addresses."""
    mapped: bool = True
    """Whether its ban list takes IPv4-mapped IPv6 entries (`::ffff:…`)."""
    unbans: bool = True
    """Whether one entry can be taken off again while it runs."""
    lasting: bool = True
    """Whether its ban list outlives its restart."""
    peer_ids: bool = True
    client_names: bool = True
    counters: bool = True
    """Whether it counts the bytes of each peer; without, they are estimated from rates (`Peer.estimated`)."""
    progress: bool = True
    """Whether it says how much of a torrent each peer has."""
    flags: bool = True
    privacy: bool = True
    """Whether it says which torrents are private."""
    totals: bool = True
    """Whether it counts its traffic over its whole life."""
    upload_limit: bool = True
    """Whether its upload can be limited from outside; `trackers` and `listen_port`: whether these can be changed."""
    trackers: bool = True
    listen_port: bool = True
    labels: bool = True
    """Whether torrents have categories or tags."""

    def tells(self, need: Need) -> bool:
        """Whether it says this of its peers."""
        return bool(getattr(self, need.value))

    @property
    def tells_all(self) -> bool:
        """Whether no rule misses anything here."""
        return all(map(self.tells, Need))

    def takes(self, entry: Prefix) -> bool:
        """Whether `entry` may stand in its ban list."""
        if not self.bans or not (self.ipv4 if entry.version == 4 else self.ipv6):  # noqa: PLR2004 - IP version
            return False
        if not self.prefixes and not is_single(entry):
            return False
        return self.mapped or entry.version == 4 or not entry.subnet_of(MAPPED)  # noqa: PLR2004 - IP version


class Source(Struct, frozen=True, kw_only=True):
    """The downloader that a peer was seen at, as far as rules must know it."""

    label: str
    """Product and version as users say them, such as `Transmission 3.00`."""
    capabilities: Capabilities = Capabilities()
