"""Overrides in words, and as profile.yml holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from app.domain.verdict import Mode
from app.locale import N_, _
from app.locale.texts import rule_title
from app.services.ports import Settings
from app.settings.area import kebab, values
from app.settings.change import plain
from app.settings.kind import RuleDuration
from app.settings.modules import Preset
from app.settings.override import Override
from app.settings.profile import MODULES, RULES, Profile, area_field
from app.ui.durations import length
from app.ui.format import listed
from app.ui.rules.settings import list_fields, mode_item, rule_items
from app.ui.settings_page.item import DEFAULTS, PROFILE, Item
from app.ui.settings_page.measure import shown

_PRESETS = "presets"


def override_items(rule: str) -> tuple[Item, ...]:
    """What an override can say of a rule: its mode, the length of its bans, and its settings."""
    duration = Item(
        file=PROFILE,
        path=(MODULES, rule, "ban-duration"),
        name=N_("Ban for"),
        kind=RuleDuration(),
        value=lambda settings: getattr(settings.profile, area_field(rule)).ban_duration,
    )
    return (mode_item(rule), duration, *rule_items(rule))


def values_with(profile: Profile, override: Override, rule: str) -> dict[str, object]:
    """What is in force for a rule where `override` fits, by the keys of `override_items`."""
    field = area_field(rule)
    applied = override.applied(rule, getattr(profile, field))
    settings = Settings(config=DEFAULTS.config, profile=replace(profile, **{field: applied}))
    return {item.key: item.value(settings) for item in override_items(rule)}


def changes_of(
    profile: Profile, override: Override, rule: str, entered: Mapping[tuple[str, ...], object]
) -> dict[str, Any]:
    """The changes of a rule after `entered` (by keys below the rule's own): what differs, and what it named before."""
    area = getattr(profile, area_field(rule))
    before = override.changes.get(rule, {})
    found = {name: value for name, value in before.items() if name in list_fields(rule)}
    for path, value in entered.items():
        preset = path[0] == _PRESETS
        name = (path[1] if preset else path[0]).replace("-", "_")
        made = Preset(enabled=bool(value)) if preset else value
        if name in before or made != getattr(area, name):
            found[name] = made
    return found


def as_written(override: Override) -> dict[str, object]:
    """One entry of the list in profile.yml; scopes that fit all are left out."""
    scopes = {
        key: getattr(override, key)
        for key in ("downloader", "category", "tag", "tracker", "torrent")
        if getattr(override, key)
    }
    rules = {rule: _written(changes) for rule, changes in override.changes.items() if changes}
    return {"name": override.name, **scopes, "rules": rules}


def scope_words(override: Override, name: Callable[[str], str]) -> str:
    """For which torrents it is; `name` gives that of a downloader."""
    parts = (
        (_("downloader {name}"), name(override.downloader) if override.downloader else ""),
        (_("category {name}"), override.category),
        (_("tag {name}"), override.tag),
        (_("tracker {name}"), override.tracker),
        (_("torrent {name}"), override.torrent[:8]),
    )
    words = [said.format(name=value) for said, value in parts if value]
    return listed(words) if words else _("all torrents")


def difference_words(override: Override) -> str:
    """What is different there."""
    said = []
    for rule, changes in override.changes.items():
        parts = [_one_difference(rule, name, value) for name, value in changes.items()]
        if parts:
            said.append(_("{rule}: {changes}").format(rule=rule_title(rule), changes=listed(parts)))
    return "; ".join(said) if said else _("nothing yet")


def _one_difference(rule: str, name: str, value: object) -> str:
    if isinstance(value, Preset):
        value = value.enabled
    item = next((one for one in override_items(rule) if _names(one, name)), None)
    if item is None or rule not in RULES:
        return name.replace("_", " ")
    if isinstance(item.kind, RuleDuration):
        words = length(value) if isinstance(value, int) else _("as all bans")
    elif isinstance(value, Mode):
        return shown(item, value)
    else:
        words = shown(item, value)
    return _("{setting} {value}").format(setting=_(item.name), value=words)


def _names(item: Item, field: str) -> bool:
    keys = item.path[2:]
    return (keys[1] if keys[0] == _PRESETS else keys[0]) == kebab(field)


def _written(changes: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in changes.items():
        if isinstance(value, Preset):
            found[_PRESETS] = {kebab(name): {"enabled": value.enabled}}
        elif is_dataclass(value) and not isinstance(value, type):
            found[kebab(name)] = {key[-1]: plain(part) for key, part in values(value).items()}
        elif name == "ban_duration" and value is None:
            found[kebab(name)] = "default"
        else:
            found[kebab(name)] = plain(value)
    return found
