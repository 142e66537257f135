"""What a rule is to the judge."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from app.domain.sighting import Sighting
from app.domain.verdict import Mode, Verdict


class IdentityRule(Protocol):
    """Answers the same for the same subject until the rule is replaced, so that its answer is remembered."""

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    def subject(self, sighting: Sighting) -> Hashable:
        """All that the answer depends on; never None.

        Made of the peer's address, port, id, client name and `handshaking`, and of what seldom changes about its
        torrent (hash, size, private, seeding, category, tags, tracker).
        """
        ...

    def judge(self, sighting: Sighting) -> Verdict: ...


class BehaviourRule(Protocol):
    """Judges what a peer does over time; keeps a memory of its own.

    It is asked whenever a peer changed, and then at `review_at` of its last answer. To be asked again about the same
    sighting changes nothing in its memory. A rule that is `off` is not asked.
    """

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    def judge(self, sighting: Sighting) -> Verdict: ...


Rule: TypeAlias = IdentityRule | BehaviourRule


@runtime_checkable
class WithPatterns(Protocol):
    """A rule with patterns of others, of which some may never end."""

    @property
    def given_up(self) -> tuple[str, ...]:
        """Patterns that took too long too often and match nothing any more."""
        ...


@runtime_checkable
class InBatches(Protocol):
    """A rule that looks up many peers at once for much less than one by one."""

    def look_up(self, sightings: Sequence[Sighting]) -> None:
        """Remember what `judge` will need for these; takes a few milliseconds at most for a few hundred."""
