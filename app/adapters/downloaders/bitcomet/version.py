"""BitComet's version, and what depends on it."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from app.domain.capabilities import Capabilities

_NUMBERS: Final = re.compile(r"\D{0,20}(\d{1,6})\.(\d{1,6})")
_LONGEST: Final = 64


class Version(Struct, frozen=True):
    """Such as `2.18`, whatever follows."""

    text: str
    numbers: tuple[int, int]

    @property
    def is_supported(self) -> bool:
        """Whether its API is the one that we speak."""
        return self.numbers >= (2, 18)

    @property
    def statistics(self) -> tuple[str, str] | None:
        """How it calls all bytes it has sent and received; before 2.20 it tells them rounded to three digits."""
        if self.numbers < (2, 20):
            return None
        mark = "$" if self.numbers < (2, 21) else ""
        return f"{mark}{{G_TOTAL_UPLOAD_BYTE}}", f"{mark}{{G_TOTAL_DOWNLOAD_BYTE}}"

    @property
    def capabilities(self) -> Capabilities:
        """What is done and told in this version."""
        return Capabilities(
            flags=False, trackers=False, labels=False, totals=self.statistics is not None
        )


def parse_version(text: str | None) -> Version | None:
    """Read what the log-in answers; None when it is no version."""
    bare = (text or "").strip()[:_LONGEST]
    found = _NUMBERS.match(bare)
    return found and Version(bare, (int(found[1]), int(found[2])))
