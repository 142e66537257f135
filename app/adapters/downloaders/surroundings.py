"""What every downloader's adapter is given beside its settings."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.address import Translation
from app.services.ports import Clock, Facts, Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The same for all downloaders."""

    translation: Translation
    """How addresses of peers are read."""
    clock: Clock
    facts: Facts
    """For what must survive a crash, such as how a torrent was before it was changed for a moment."""
    shelf: Shelf
    """For those that fetch their ban list from us."""
