"""What aria2 says becomes torrents and peers; what it does not count is estimated."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.adapters.downloaders.aria2.peers import PeerReader, read_torrent
from app.adapters.downloaders.aria2.wire import Download, PeerWire
from app.domain.address import Translation
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from tests.adapters.downloaders.aria2.fake import PIECES, PLAIN, download, peer


def wired(row: dict[str, Any]) -> PeerWire:
    return msgspec.convert(row, PeerWire, strict=False)


def plain(ip: str, **changes: object) -> PeerWire:
    row = peer(ip, **changes)
    return wired({key: row[key] for key in PLAIN})


def torrent(**changes: Any) -> Download:  # noqa: ANN401 - of `download`
    return msgspec.convert(download(**changes), Download, strict=False)


def read(*wires: PeerWire, told: bool = True) -> list[Peer]:
    return list(PeerReader(Translation(), told=told).read(wires, torrent(), 0.0))


def test_a_torrent_is_read_from_its_texts() -> None:
    found = read_torrent(torrent(completedLength="1500000", uploadSpeed="5", uploadLength="9"))
    assert (found.name, found.size, found.completed_size) == ("A torrent", 3_000_000, 1_500_000)
    assert (found.progress, found.upload_rate, found.uploaded) == (0.5, 5, 9)
    assert found.tracker == "tracker.example"


def test_metadata_alone_has_no_name_and_no_size() -> None:
    found = read_torrent(torrent(bittorrent={}, totalLength="0", completedLength="0"))
    assert found.name.startswith("[METADATA] ")
    assert found.progress == 0.0


def test_aria2next_tells_all_of_a_peer() -> None:
    (found,) = read(wired(peer("36.110.0.1", uploaded="7", downloaded="8")))
    assert found.peer_id == "-qB4520-\xfe\0abcdefghij"
    assert (found.client_name, found.uploaded, found.downloaded) == ("qBittorrent/4.5.2", 7, 8)
    assert not found.estimated
    assert not found.handshaking
    assert found.progress == 1 / PIECES
    assert found.flags is not None
    for flag in (PeerFlags.REMOTE_CHOKED, PeerFlags.REMOTE_INTERESTED, PeerFlags.FROM_INCOMING):
        assert flag in found.flags
    for flag in (PeerFlags.CHOKED, PeerFlags.LOCAL_CONNECTION, PeerFlags.SNUBBED):
        assert flag not in found.flags


def test_what_aria2next_leaves_out_is_unknown() -> None:
    row = peer("36.110.0.1", incoming="false", handshaking="true")
    for name in ("uploaded", "downloaded", "progress"):
        del row[name]
    (found,) = read(wired(row))
    assert (found.uploaded, found.downloaded, found.progress) == (-1, -1, 1 / PIECES)
    assert found.handshaking
    assert found.flags is not None
    assert PeerFlags.OUTGOING_CONNECTION in found.flags


def test_aria2_counts_nothing_so_that_bytes_are_estimated() -> None:
    reader = PeerReader(Translation(), told=False)
    wire = plain("36.110.0.1", uploadSpeed="1000")
    (first,) = reader.read([wire], torrent(), 10.0)
    (second,) = reader.read([wire], torrent(), 15.0)
    assert (first.uploaded, second.uploaded) == (0, 5_000)
    assert second.estimated
    assert (second.client_name, second.flags) == (None, None)
    reader.tidy(1_000.0)
    (again,) = reader.read([wire], torrent(), 1_001.0)
    assert again.uploaded == 0


@pytest.mark.parametrize(
    ("bitfield", "seeder", "progress"),
    [
        ("8000000000000000", "false", 1 / PIECES),
        ("ffffffff00000000", "false", 0.5),
        ("", "false", 0.0),
        ("nonsense", "false", 0.0),
        ("", "true", 1.0),
    ],
)
def test_progress_is_counted_from_the_pieces(bitfield: str, seeder: str, progress: float) -> None:
    (found,) = read(plain("36.110.0.1", bitfield=bitfield, seeder=seeder), told=False)
    assert found.progress == progress


def test_one_of_whom_nothing_is_known_is_handshaking() -> None:
    unknown = plain("36.110.0.1", peerId="%00%00", bitfield="0000")
    known = plain("36.110.0.2", bitfield="0000")
    assert [found.handshaking for found in read(unknown, known, told=False)] == [True, False]


def test_nobody_without_an_address() -> None:
    rows = [plain(""), plain("here"), plain("::ffff:36.110.0.1")]
    assert [str(found.address.ip) for found in read(*rows, told=False)] == ["36.110.0.1"]
