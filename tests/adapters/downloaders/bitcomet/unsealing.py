"""Opens a sealed credential, as BitComet does at a log-in."""

from __future__ import annotations

import hashlib
import hmac

from Crypto.Cipher import AES
from Crypto.Util.Padding import unpad


class BadSeal(Exception):
    """It was changed on its way, or sealed with another password."""


def unseal(container: bytes, password: str) -> bytes:
    """The text inside; raises BadSeal."""
    body, seal = container[:-32], container[-32:]
    start, encryption_salt, seal_salt, first = body[:2], body[2:10], body[10:18], body[18:34]
    seal_key = hashlib.pbkdf2_hmac("sha1", password.encode(), seal_salt, 10_000, 32)
    if start != b"\x03\x01" or not hmac.compare_digest(
        seal, hmac.new(seal_key, body, hashlib.sha256).digest()
    ):
        raise BadSeal
    key = hashlib.pbkdf2_hmac("sha1", password.encode(), encryption_salt, 10_000, 32)
    return unpad(AES.new(key, AES.MODE_CBC, iv=first).decrypt(body[34:]), AES.block_size)
