"""Remembers what a rule answered, by all that the answer depends on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Verdict

_MOST: Final = 20_000
"""Some 300 bytes each; more than most sessions have, and what was forgotten is found again."""


class Answers:
    """For rules about what many peers share, such as a client's name."""

    __slots__ = ("_judge", "_known", "_subject")

    def __init__(
        self,
        subject: Callable[[Sighting], Hashable],
        judge: Callable[[Sighting], Verdict],
    ) -> None:
        """`subject` is all that the answer of `judge` depends on."""
        self._subject, self._judge = subject, judge
        self._known: dict[Hashable, Verdict] = {}

    def of(self, batch: Batch) -> list[Verdict]:
        """The answer about each; peers with the same subject share one."""
        subjects = list(map(self._subject, batch.sightings))
        known = self._known
        if len(known) > _MOST:
            known.clear()
        for subject, sighting in zip(subjects, batch.sightings, strict=True):
            if subject not in known:
                known[subject] = self._judge(sighting)
        return [known[subject] for subject in subjects]
