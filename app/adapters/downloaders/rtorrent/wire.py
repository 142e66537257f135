"""What rTorrent says of torrents and peers, as lines of our own making: one text for each, told apart by bars.

`cat` joins the values of a row there. Each value by itself would be 60 bytes of XML, which takes rTorrent half as long
again to write and us six times as long to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from app.adapters.downloaders.announce import host_of
from app.adapters.downloaders.number import Whole
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch

R = TypeVar("R", bound="TorrentRow | PeerRow")

# What may hold a bar itself comes last.
_TORRENT: Final = (
    "hash",
    "size_bytes",
    "completed_bytes",
    "up.rate",
    "down.rate",
    "up.total",
    "is_private",
    "peers_connected",
    "custom1",
    "name",
)
_PEER: Final = (
    "id",
    "address",
    "port",
    "completed_percent",
    "up_total",
    "up_rate",
    "down_total",
    "down_rate",
    "client_version",
)


class TorrentRow(Struct, frozen=True, array_like=True, gc=False):
    """One torrent, its members in the order in which they are asked for."""

    hash: str
    size: Whole
    completed: Whole
    upload_rate: Whole
    download_rate: Whole
    uploaded: Whole
    private: Whole
    connected: Whole
    """Peers; only these are listed."""
    label: str
    """As ruTorrent writes it: percent-encoded."""
    name: str


class PeerRow(Struct, frozen=True, array_like=True, gc=False):
    """One connected peer, likewise."""

    id: str
    """40 hex digits."""
    address: str
    """IPv6 in brackets."""
    port: Whole
    percent: Whole
    uploaded: Whole
    upload_rate: Whole
    downloaded: Whole
    download_rate: Whole
    client: str
    """Read from the id; `Unknown` when it says nothing to rTorrent."""


def _joined(prefix: str, names: Iterable[str]) -> str:
    return "cat=" + ",|,".join(f"${prefix}.{name}=" for name in names)


TORRENTS: Final = ("", "main", _joined("d", _TORRENT))
"""Arguments of `d.multicall2`."""
CONNECTED: Final = ("", "main", _joined("d", ("hash", "peers_connected")))
"""Just these two."""
PEERS: Final = ("", _joined("p", _PEER))
"""Arguments of `p.multicall` behind the hash."""
TRACKERS: Final = ("", _joined("t", ("is_enabled", "url")))
"""Arguments of `t.multicall` behind the hash."""
ADDRESSES: Final = ("", _joined("p", ("id", "address")))
"""Just these two."""


def read_rows(value: object, kind: type[R]) -> Iterator[R]:
    """The rows of a multicall; raises ProtocolMismatch."""
    most = len(kind.__struct_fields__) - 1
    for line in read_lines(value):
        try:
            yield msgspec.convert(line.split("|", most), type=kind, strict=False)
        except msgspec.ValidationError as error:
            # Names the member and the types, never the value.
            raise _unexpected(str(error)) from error


def read_lines(value: object) -> Sequence[str]:
    """The one text of each row; raises ProtocolMismatch."""
    if not isinstance(value, list):
        raise _unexpected("no list")
    lines = [row[0] for row in value if isinstance(row, list) and len(row) == 1]
    if len(lines) != len(value) or not all(isinstance(line, str) for line in lines):
        raise _unexpected("rows")
    return lines


def _unexpected(reason: str) -> ProtocolMismatch:
    return ProtocolMismatch(Text("answer-unexpected", {"reason": reason}))


def read_tracker(value: object) -> str:
    """Host of the first tracker that is on; empty when there is none."""
    for line in read_lines(value):
        enabled, _, url = line.partition("|")
        if enabled == "1" and (host := host_of(url)):
            return host
    return ""
