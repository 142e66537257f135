"""The announce URLs of a torrent as the server takes them: written line by line, taken away by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import unquote

Tracked: TypeAlias = Mapping[str, int]
"""Tiers by URL."""


def added(standing: Tracked, urls: str) -> Tracked:
    """With those of `urls`, one a line, a blank line before each next tier; known ones stay where they are."""
    found, tier = dict(standing), 0
    for line in urls.split("\n"):
        if url := line.strip():
            found.setdefault(url, tier)
        else:
            tier += 1
    return found


def removed(standing: Tracked, urls: str, *, unquotes: bool) -> Tracked:
    """Without those of `urls`, joined by `|`; from 5.1.0 on they are percent-decoded (`unquotes`)."""
    gone = urls.split("|")
    if unquotes:
        gone = [unquote(url) for url in gone]
    return {url: tier for url, tier in standing.items() if url not in gone}
