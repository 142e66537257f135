"""Other settings of rules for some torrents: which torrents, and what is different there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from app.domain.reason import Text
from app.domain.torrent import Torrent
from app.settings.area import Area, Reader, check, first_key, setting
from app.settings.errors import KeyPath, refuse
from app.settings.kind import Line

_RULES: Final = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Fits torrents for which every scope given fits; a scope left out fits all."""

    name: str = setting(Line(empty=False))
    """Shown in traces."""
    downloader: str = setting(Line(), "")
    """Id."""
    category: str = setting(Line(), "")
    tag: str = setting(Line(), "")
    tracker: str = setting(Line(), "")
    """Host name; its subdomains count, case does not."""
    torrent: str = setting(Line(), "")
    """Info hash, in any case."""
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By the key of a rule, values of the fields of its area, without those that stay as they are."""

    def __post_init__(self) -> None:
        check(self)

    def fits(self, downloader: str, torrent: Torrent) -> bool:
        """Whether it counts for `torrent` there."""
        return (
            self.downloader in ("", downloader)
            and self.category in ("", torrent.category)
            and (not self.tag or self.tag in torrent.tags)
            and (not self.tracker or _is_host(torrent.tracker, self.tracker.lower()))
            and self.torrent.lower() in ("", torrent.hash.lower())
        )

    def applied(self, rule: str, area: Any) -> Any:  # noqa: ANN401 - an area comes, the same kind goes
        """The settings of `rule` with what is different here."""
        changes = self.changes.get(rule)
        return replace(area, **changes) if changes else area


def read_override(
    reader: Reader, raw: object, path: KeyPath, rules: Mapping[str, type[Area]]
) -> Override | None:
    """One entry of the list; None after a problem, which `reader` then has."""
    found = reader.area(Override, raw, path)
    below = reader.mapping(raw, path).get(_RULES)
    changes = {}
    for rule, values in reader.mapping(below, (*path, _RULES)).items():
        here = (*path, _RULES, rule)
        if rule not in rules:
            allowed = Text("allowed-choice", {"choices": ", ".join(rules)})
            reader.add(refuse(rule, allowed), (*path, _RULES))
            continue
        given = dict(reader.mapping(values, here))
        if given.get("mode") in (True, False, "true", "false"):  # what YAML makes of on and off
            given["mode"] = "enforce" if given["mode"] in (True, "true") else "off"
        known = {first_key(spec) for spec in fields(rules[rule])}
        for key in given.keys() - known:
            allowed = Text("allowed-choice", {"choices": ", ".join(sorted(known))})
            reader.add(refuse(key, allowed), here)
        area = reader.area(rules[rule], given, here)
        if area is not None:
            names = [spec.name for spec in fields(area) if first_key(spec) in given]
            changes[rule] = {name: getattr(area, name) for name in names}
    return None if found is None else replace(found, changes=changes)


def _is_host(tracker: str, wanted: str) -> bool:
    host = tracker.partition("://")[2].partition("/")[0].rpartition("@")[2] or tracker
    host = host.partition(":")[0].lower()
    return host == wanted or host.endswith(f".{wanted}")
