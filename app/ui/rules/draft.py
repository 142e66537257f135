"""A rule's settings while they are edited: what stands in profile.yml, and what would be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from app.domain.address import show
from app.services.ports import Settings
from app.settings.area import kebab
from app.settings.profile import Profile, area_field
from app.ui.rules.settings import list_fields, rule_items
from app.ui.settings_page.item import DEFAULTS

_NUMBERS: Final = ("ports", "asns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The settings of one rule, in the form in which they are edited."""

    duration: int | None
    """Milliseconds; None is the global length."""
    lists: Mapping[str, tuple[str, ...]]
    """Entries by the key of profile.yml that holds them."""
    values: Mapping[tuple[str, ...], object] = field(default_factory=dict)
    """Everything else, by keys below the rule's own."""


def draft_of(profile: Profile, rule: str) -> Draft:
    """What `profile` says about a rule."""
    area = getattr(profile, area_field(rule))
    settings = Settings(config=DEFAULTS.config, profile=profile)
    return Draft(
        duration=area.ban_duration,
        lists={
            kebab(name): tuple(_text(entry) for entry in getattr(area, name))
            for name in list_fields(rule)
        },
        values={item.path[2:]: item.value(settings) for item in rule_items(rule)},
    )


def differences(old: Draft, new: Draft) -> dict[tuple[str, ...], object]:
    """What to write so that `old` becomes `new`, by keys below the rule's own."""
    found: dict[tuple[str, ...], object] = {
        (key,): [int(entry) for entry in entries] if key in _NUMBERS else list(entries)
        for key, entries in new.lists.items()
        if entries != old.lists.get(key)
    }
    if new.duration != old.duration:
        found["ban-duration",] = "default" if new.duration is None else new.duration
    return found | {key: value for key, value in new.values.items() if value != old.values.get(key)}


def _text(entry: object) -> str:
    return show(entry) if isinstance(entry, IPv4Network | IPv6Network) else str(entry)
