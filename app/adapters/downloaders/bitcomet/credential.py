"""Seals user name and password as BitComet wants them: a container of RNCryptor version 3."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Final

import msgspec

CLIENT_ID: Final = "78ec56a2-8d0c-31ca-a843-f49fc1f20153"
"""Name of this kind of client, and key of the container: it hides nothing from whoever reads along."""
_START: Final = b"\x03\x01"
"""Version 3, keys made from a password."""
_ROUNDS: Final = 10_000
_KEY: Final = 32
_SALT: Final = 8
_BLOCK: Final = 16


def credential(username: str, password: str) -> str:
    """What the log-in sends; takes some 10 ms, so callers make it in a thread."""
    text = msgspec.json.encode({"username": username, "password": password})
    return base64.b64encode(seal(text, CLIENT_ID)).decode()


def seal(
    text: bytes, password: str, *, draw: Callable[[int], bytes] = secrets.token_bytes
) -> bytes:
    """`text` in a container; `draw` makes the salts of its two keys and then its first block."""
    from Crypto.Cipher import AES
    from Crypto.Util.Padding import pad

    salts = draw(_SALT), draw(_SALT)
    start = draw(_BLOCK)
    key, seal_key = (
        hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, _KEY) for salt in salts
    )
    hidden = AES.new(key, AES.MODE_CBC, iv=start).encrypt(pad(text, _BLOCK))
    body = b"".join((_START, *salts, start, hidden))
    return body + hmac.digest(seal_key, body, "sha256")
