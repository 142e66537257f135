"""The rows and columns of the Torrents table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.torrent import Torrent
from app.locale import N_, _
from app.ui.columns import RIGHT, Column
from app.ui.delegates import Kind, Trail
from app.ui.format import NOTHING, count, decimal, percent, rate, size

TAKEN: Final = "taken"
TRAIL: Final = "trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class TorrentRow:
    """One torrent at one downloader."""

    downloader: str
    downloader_name: str
    torrent: Torrent
    peers: int
    judged: bool
    taken: int
    """Bytes that banned peers had from it before they were banned."""
    banned: int

    @property
    def key(self) -> tuple[str, str]:
        """Downloader and torrent."""
        return self.downloader, self.torrent.id


def torrent_columns(trail: Callable[[TorrentRow], Trail]) -> Sequence[Column[TorrentRow]]:
    """All of them; `trail` gives a torrent's last upload rates."""
    return (
        Column(
            key="torrent",
            title=N_("Torrent"),
            width=300,
            stretch=True,
            text=lambda row: row.torrent.name,
        ),
        _amount("size", N_("Size"), 84, lambda t: size(t.torrent.size), lambda t: t.torrent.size),
        _amount("ratio", N_("Ratio"), 64, lambda t: decimal(_ratio(t)), lambda t: _ratio(t) or 0),
        _amount("peers", N_("Peers"), 64, _peers, lambda t: t.peers),
        Column(
            key=TRAIL,
            title=N_("2 min"),
            width=96,
            kind=Kind.SPARK,
            text=lambda row: rate(row.torrent.upload_rate),
            value=trail,
            sort=lambda row: row.torrent.upload_rate,
            falling=True,
        ),
        _amount(
            "up",
            N_("Up"),
            88,
            lambda t: rate(t.torrent.upload_rate),
            lambda t: t.torrent.upload_rate,
            shown=False,
        ),
        _amount(
            "uploaded",
            N_("Uploaded"),
            92,
            lambda t: size(t.torrent.uploaded),
            lambda t: t.torrent.uploaded,
        ),
        _amount(TAKEN, N_("Taken before the ban"), 172, lambda t: size(t.taken), lambda t: t.taken),
        _amount("banned", N_("Banned"), 76, lambda t: count(t.banned or None), lambda t: t.banned),
        Column(
            key="downloader",
            title=N_("Downloader"),
            width=100,
            text=lambda row: row.downloader_name,
        ),
        *_more(),
    )


def _more() -> Sequence[Column[TorrentRow]]:
    return (
        Column(
            key="progress",
            title=N_("Progress"),
            width=128,
            kind=Kind.PROGRESS,
            text=lambda row: percent(row.torrent.progress),
            value=lambda row: (row.torrent.progress, None),
            sort=lambda row: row.torrent.progress,
            shown=False,
        ),
        Column(
            key="tags",
            title=N_("Tags"),
            width=120,
            text=lambda row: ", ".join(row.torrent.tags) or NOTHING,
            shown=False,
        ),
        Column(
            key="tracker",
            title=N_("Tracker"),
            width=180,
            text=lambda row: row.torrent.tracker or NOTHING,
            shown=False,
        ),
        Column(
            key="private",
            title=N_("Private"),
            width=90,
            text=lambda row: _("private") if row.torrent.private else NOTHING,
            shown=False,
        ),
        Column(
            key="hash",
            title=N_("Info hash"),
            width=300,
            text=lambda row: row.torrent.hash,
            shown=False,
        ),
    )


def _amount(
    key: str,
    title: str,
    width: int,
    text: Callable[[TorrentRow], str],
    sort: Callable[[TorrentRow], float],
    *,
    shown: bool = True,
) -> Column[TorrentRow]:
    return Column(
        key=key,
        title=title,
        width=width,
        text=text,
        sort=sort,
        align=RIGHT,
        falling=True,
        shown=shown,
    )


def _ratio(row: TorrentRow) -> float | None:
    whole = row.torrent.size
    return row.torrent.uploaded / whole if whole > 0 else None


def _peers(row: TorrentRow) -> str:
    return count(row.peers) if row.judged else _("private")
