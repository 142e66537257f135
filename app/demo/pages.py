"""Ready-made answers: each torrent's members and peers, encoded anew only where they changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from app.demo.peer import PeerState
from app.demo.sync import changed_peer
from app.demo.torrent import SimTorrent
from app.demo.version import Version
from app.demo.wire import Json, torrent_members

encode: Final = msgspec.json.encode


class Page:
    """What the server has to say about one torrent."""

    def __init__(self, torrent: SimTorrent, version: Version) -> None:
        self._torrent = torrent
        self._version = version
        self._members_at = self._peers_at = -1
        self._members: Json = {}
        self._states: Mapping[str, PeerState] = {}
        self._cells: dict[str, tuple[PeerState, bytes]] = {}
        self._body = b""

    def members(self) -> Json:
        """The torrent's members; the same object until something changed. Do not write to it."""
        if self._members_at != self._torrent.revision:
            self._members_at = self._torrent.revision
            self._members = torrent_members(self._torrent, self._version)
        return self._members

    def peers(self) -> Mapping[str, PeerState]:
        """The peers as they are now; a later change makes another mapping."""
        self._follow()
        return self._states

    def all_peers(self, number: int) -> bytes:
        """The full answer of `sync/torrentPeers`."""
        self._follow()
        return b'{"full_update":true,"peers":{%b},"rid":%d,"show_flags":true}' % (
            self._body,
            number,
        )

    def changed_peers(self, number: int, base: Mapping[str, PeerState]) -> bytes:
        """The answer of `sync/torrentPeers` for a client that knows `base`."""
        now = self.peers()
        parts: list[bytes] = []
        for key, state in now.items():
            before = base.get(key)
            if before is None:
                parts.append(self._cells[key][1])
            elif before is not state and (difference := changed_peer(before, state)):
                parts.append(b"%b:%b" % (encode(key), encode(difference)))
        gone = [key for key in base if key not in now]
        answer = [b'"rid":%d' % number]
        if parts:
            answer.append(b'"peers":{%b}' % b",".join(parts))
        if gone:
            answer.append(b'"peers_removed":%b' % encode(gone))
        return b"{%b}" % b",".join(answer)

    def _follow(self) -> None:
        if self._peers_at == self._torrent.revision:
            return
        self._peers_at = self._torrent.revision
        cells: dict[str, tuple[PeerState, bytes]] = {}
        for key, state in self._torrent.peers.items():
            if state.i2p_dest is not msgspec.UNSET and not self._version.says_stopped:
                continue
            cell = self._cells.get(key)
            cells[key] = cell if cell and cell[0] is state else (state, self._cell(key, state))
        self._cells = cells
        self._states = {key: cell[0] for key, cell in cells.items()}
        self._body = b",".join([cell[1] for cell in cells.values()])

    def _cell(self, key: str, state: PeerState) -> bytes:
        members = encode(state)
        if self._version.lists_pieces:
            members = members[:-1] + b',"contribution":0.0,"host_name":""}'
        return b"%b:%b" % (encode(key), members)
