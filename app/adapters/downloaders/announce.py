"""What of a URL with a secret in it, such as an announce URL, may be known outside of its downloader."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The host alone: announce URLs of private trackers carry the user's key. Empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def server_of(url: str) -> str:
    """Where it leads, without a path or a password: `http://name:80`. Empty for what is no URL."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    except ValueError:
        return ""
