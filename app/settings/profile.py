"""What profile.yml says: how peers are judged, rule by rule."""

# ruff: noqa: RUF009 - `setting` and `section` make fields, as `dataclasses.field` does

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.address import Prefix, parse_prefix
from app.domain.reason import Text
from app.domain.string_rule import UnmetIf
from app.domain.verdict import Mode
from app.settings.area import Area, Reader, check, section, setting
from app.settings.change import REMOVE, Changes, plain
from app.settings.errors import InvalidSetting, KeyPath, refuse
from app.settings.kind import Choice, Flag, Milliseconds, Number, Whole
from app.settings.list_kind import Prefixes
from app.settings.modules import (
    ActiveMonitoring,
    AddressSubscriptions,
    AntiVampire,
    AutoRangeBan,
    Btn,
    ClientNameBlacklist,
    ExpressionEngine,
    IdleConnectionDosProtection,
    IpAddressBlocker,
    MultiDialingBlocker,
    NameSubscriptions,
    PeerIdBlacklist,
    PeerRecording,
    ProgressCheatBlocker,
    PtrBlacklist,
    SessionAnalyse,
    Subscription,
    SwarmTracking,
)
from app.settings.override import Override, read_override

MODULES: Final = "module"
"""The section of profile.yml with an area for each rule."""

OVERRIDES: Final = "overrides"
"""The section of profile.yml with other settings for some torrents; ours."""

_DAY: Final = 86_400_000

_ID: Final = re.compile(r"[^./\\\x00-\x1f\x7f]{1,128}")
"""What can be one step of a path of keys, as PBH has it."""

OWN_NETWORKS: Final = tuple(
    parse_prefix(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fe80::/10",
        "::1",
    )
)
"""PBH's list of what is never banned, and IPv6 loopback, which it lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLanguage:
    """How string rules are read; ours."""

    unmet_if: UnmetIf = setting(Choice(UnmetIf), UnmetIf.SKIP)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """When enforcement stops and asks, because a rule about behaviour would ban too many at once; ours."""

    enabled: bool = setting(Flag(), default=True)
    share: float = setting(Number(0.01, 1), 0.5)
    """Share of all peers."""
    peers: int = setting(Whole(1, 1_000_000), 100)
    """Fewer never count as too many."""
    window: int = setting(Milliseconds(1_000), 120_000)
    """Milliseconds within which they would be banned."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All of profile.yml that we read."""

    check_interval: int = setting(Milliseconds(100), 5_000)
    """Milliseconds between the end of a sweep and the start of the next."""
    ban_duration: int = setting(Milliseconds(1), 14 * _DAY)
    """Milliseconds that a ban lasts when its rule says nothing else."""
    ignore_peers_from_addresses: tuple[Prefix, ...] = setting(Prefixes(), OWN_NETWORKS)
    """Peers there are never judged."""
    rules: RuleLanguage = section(RuleLanguage)
    circuit_breaker: CircuitBreaker = section(CircuitBreaker)
    overrides: tuple[Override, ...] = ()
    """Later ones win."""
    ip_address_blocker: IpAddressBlocker = section(IpAddressBlocker, "module.ip-address-blocker")
    peer_id_blacklist: PeerIdBlacklist = section(PeerIdBlacklist, "module.peer-id-blacklist")
    client_name_blacklist: ClientNameBlacklist = section(
        ClientNameBlacklist, "module.client-name-blacklist"
    )
    expression_engine: ExpressionEngine = section(ExpressionEngine, "module.expression-engine")
    progress_cheat_blocker: ProgressCheatBlocker = section(
        ProgressCheatBlocker, "module.progress-cheat-blocker"
    )
    multi_dialing_blocker: MultiDialingBlocker = section(
        MultiDialingBlocker, "module.multi-dialing-blocker"
    )
    auto_range_ban: AutoRangeBan = section(AutoRangeBan, "module.auto-range-ban")
    btn: Btn = section(Btn, "module.btn")
    ip_address_blocker_rules: AddressSubscriptions = section(
        AddressSubscriptions, "module.ip-address-blocker-rules"
    )
    peer_name_blocker_rules: NameSubscriptions = section(
        NameSubscriptions, "module.peer-name-blocker-rules"
    )
    idle_connection_dos_protection: IdleConnectionDosProtection = section(
        IdleConnectionDosProtection, "module.idle-connection-dos-protection"
    )
    anti_vampire: AntiVampire = section(AntiVampire, "module.anti-vampire")
    ptr_blacklist: PtrBlacklist = section(PtrBlacklist, "module.ptr-blacklist")
    active_monitoring: ActiveMonitoring = section(ActiveMonitoring, "module.active-monitoring")
    peer_recording: PeerRecording = section(
        PeerRecording, "module.peer-analyse-service.peer-recording"
    )
    session_analyse: SessionAnalyse = section(
        SessionAnalyse, "module.peer-analyse-service.session-analyse"
    )
    swarm_tracking: SwarmTracking = section(
        SwarmTracking, "module.peer-analyse-service.swarm-tracking"
    )

    def __post_init__(self) -> None:
        check(self)

    def areas(self, rule: str) -> tuple[Any, ...]:
        """The settings of a rule, those of the module first, then others that it has for some torrents."""
        own = stacked = getattr(self, area_field(rule))
        found = [own]
        for override in self.overrides:
            stacked = override.applied(rule, stacked)
            found += [override.applied(rule, own), stacked]
        return tuple(dict.fromkeys(found))

    def uses(self, rule: str) -> bool:
        """Whether the rule is on, be it for some torrents only."""
        return any(area.mode is not Mode.OFF for area in self.areas(rule))


RULES: Final[Mapping[str, type[Area]]] = {
    "ip-address-blocker": IpAddressBlocker,
    "peer-id-blacklist": PeerIdBlacklist,
    "client-name-blacklist": ClientNameBlacklist,
    "anti-vampire": AntiVampire,
    "ip-address-blocker-rules": AddressSubscriptions,
    "peer-name-blocker-rules": NameSubscriptions,
    "ptr-blacklist": PtrBlacklist,
    "btn": Btn,
    "progress-cheat-blocker": ProgressCheatBlocker,
    "multi-dialing-blocker": MultiDialingBlocker,
    "auto-range-ban": AutoRangeBan,
    "idle-connection-dos-protection": IdleConnectionDosProtection,
    "expression-engine": ExpressionEngine,
}
"""The rules whose settings we read, by PBH's key, in judging order."""


def read_profile(raw: object) -> Profile:
    """The values of a parsed profile.yml; raises InvalidSetting with every problem."""
    reader = Reader()
    root = reader.mapping(raw, ())
    modules = root.get(MODULES)
    if isinstance(modules, Mapping):
        switched = {
            rule: _switched(reader, modules[rule], rule) for rule in RULES if rule in modules
        }
        root = {**root, MODULES: {**modules, **switched}}
    profile = reader.area(
        Profile,
        root,
        overrides=_overrides(reader, root.get(OVERRIDES)),
        **{
            area_field(rule): _subscribing(reader, kind, root, rule)
            for rule, kind in _LISTS.items()
        },
    )
    return reader.finish(profile)


def area_field(rule: str) -> str:
    """The field of `Profile` that holds a rule's area."""
    return rule.replace("-", "_")


_LISTS: Final[Mapping[str, type[Area]]] = {
    "ip-address-blocker-rules": AddressSubscriptions,
    "peer-name-blocker-rules": NameSubscriptions,
}


def _subscribing(reader: Reader, kind: type[Area], root: Mapping[str, object], rule: str) -> object:
    """The area of a rule that has remote lists below `rules`, by their ids."""
    path: KeyPath = (MODULES, rule)
    raw = reader.mapping(reader.mapping(root.get(MODULES), (MODULES,)).get(rule), path)
    entries = reader.mapping(raw.get("rules"), (*path, "rules"))
    lists = []
    for key, entry in entries.items():
        if _ID.fullmatch(key) is None:
            reader.add(refuse(key, Text("allowed-subscription-id")), (*path, "rules"))
            continue
        found = reader.area(Subscription, entry, (*path, "rules", key), id=key)
        if found is not None:
            lists.append(found)
    return reader.area(kind, raw, path, lists=tuple(lists)) or kind()


def _overrides(reader: Reader, raw: object) -> tuple[Override, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list | tuple):
        reader.add(refuse(raw, Text("allowed-list"), OVERRIDES), ())
        return ()
    found = (read_override(reader, entry, (OVERRIDES, at), RULES) for at, entry in enumerate(raw))
    return tuple(entry for entry in found if entry is not None)


def in_step(changes: Changes, raw: object) -> dict[tuple[str, ...], object]:
    """`changes` of the file that holds `raw`, made so that `enabled` and `mode` never disagree.

    PBH knows only `enabled`, so `mode` is written where it says more than that: for shadow.
    """
    found: dict[tuple[str, ...], object] = {}
    for path, value in changes.items():
        match path:
            case (module, rule, "mode") if module == MODULES and value is not REMOVE:
                found[module, rule, "enabled"] = plain(value) != Mode.OFF.value
                found[path] = value if plain(value) == Mode.SHADOW.value else REMOVE
                # What is no mode at all goes in, so that the check of the new file names it.
                if plain(value) not in list(Mode):
                    found[path] = value
            case (module, rule, "enabled") if (
                module == MODULES and (*path[:2], "mode") not in changes
            ):
                found[path] = value
                if value is True and _mode_is_off(raw, rule):
                    found[module, rule, "mode"] = REMOVE
            case _:
                found.setdefault(path, value)
    return found


def _switched(reader: Reader, raw: object, rule: str) -> object:
    """A rule's section with its `mode` from both switches; `enabled: false` always is off."""
    if not isinstance(raw, Mapping):
        return raw
    path: KeyPath = (MODULES, rule)
    enabled, mode = raw.get("enabled"), raw.get("mode")
    switch: dict[str, object] = {}
    try:
        on = None if enabled is None else Flag().read(enabled)
    except InvalidSetting as error:
        reader.add(error, (*path, "enabled"))
        on = None
    if mode is None:
        switch["mode"] = Mode.ENFORCE if on else Mode.OFF
    else:
        try:
            switch["mode"] = _mode(mode)
        except InvalidSetting as error:
            reader.add(error, (*path, "mode"))
            switch["mode"] = None
        if on is False:
            switch["mode"] = Mode.OFF
    return {**raw, **switch}


def _mode(raw: object) -> Mode:
    """`off`, and `on`, may have become true or false on the way through YAML 1.1."""
    try:
        return Mode.ENFORCE if Flag().read(raw) else Mode.OFF
    except InvalidSetting:
        return Choice(Mode).read(raw)


def _mode_is_off(raw: object, rule: str) -> bool:
    for key in (MODULES, rule, "mode"):
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw is not None and not isinstance(raw, Mapping) and str(raw).lower() in ("off", "false")
