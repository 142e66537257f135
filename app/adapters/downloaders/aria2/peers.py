"""Turns aria2's downloads and peers into our torrents and peers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from app.adapters.downloaders.address import read_address
from app.adapters.downloaders.announce import host_of
from app.adapters.downloaders.aria2.wire import BitTorrent, Download, PeerWire
from app.adapters.downloaders.estimates import Estimates
from app.domain.address import PeerAddress, Translation
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from app.domain.torrent import Torrent

_F: Final = PeerFlags
_NO_FLAGS: Final = PeerFlags(0)


def read_torrent(download: Download) -> Torrent:
    """A torrent; what aria2 has of it are whole pieces, but for one that it is about to finish."""
    size, completed = download.total_length, download.completed_length
    about = download.bittorrent or BitTorrent()
    tracker = next((url for tier in about.announce_list for url in tier), "")
    return Torrent(
        id=download.gid,
        hash=download.info_hash.lower(),
        name=about.info.name or f"[METADATA] {download.info_hash}",
        size=size,
        completed_size=completed,
        progress=min(1.0, completed / size) if size > 0 else 0.0,
        upload_rate=download.upload_speed,
        download_rate=download.download_speed,
        uploaded=download.upload_length,
        tracker=host_of(tracker),
    )


class PeerReader:
    """Of one downloader."""

    def __init__(self, translation: Translation, *, told: bool) -> None:
        """`told`: it is Aria2Next, which counts bytes and has flags."""
        self._translation = translation
        self._told = told
        self._estimates = Estimates()

    def read(self, wires: Iterable[PeerWire], download: Download, now: float) -> Iterator[Peer]:
        """The peers of `download` at `now`, in seconds, without those whose address nobody can read."""
        for wire in wires:
            address = read_address(wire.ip, wire.port, self._translation)
            if address is None:
                continue
            uploaded, downloaded = self._bytes(wire, download, address, now)
            peer_id = _id(wire.peer_id)
            yield Peer(
                address=address,
                peer_id=peer_id,
                client_name=wire.peer_client_name or None,
                progress=_progress(wire, download.num_pieces),
                uploaded=uploaded,
                downloaded=downloaded,
                estimated=not self._told,
                upload_rate=wire.upload_speed,
                download_rate=wire.download_speed,
                flags=_flags(wire) if self._told else None,
                handshaking=_is_handshaking(wire, peer_id),
            )

    def tidy(self, now: float) -> None:
        """Forget who has been gone for long; called with each sweep."""
        self._estimates.tidy(now)

    def _bytes(
        self, wire: PeerWire, download: Download, address: PeerAddress, now: float
    ) -> tuple[int, int]:
        """Sent to it, and had from it."""
        if self._told:
            return _known(wire.uploaded), _known(wire.downloaded)
        return self._estimates.add(
            (download.gid, address.raw),
            now,
            upload_rate=wire.upload_speed,
            download_rate=wire.download_speed,
        )


def _known(count: int | None) -> int:
    return -1 if count is None else count


def _progress(wire: PeerWire, pieces: int) -> float:
    if wire.progress is not None:
        return min(1.0, max(0.0, wire.progress))
    if wire.seeder:
        return 1.0
    try:
        held = int(wire.bitfield, 16).bit_count() if wire.bitfield else 0
    except ValueError:
        return 0.0
    return min(1.0, held / pieces) if pieces > 0 else 0.0


def _is_handshaking(wire: PeerWire, peer_id: str | None) -> bool:
    """As it says, or when nothing at all is known of the peer."""
    if wire.handshaking is not None:
        return wire.handshaking
    return peer_id is None and not wire.bitfield.strip("0")


def _flags(wire: PeerWire) -> PeerFlags:
    flags = _F.FROM_INCOMING if wire.incoming else _F.OUTGOING_CONNECTION | _F.LOCAL_CONNECTION
    for holds, flag in (
        (wire.am_interested, _F.INTERESTING),
        (wire.am_choking, _F.CHOKED),
        (wire.peer_interested, _F.REMOTE_INTERESTED),
        (wire.peer_choking, _F.REMOTE_CHOKED),
        (wire.handshaking, _F.HANDSHAKE),
        (wire.snubbed, _F.SNUBBED),
        (wire.optimistic_unchoke, _F.OPTIMISTIC_UNCHOKE),
        (wire.seeder, _F.SEED),
    ):
        flags |= flag if holds else _NO_FLAGS
    return flags


def _id(text: str) -> str | None:
    """All of it; bytes of zero alone are none."""
    found = unquote_to_bytes(text).decode("latin-1")
    return found if found.strip("\0") else None
