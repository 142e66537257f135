"""One torrent as a downloader reported it."""

from __future__ import annotations

from msgspec import Struct


class Torrent(Struct, frozen=True, kw_only=True, gc=False):
    """A torrent at one instant; sizes in bytes, rates in bytes per second."""

    id: str
    """Key inside its downloader, opaque."""
    hash: str
    name: str
    size: int = 0
    """All of the content, unselected files included."""
    completed_size: int = -1
    """Bytes we hold, the most a peer can have from us; -1 when unknown."""
    progress: float = 0.0
    upload_rate: int = 0
    download_rate: int = 0
    uploaded: int = 0
    """Bytes sent in all, over the torrent's life; 0 when the downloader does not say."""
    private: bool = False
    category: str = ""
    tags: tuple[str, ...] = ()
    tracker: str = ""

    @property
    def seeding(self) -> bool:
        """Whether we have all of it."""
        return self.progress >= 1.0


def same_kind(one: Torrent, other: Torrent) -> bool:
    """Whether rules see no difference but in what moves all the time."""
    return one is other or (
        one.seeding == other.seeding
        and one.size == other.size
        and one.private == other.private
        and one.category == other.category
        and one.tags == other.tags
        and one.tracker == other.tracker
    )
