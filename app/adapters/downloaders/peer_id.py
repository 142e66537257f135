"""Reads the ids of peers."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def read_peer_id(digits: str) -> str | None:
    """Of two hexadecimal digits for each byte, all of them; None for what is no id."""
    try:
        return bytes.fromhex(digits).decode("latin-1") or None
    except ValueError:
        return None
