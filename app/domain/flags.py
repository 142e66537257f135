"""Peer flags: the bits of libtorrent and the letters that clients show them with (reference/downloaders.md 2)."""

from __future__ import annotations

from enum import Flag, auto
from functools import lru_cache
from typing import Final


class PeerFlags(Flag):
    """What a downloader says about one connection; source bits follow the state bits."""

    INTERESTING = auto()
    CHOKED = auto()
    REMOTE_INTERESTED = auto()
    REMOTE_CHOKED = auto()
    SUPPORTS_EXTENSIONS = auto()
    OUTGOING_CONNECTION = auto()
    LOCAL_CONNECTION = auto()
    HANDSHAKE = auto()
    CONNECTING = auto()
    ON_PAROLE = auto()
    SEED = auto()
    OPTIMISTIC_UNCHOKE = auto()
    SNUBBED = auto()
    UPLOAD_ONLY = auto()
    END_GAME_MODE = auto()
    HOLE_PUNCHED = auto()
    I2P_SOCKET = auto()
    UTP_SOCKET = auto()
    SSL_SOCKET = auto()
    RC4_ENCRYPTED = auto()
    PLAIN_TEXT_ENCRYPTED = auto()
    FROM_TRACKER = auto()
    FROM_DHT = auto()
    FROM_PEX = auto()
    FROM_LSD = auto()
    FROM_RESUME_DATA = auto()
    FROM_INCOMING = auto()


_F = PeerFlags
_START: Final = _F.CHOKED | _F.REMOTE_CHOKED | _F.LOCAL_CONNECTION
_NOTHING: Final = _F(0)
# letter: (bits set, bits cleared)
_LETTERS: Final = {
    "d": (_F.INTERESTING | _F.REMOTE_CHOKED, _NOTHING),
    "D": (_F.INTERESTING, _F.REMOTE_CHOKED),
    "u": (_F.REMOTE_INTERESTED | _F.CHOKED, _NOTHING),
    "U": (_F.REMOTE_INTERESTED, _F.CHOKED),
    "K": (_NOTHING, _F.REMOTE_CHOKED | _F.INTERESTING),
    "?": (_NOTHING, _F.CHOKED | _F.REMOTE_INTERESTED),
    "O": (_F.OPTIMISTIC_UNCHOKE, _NOTHING),
    "S": (_F.SNUBBED, _NOTHING),
    "I": (_NOTHING, _F.LOCAL_CONNECTION),
    "H": (_F.FROM_DHT, _NOTHING),
    "X": (_F.FROM_PEX, _NOTHING),
    "L": (_F.FROM_LSD, _NOTHING),
    "E": (_F.RC4_ENCRYPTED, _NOTHING),
    "e": (_F.PLAIN_TEXT_ENCRYPTED, _NOTHING),
    "P": (_F.UTP_SOCKET, _NOTHING),
    "T": (_F.UTP_SOCKET, _NOTHING),  # Transmission's letter for uTP
}


@lru_cache(maxsize=4096)
def parse_flags(letters: str) -> PeerFlags:
    """Read the letters of qBittorrent or Transmission; blanks and unknown letters are ignored."""
    flags = _START
    for letter in letters:
        if letter in _LETTERS:
            on, off = _LETTERS[letter]
            flags = (flags | on) & ~off
    return flags


@lru_cache(maxsize=4096)
def show_flags(flags: PeerFlags) -> str:
    """The letters in PBH's canonical order, one blank between them."""
    letters = []
    if _F.INTERESTING in flags:
        letters.append("d" if _F.REMOTE_CHOKED in flags else "D")
    if _F.REMOTE_INTERESTED in flags:
        letters.append("u" if _F.CHOKED in flags else "U")
    if not flags & (_F.REMOTE_CHOKED | _F.INTERESTING):
        letters.append("K")
    if not flags & (_F.CHOKED | _F.REMOTE_INTERESTED):
        letters.append("?")
    letters += [
        letter
        for letter, shown in (
            ("O", _F.OPTIMISTIC_UNCHOKE in flags),
            ("S", _F.SNUBBED in flags),
            ("I", _F.LOCAL_CONNECTION not in flags),
            ("H", _F.FROM_DHT in flags),
            ("X", _F.FROM_PEX in flags),
            ("L", _F.FROM_LSD in flags),
            ("E", _F.RC4_ENCRYPTED in flags),
            ("e", _F.PLAIN_TEXT_ENCRYPTED in flags),
            ("P", _F.UTP_SOCKET in flags),
        )
        if shown
    ]
    return " ".join(letters)
