"""What the versions of qBittorrent do differently (reference/downloaders.md 3 and 11.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEFAULT: Final = "5.3.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version; the flags say from which on something holds."""

    name: str
    webapi: str
    libtorrent: str
    qt: str
    speaks_status: bool
    """Since 5.2: a login answers 204 or 401 instead of words, and the cookie names the port."""
    has_api_key: bool
    """Since 5.2."""
    lists_pieces: bool
    """Since 5.2: `torrents/info` has piece_size and pieces_have."""
    lists_private: bool
    """Since 5.0: `torrents/info` has `private`."""
    says_stopped: bool
    """Since 5.0: stopped instead of paused."""
    tells_address: bool
    """Since 5.1: the addresses by which the internet knows it."""
    counts_on: bool
    """Not in 4.5.2: the numbers of `sync/maindata` go on through full answers."""
    takes_ranges: bool
    """Since 5.3: the ban list takes networks and ranges."""

    unquotes: bool
    """Since 5.1: `torrents/removeTrackers` percent-decodes what it is given."""

    def cookie(self, port: int) -> str:
        return f"QBT_SID_{port}" if self.speaks_status else "SID"

    @property
    def title(self) -> str:
        """Of the WebUI's page, by which a scan recognises it."""
        return "qBittorrent WebUI" if self.says_stopped else "qBittorrent Web UI"


def version(name: str) -> Version:
    """The behaviour of a version by its name; only those that were measured are known."""
    try:
        return _KNOWN[name]
    except KeyError:
        raise ValueError(f"no qBittorrent {name} here, only {', '.join(_KNOWN)}") from None


_KNOWN: Final = {
    each.name: each
    for each in (
        Version(
            name="4.5.2",
            webapi="2.8.19",
            libtorrent="2.0.8.0",
            qt="6.4.2",
            speaks_status=False,
            has_api_key=False,
            lists_pieces=False,
            lists_private=False,
            says_stopped=False,
            tells_address=False,
            counts_on=False,
            takes_ranges=False,
            unquotes=False,
        ),
        Version(
            name="5.1.0",
            webapi="2.11.4",
            libtorrent="2.0.11.0",
            qt="6.8.2",
            speaks_status=False,
            has_api_key=False,
            lists_pieces=False,
            lists_private=True,
            says_stopped=True,
            tells_address=True,
            counts_on=True,
            takes_ranges=False,
            unquotes=True,
        ),
        Version(
            name="5.3.0",
            webapi="2.16.2",
            libtorrent="2.0.12.0",
            qt="6.10.1",
            speaks_status=True,
            has_api_key=True,
            lists_pieces=True,
            lists_private=True,
            says_stopped=True,
            tells_address=True,
            counts_on=True,
            takes_ranges=True,
            unquotes=True,
        ),
    )
}
