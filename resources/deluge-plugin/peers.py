"""Peers of one torrent, as rows that take little room on their way."""

_MILLION = 1000000


def rows(handle):
    """All peers but web seeds and those whose connection does not stand yet."""
    return [_row(peer) for peer in handle.get_peer_info() if _is_shown(peer)]


def _is_shown(peer):
    return not peer.flags & peer.connecting and peer.connection_type == peer.standard_bittorrent


def _row(peer):
    """Flags and sources are libtorrent's bits; the peer id is 40 hex digits, progress in millionths."""
    client = peer.client
    return [
        peer.ip[0],
        peer.ip[1],
        str(peer.pid),
        client.decode("utf-8", "replace") if isinstance(client, bytes) else client,
        int(peer.progress * _MILLION),
        peer.total_upload,
        peer.total_download,
        peer.payload_up_speed,
        peer.payload_down_speed,
        int(peer.flags),
        int(peer.source),
    ]
