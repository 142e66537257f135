"""Transmission's version, and what depends on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.capabilities import Capabilities
from app.domain.reason import Text

_SHAPE: Final = re.compile(r"(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:-?beta\.?(\d{1,6}))?[^ ]{0,40}")
LEAST: Final = "3.00"
_FINAL: Final = 1_000_000
"""Stands for the release itself among its betas."""


@dataclass(frozen=True, slots=True)
class Version:
    """Such as `3.00 (bb6b5a062e)` or `4.1.0-beta.2 (9d6bd6ac0f)`."""

    text: str
    """Without what stands in parentheses."""
    numbers: tuple[int, int, int, int]
    """The last one is the number of a beta."""

    def __str__(self) -> str:
        return self.text

    @property
    def is_supported(self) -> bool:
        """Whether its RPC has all that we need; answers as tables came with 3.00."""
        return self.numbers >= (3, 0, 0, 0)

    @property
    def has_tracker_list(self) -> bool:
        """Whether trackers are written as one text, tier by tier; 3.00 answers the number 0 to the field."""
        return self.numbers >= (4, 0, 0, 0)

    @property
    def drops_banned(self) -> bool:
        """Whether peers on a new list are disconnected; older ones only refuse them when they come anew."""
        return self.numbers >= (4, 1, 0, 2)

    @property
    def capabilities(self) -> Capabilities:
        """What it can do and tell. It knows mapped addresses as IPv4 only."""
        tells_all = self.numbers >= (4, 1, 0, 4)
        return Capabilities(
            ipv6=self.numbers >= (4, 0, 0, 0),
            mapped=False,
            peer_ids=tells_all,
            counters=tells_all,
        )

    @property
    def advice(self) -> Text | None:
        """What a newer version would do better."""
        if self.drops_banned:
            return None
        key = "transmission-kicks" if self.capabilities.ipv6 else "transmission-kicks-ipv4"
        return Text(key, {"version": self.text})


def parse_version(text: str) -> Version | None:
    """Read what `session-get` calls the version; None when it is none."""
    bare = text.partition("(")[0].strip()
    found = _SHAPE.fullmatch(bare)
    if found is None:
        return None
    major, minor, patch, beta = found.groups()
    return Version(bare, (int(major), int(minor), int(patch or 0), int(beta) if beta else _FINAL))
