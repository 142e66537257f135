"""Bans as a sweep makes them; no test library is loaded for them, so that writer.py starts at once."""

from __future__ import annotations

import json

from app.domain.address import Endpoint, PeerAddress, parse_prefix
from app.domain.ban import Ban, DownloaderRef
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Verdict

ONE = DownloaderRef(id="one", name="My qBittorrent", kind="qBittorrent")


def ban(
    prefix: str = "203.0.113.9",
    *,
    since: int = 1_000_000,
    until: int = 9_000_000,
    rule: str = "client-name-blacklist",
    torrent: str | None = "aa" * 20,
    disconnect: bool = False,
) -> Ban:
    block = parse_prefix(prefix)
    endpoint = Endpoint(block.network_address, 6881)
    passed = Verdict(rule="peer-id-blacklist", reason=Text("passed"))
    hit = Verdict(
        rule=rule, action=Action.BAN, duration=8_000_000, reason=Text("hit", {"name": "Xunlei"})
    )
    return Ban(
        prefix=block,
        since=since,
        until=until,
        verdict=hit,
        trace=(passed, hit),
        disconnect=disconnect,
        downloader=ONE,
        torrent=None if torrent is None else Torrent(id=torrent, hash=torrent, name="A film"),
        peer=Peer(
            address=PeerAddress(raw=endpoint, effective=endpoint),
            peer_id="-XL0012-",
            client_name="Xunlei 0.0.1",
            uploaded=5_000,
            flags=PeerFlags.INTERESTING | PeerFlags.REMOTE_CHOKED,
        ),
    )


def damaged_payload() -> str:
    """JSON that is no evidence."""
    return json.dumps({"trace": [{"rule": 5}], "decided": 0})
