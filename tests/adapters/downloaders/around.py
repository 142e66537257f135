"""What adapters are given beside their settings, for tests."""

from __future__ import annotations

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Translation
from app.services.blocklists import Blocklists
from app.services.ports import Clock, Facts, Shelf
from tests.services.record_fakes import MemoryFacts


def surroundings(
    *,
    clock: Clock = lambda: 0,
    facts: Facts | None = None,
    shelf: Shelf | None = None,
    translation: Translation = Translation(),  # noqa: B008 - frozen
) -> Surroundings:
    """Facts in memory, a shelf that nobody serves, and a clock that stands."""
    return Surroundings(
        translation=translation,
        clock=clock,
        facts=facts or MemoryFacts(),
        shelf=shelf or Blocklists(),
    )
