"""What profile.yml says: how peers are judged, rule by rule."""

# ruff: noqa: RUF009 - `setting` and `section` make fields, as `dataclasses.field` does

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.address import Prefix, parse_prefix
from app.domain.string_rule import UnmetIf
from app.domain.verdict import Mode
from app.settings.area import Reader, check, section, setting
from app.settings.change import REMOVE, Changes, plain
from app.settings.errors import InvalidSetting, KeyPath
from app.settings.kind import (
    Choice,
    Flag,
    Milliseconds,
    Ports,
    Prefixes,
    RuleDuration,
    Rules,
)

MODULES: Final = "module"
"""The section of profile.yml with an area for each rule."""

_DAY: Final = 86_400_000

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
class PeerIdBlacklist:
    """Bans by the peer id that a peer announces."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    """Milliseconds; None is the global length, also in the other rules."""
    banned_peer_id: tuple[str, ...] = setting(Rules(), ())
    """String rules as JSON texts."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNameBlacklist:
    """Bans by the client name that a peer announces."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    banned_client_name: tuple[str, ...] = setting(Rules(), ())
    """String rules as JSON texts."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class IpAddressBlocker:
    """Bans by address and port."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    ips: tuple[Prefix, ...] = setting(Prefixes(), ())
    """`0.0.0.0` is PBH's placeholder and fits no peer."""
    ports: tuple[int, ...] = setting(Ports(), ())
    """Ports at the peer's end; 0 is PBH's placeholder and fits no peer."""

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
    peer_id_blacklist: PeerIdBlacklist = section(PeerIdBlacklist, "module.peer-id-blacklist")
    client_name_blacklist: ClientNameBlacklist = section(
        ClientNameBlacklist, "module.client-name-blacklist"
    )
    ip_address_blocker: IpAddressBlocker = section(IpAddressBlocker, "module.ip-address-blocker")

    def __post_init__(self) -> None:
        check(self)


RULES: Final = ("peer-id-blacklist", "client-name-blacklist", "ip-address-blocker")
"""The rules whose settings we read, by PBH's key."""


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
    profile = reader.area(Profile, root)
    return reader.finish(profile)


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
