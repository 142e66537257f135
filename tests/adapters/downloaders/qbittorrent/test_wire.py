"""What an answer of qBittorrent changes about a torrent."""

from __future__ import annotations

from app.adapters.downloaders.qbittorrent.wire import TorrentChange, TorrentState


def test_a_change_can_name_every_member_of_a_torrent() -> None:
    assert TorrentChange.__struct_fields__ == TorrentState.__struct_fields__


def test_only_what_a_change_names_is_merged() -> None:
    state = TorrentState(name="a", upspeed=5, private=True)
    state.merge(TorrentChange(upspeed=7, tags="x, y"))
    assert state == TorrentState(name="a", upspeed=7, private=True, tags="x, y")


def test_counters_stir_and_names_do_not() -> None:
    state = TorrentState(uploaded=5, num_leechs=1)
    assert state.stirs(TorrentChange(uploaded=6))
    assert state.stirs(TorrentChange(num_leechs=0))
    assert not state.stirs(TorrentChange(uploaded=5, name="new"))
