"""What of an announce URL may be known outside of its downloader."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The host alone: announce URLs of private trackers carry the user's key. Empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
