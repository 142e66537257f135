"""Which state a live peer is in, for its chip and for the quick filters."""

from __future__ import annotations

from enum import IntFlag
from typing import Final

from app.domain.ban import Ban
from app.domain.verdict import Action
from app.services.events import JudgedPeer
from app.ui.delegates import Mark


class Group(IntFlag):
    """The quick filters; a peer can be in several."""

    TAKING = 1
    """We send to it now."""
    GIVING = 2
    """It sends to us now."""
    BANNED = 4
    SHADOW = 8


# Plain numbers: an IntFlag makes an object per operation, and this runs for each peer of each sweep.
_TAKING: Final = Group.TAKING.value
_GIVING: Final = Group.GIVING.value
_BANNED: Final = Group.BANNED.value
_SHADOW: Final = Group.SHADOW.value

RANKS: Final = {
    mark: rank
    for rank, mark in enumerate(
        (Mark.BANNED, Mark.SHADOW, Mark.WATCHING, Mark.EXEMPT, Mark.HANDSHAKE, Mark.PASS)
    )
}
"""Order of the verdict column: what asks for attention first."""


def groups_of(judged: JudgedPeer) -> int:
    """The quick filters that `judged` passes, as the bits of Group."""
    peer, decision = judged.peer, judged.decision
    groups = _TAKING if peer.upload_rate > 0 else 0
    if peer.download_rate > 0:
        groups |= _GIVING
    if is_banned(judged, judged.ban):
        groups |= _BANNED
    elif decision.shadow is not None:
        groups |= _SHADOW
    return groups


def is_banned(judged: JudgedPeer, ban: Ban | None) -> bool:
    """Whether the peer is banned, or will be with this sweep; technical entries do not count."""
    if ban is not None and not ban.disconnect:
        return True
    return judged.decision.action is Action.BAN


def mark_of(judged: JudgedPeer, ban: Ban | None) -> Mark:
    """The chip of a peer; `ban` is the entry that covers it now."""
    if is_banned(judged, ban):
        return Mark.BANNED
    if judged.decision.action is Action.SKIP:
        return Mark.EXEMPT
    if judged.decision.shadow is not None:
        return Mark.SHADOW
    return Mark.HANDSHAKE if judged.peer.handshaking else Mark.PASS
