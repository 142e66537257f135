"""Peers, torrents and bans for tests, with everything that does not matter filled in."""

from __future__ import annotations

from app.domain.address import Endpoint, PeerAddress, Translation, parse_ip, parse_prefix, translate
from app.domain.ban import Ban
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict

UBUNTU = Torrent(id="aa" * 20, hash="aa" * 20, name="ubuntu.iso", size=4_000_000_000, progress=1.0)


def address(
    ip: str,
    port: int = 6881,
) -> PeerAddress:
    return translate(Endpoint(parse_ip(ip), port), Translation())


def peer(  # noqa: PLR0913 - everything has a default
    ip: str = "203.0.113.9",
    port: int = 6881,
    *,
    peer_id: str | None = "-qB4650-",
    client_name: str | None = "qBittorrent/4.6.5",
    handshaking: bool = False,
    upload_rate: int = 0,
    uploaded: int = 0,
) -> Peer:
    return Peer(
        address=address(ip, port),
        peer_id=peer_id,
        client_name=client_name,
        handshaking=handshaking,
        upload_rate=upload_rate,
        uploaded=uploaded,
        downloaded=0,
    )


def verdict(rule: str, action: Action, duration: int = 0, mode: Mode = Mode.ENFORCE) -> Verdict:
    return Verdict(rule=rule, action=action, duration=duration, mode=mode, reason=Text("pass"))


def ban(
    prefix: str,
    *,
    since: int = 1_000,
    until: int = 10_000_000,
    raw: str | None = None,
    disconnect: bool = False,
) -> Ban:
    return Ban(
        prefix=parse_prefix(prefix),
        since=since,
        until=until,
        raw=parse_ip(raw) if raw else None,
        disconnect=disconnect,
        verdict=verdict("peer-id-blacklist", Action.BAN),
    )
