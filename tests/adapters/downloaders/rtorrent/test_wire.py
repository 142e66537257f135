"""Rows are read from the one text that stands for each."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.rtorrent.wire import PEERS, TORRENTS, PeerRow, TorrentRow, read_rows
from app.services.errors import ProtocolMismatch


def test_a_name_may_hold_what_tells_values_apart() -> None:
    (row,) = read_rows([["AB|10|5|1|2|3|1|4|Linux%20ISOs|a|b, c"]], TorrentRow)
    assert (row.hash, row.size, row.private, row.connected) == ("AB", 10, 1, 4)
    assert (row.label, row.name) == ("Linux%20ISOs", "a|b, c")


def test_a_peer_is_read() -> None:
    (row,) = read_rows([["2D|[::1]|6881|50|1|2|3|4|Some client"]], PeerRow)
    assert row == PeerRow("2D", "[::1]", 6881, 50, 1, 2, 3, 4, "Some client")


@pytest.mark.parametrize(
    "value", ["text", [["AB|1"]], [["a", "b"]], [[5]], ["x"], [["AB|x|5|1|2|3|1|4|l|n"]]]
)
def test_other_shapes_are_a_wrong_answer(value: object) -> None:
    with pytest.raises(ProtocolMismatch):
        list(read_rows(value, TorrentRow))


def test_as_many_values_are_asked_for_as_are_read() -> None:
    assert TORRENTS[-1].count("$") == len(TorrentRow.__struct_fields__)
    assert PEERS[-1].count("$") == len(PeerRow.__struct_fields__)
