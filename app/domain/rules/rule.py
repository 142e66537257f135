"""What a rule is to the judge."""

from __future__ import annotations

from typing import Protocol, TypeAlias, runtime_checkable

from app.domain.capabilities import Need
from app.domain.sighting import Batch
from app.domain.verdict import Mode, Verdict


class Rule(Protocol):
    """Looks at peers and says what it thinks of each.

    Peers are judged a few hundred at a time, and for most of them a rule has the same few answers: such an answer is
    made once, and what it takes to find it is done for all peers together. A rule that is `off` is not asked.
    """

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The answer about each, in order."""
        ...


class IdentityRule(Rule, Protocol):
    """Judges who a peer is; asked once, and again when that or the rules changed.

    Its answer depends on nothing but the peer's address, port, id, client name and `handshaking`, and what seldom
    changes about its torrent (hash, size, private, seeding, category, tags, tracker).
    """


class BehaviourRule(Rule, Protocol):
    """Judges what a peer does over time; keeps a memory of its own.

    It is asked whenever a peer changed, and then at `review_at` of its last answer. To be asked again about the same
    sighting changes nothing in its memory.
    """


@runtime_checkable
class WithPatterns(Protocol):
    """A rule with patterns of others, of which some may never end."""

    @property
    def given_up(self) -> tuple[str, ...]:
        """Patterns that took too long too often and match nothing any more."""
        ...


Needs: TypeAlias = tuple[tuple[Need, ...], ...]
"""Groups: of each, one must be there."""


@runtime_checkable
class WithNeeds(Protocol):
    """A rule that goes by what not every downloader tells; see `app.domain.rules.missing`."""

    @property
    def needs(self) -> Needs: ...
