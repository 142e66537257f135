"""A rule's settings while they are edited: what stands in profile.yml, and what would be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.address import show
from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.rules.names import PEER_ID
from app.settings.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The settings of one rule, in the form in which they are edited."""

    duration: int | None
    """Milliseconds; None is the global length."""
    lists: Mapping[str, tuple[str, ...]]
    """Entries by the key of profile.yml that holds them."""


def draft_of(profile: Profile, rule: str) -> Draft:
    """What `profile` says about a rule."""
    if rule == IP_BLOCKLIST:
        addresses = profile.ip_address_blocker
        return Draft(
            duration=addresses.ban_duration,
            lists={
                "ips": tuple(show(prefix) for prefix in addresses.ips),
                "ports": tuple(str(port) for port in addresses.ports),
            },
        )
    if rule == PEER_ID:
        ids = profile.peer_id_blacklist
        return Draft(duration=ids.ban_duration, lists={"banned-peer-id": ids.banned_peer_id})
    names = profile.client_name_blacklist
    return Draft(
        duration=names.ban_duration, lists={"banned-client-name": names.banned_client_name}
    )


def differences(old: Draft, new: Draft) -> dict[tuple[str, ...], object]:
    """What to write so that `old` becomes `new`, by keys below the rule's own."""
    found: dict[tuple[str, ...], object] = {
        (key,): [int(entry) for entry in entries] if key == "ports" else list(entries)
        for key, entries in new.lists.items()
        if entries != old.lists.get(key)
    }
    if new.duration != old.duration:
        found["ban-duration",] = "default" if new.duration is None else new.duration
    return found
