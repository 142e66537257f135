"""Sentences of what is never banned, exceptions, overrides and the circuit breaker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {}
