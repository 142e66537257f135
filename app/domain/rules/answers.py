"""Remembers what a rule answered, by all that the answer depends on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Verdict

_MOST: Final = 20_000
"""Some 300 bytes each; more than most sessions have, and what was forgotten is found again."""


class Answers:
    """For rules about what many peers share, such as a client's name."""

    __slots__ = ("_judge", "_known")

    def __init__(self, judge: Callable[[Sighting], Verdict]) -> None:
        self._judge = judge
        self._known: dict[Hashable, Verdict] = {}

    def of(self, subjects: Sequence[Hashable], batch: Batch) -> list[Verdict]:
        """The answer about each of `batch`; those with the same subject share one.

        A subject is all that the answer of `judge` depends on.
        """
        known = self._known
        try:
            return list(map(known.__getitem__, subjects))
        except KeyError:
            self._learn(subjects, batch)
        return list(map(known.__getitem__, subjects))

    def _learn(self, subjects: Sequence[Hashable], batch: Batch) -> None:
        known = self._known
        if len(known) > _MOST:
            known.clear()
        for subject, sighting in zip(subjects, batch.sightings, strict=True):
            if subject not in known:
                known[subject] = self._judge(sighting)
