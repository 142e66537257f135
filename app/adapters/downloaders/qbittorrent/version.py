"""qBittorrent's version, and what depends on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SHAPE: Final = re.compile(
    r"v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:\.\d{1,6})*(.{0,40})", re.DOTALL
)
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Version:
    """Such as `v5.3.0`; a suffix like `alpha1` marks what came before that release."""

    text: str
    """Without the `v`."""
    numbers: tuple[int, int, int]
    suffix: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def is_supported(self) -> bool:
        """Whether its WebUI has all that we need; `peer_id_client` came with 4.5."""
        return self.numbers >= (4, 5, 0)

    @property
    def takes_keys(self) -> bool:
        """Whether it knows API keys."""
        return self.numbers >= (5, 2, 0)

    @property
    def lists_cheaply(self) -> bool:
        """Whether `sync/maindata` costs by what changed; 4.5.2 goes through all its torrents: 80 ms for 600 of them."""
        return self.numbers >= (5, 0, 0)

    @property
    def takes_ranges(self) -> bool:
        """Whether its ban list takes blocks; 5.2.0beta1 had it and 5.2.0 had not (reference/downloaders.md 1.6)."""
        return self.numbers >= (5, 3, 0) or (self.numbers == (5, 2, 0) and self.suffix == "beta1")


def parse_version(text: str) -> Version | None:
    """Read what `app/version` answers; None when it is no version."""
    bare = text.strip()
    found = _SHAPE.fullmatch(bare) if len(bare) <= _LONGEST else None
    if found is None:
        return None
    major, minor, patch, rest = found.groups()
    return Version(
        bare.removeprefix("v"),
        (int(major), int(minor), int(patch or 0)),
        rest.strip(" -_.").lower(),
    )
