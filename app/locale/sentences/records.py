"""Sentences of what is kept about peers and traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    "traffic-of-day": N_(
        "{total_bytes} were uploaded on {date} until {time}. You wanted to be told from"
        " {limit_bytes} a day."
    ),
}
