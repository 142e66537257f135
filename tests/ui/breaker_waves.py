"""Waves of bans that trip the circuit breaker."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from app.domain.ban import Ban
from tests.ui.fakes import Workplace, banned, peer, torrent, verdict

RULE: Final = "progress-cheat-blocker"


def wave(count: int, *, first: int = 0) -> list[Ban]:
    """Bans that a rule about behaviour wants, each of another address."""
    answer = replace(verdict(), rule=RULE)
    made = []
    for number in range(first, first + count):
        address = f"198.51.{number // 250}.{number % 250 + 1}"
        entry = banned(f"{address}/32", who=peer(address), of=torrent())
        made.append(replace(entry, verdict=answer, trace=(answer,)))
    return made


async def trip(place: Workplace, *, before: int = 0) -> None:
    """Let `before` bans be made, and then more at once than may be."""
    if before:
        await place.core.ban_list.add(place.core.breaker.admit(wave(before), 1000))
    place.core.breaker.admit(wave(120, first=before), 140)
