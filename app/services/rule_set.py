"""Builds the rules that a profile asks for, and those of torrents for which overrides say something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from app.domain.address import Endpoint
from app.domain.address_list import AddressList
from app.domain.name_list import NameList
from app.domain.place import Nowhere, Whereabouts
from app.domain.progress_memory import ProgressMemory
from app.domain.reason import Text
from app.domain.rules.address_subscription import AddressSubscription
from app.domain.rules.anti_vampire import AntiVampire
from app.domain.rules.auto_range import AutoRange
from app.domain.rules.btn import BtnRule, BtnRules
from app.domain.rules.idle_connection import IdleConnection, IdleMemory
from app.domain.rules.ip_blocklist import IpBlocklist
from app.domain.rules.multi_dial import DialMemory, MultiDial
from app.domain.rules.name_subscription import NameSubscription
from app.domain.rules.names import ClientNameBlacklist, PeerIdBlacklist
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.rules.ptr import KnownNames, PtrBlacklist
from app.domain.rules.rule import BehaviourRule, IdentityRule
from app.domain.string_rule import UnmetIf
from app.domain.string_rule_list import parse_rule_list
from app.domain.torrent import Torrent
from app.domain.verdict import Verdict
from app.services.judge import OVERRIDE, RuleSet
from app.services.neighbours import Neighbours
from app.settings import modules as area
from app.settings.override import Override
from app.settings.profile import Profile, area_field


class _NobodyAsked:
    """Reverse names where no server is asked."""

    def names_of(self, endpoints: Sequence[Endpoint]) -> list[tuple[str, ...] | None]:
        return [None] * len(endpoints)


@dataclass(frozen=True, slots=True)
class Memories:
    """What behaviour rules remember; outlives the rules when their settings change."""

    progress: ProgressMemory = field(default_factory=ProgressMemory)
    dials: DialMemory = field(default_factory=DialMemory)
    idle: IdleMemory = field(default_factory=IdleMemory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What rules look at beside their settings."""

    neighbours: Neighbours
    scripts: Callable[[area.ExpressionEngine], BehaviourRule]
    memories: Memories = field(default_factory=Memories)
    places: Whereabouts = field(default_factory=Nowhere)
    names: KnownNames = field(default_factory=_NobodyAsked)
    address_lists: Callable[[], tuple[AddressList, ...]] = tuple
    name_lists: Callable[[], tuple[NameList, ...]] = tuple
    btn: Callable[[], BtnRules | None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Maker:
    """What all makers of rules go by."""

    unmet: UnmetIf
    parts: Parts


class RuleBook:
    """The rules of one profile; those that an override leaves alone are the same objects."""

    def __init__(self, profile: Profile, parts: Parts) -> None:
        """Raises InvalidRule."""
        self._overrides = profile.overrides
        self._duration = profile.ban_duration
        self._by = _Maker(UnmetIf(profile.rules.unmet_if.value), parts)
        self._areas = {name: getattr(profile, area_field(name)) for name in ORDER}
        self._identity = {
            name: make(self._areas[name], self._by) for name, make in _IDENTITY.items()
        }
        self._behaviour = {
            name: make(self._areas[name], self._by) for name, make in _BEHAVIOUR.items()
        }
        self._variants: dict[tuple[int, ...], RuleSet] = {}
        self.whole = RuleSet(
            tuple(self._identity.values()), tuple(self._behaviour.values()), self._duration
        )
        """The rules where no override fits."""

    def variant(self, downloader: str, torrent: Torrent) -> RuleSet | None:
        """The rules for one torrent; None where no override fits."""
        if not self._overrides:
            return None
        fitting = tuple(
            place for place, each in enumerate(self._overrides) if each.fits(downloader, torrent)
        )
        if not fitting:
            return None
        found = self._variants.get(fitting)
        if found is None:
            found = self._variants[fitting] = self._overridden(
                [self._overrides[place] for place in fitting]
            )
        return found

    def alone(self, downloader: str, torrent: Torrent) -> RuleSet:
        """The rules for one torrent with empty memories, to judge one peer by itself."""
        fitting = [each for each in self._overrides if each.fits(downloader, torrent)]
        rules = self.variant(downloader, torrent) or self.whole
        areas = self._areas_with(fitting)
        by = replace(self._by, parts=replace(self._by.parts, memories=Memories()))
        fresh = tuple(make(areas[name], by) for name, make in _BEHAVIOUR.items())
        return replace(rules, behaviour=fresh)

    def _overridden(self, overrides: list[Override]) -> RuleSet:
        areas = self._areas_with(overrides)
        changed = [name for name in ORDER if areas[name] != self._areas[name]]
        names = ", ".join(each.name for each in overrides)
        return RuleSet(
            tuple(
                _IDENTITY[name](areas[name], self._by) if name in changed else rule
                for name, rule in self._identity.items()
            ),
            tuple(
                _BEHAVIOUR[name](areas[name], self._by) if name in changed else rule
                for name, rule in self._behaviour.items()
            ),
            self._duration,
            Verdict(
                rule=OVERRIDE,
                reason=Text("override-applied", {"names": names}),
                saw=Text("override-saw"),
                data={"overrides": [each.name for each in overrides], "rules": changed},
            ),
        )

    def _areas_with(self, overrides: list[Override]) -> dict[str, Any]:
        areas = dict(self._areas)
        for override in overrides:
            for name in override.changes:
                areas[name] = override.applied(name, areas[name])
        return areas


def _address_list(own: area.IpAddressBlocker, by: _Maker) -> IdentityRule:
    return IpBlocklist.of(
        own.ips,
        own.ports,
        asns=own.asns,
        regions=own.regions,
        cities=own.cities,
        net_type=own.net_type,
        places=by.parts.places,
        duration=own.ban_duration or 0,
        mode=own.mode,
    )


def _peer_id(own: area.PeerIdBlacklist, by: _Maker) -> IdentityRule:
    banned = parse_rule_list(own.banned_peer_id, by.unmet)
    return PeerIdBlacklist(banned=banned, duration=own.ban_duration or 0, mode=own.mode)


def _client_name(own: area.ClientNameBlacklist, by: _Maker) -> IdentityRule:
    banned = parse_rule_list(own.banned_client_name, by.unmet)
    return ClientNameBlacklist(banned=banned, duration=own.ban_duration or 0, mode=own.mode)


def _anti_vampire(own: area.AntiVampire, _by: _Maker) -> IdentityRule:
    return AntiVampire(xunlei=own.xunlei.enabled, duration=own.ban_duration or 0, mode=own.mode)


def _address_subscription(own: area.AddressSubscriptions, by: _Maker) -> IdentityRule:
    lists = by.parts.address_lists()
    return AddressSubscription(lists=lists, duration=own.ban_duration or 0, mode=own.mode)


def _name_subscription(own: area.NameSubscriptions, by: _Maker) -> IdentityRule:
    lists = by.parts.name_lists()
    return NameSubscription(lists=lists, duration=own.ban_duration or 0, mode=own.mode)


def _ptr(own: area.PtrBlacklist, by: _Maker) -> IdentityRule:
    banned = parse_rule_list(own.ptr_rules, by.unmet)
    return PtrBlacklist(
        banned=banned, names=by.parts.names, duration=own.ban_duration or 0, mode=own.mode
    )


def _btn(own: area.Btn, by: _Maker) -> IdentityRule:
    return BtnRule(rules=by.parts.btn(), duration=own.ban_duration or 0, mode=own.mode)


def _progress(own: area.ProgressCheatBlocker, by: _Maker) -> BehaviourRule:
    return ProgressCheat(
        memory=by.parts.memories.progress,
        minimum_size=own.minimum_size,
        maximum_difference=own.maximum_difference,
        rewind_maximum_difference=own.rewind_maximum_difference,
        rewinds_allowed=own.rewinds_allowed,
        block_excessive_clients=own.block_excessive_clients,
        excessive_threshold=own.excessive_threshold,
        ipv4_prefix_length=own.ipv4_prefix_length,
        ipv6_prefix_length=own.ipv6_prefix_length,
        max_wait_duration=own.max_wait_duration,
        fast_pcb_test_percentage=own.fast_pcb_test_percentage,
        fast_pcb_test_block_duration=own.fast_pcb_test_block_duration,
        fast_pcb_test_spares_consistent=own.fast_pcb_test_spares_consistent,
        duration=own.ban_duration or 0,
        mode=own.mode,
    )


def _multi_dial(own: area.MultiDialingBlocker, by: _Maker) -> BehaviourRule:
    return MultiDial(
        memory=by.parts.memories.dials,
        subnet_mask_length=own.subnet_mask_length,
        subnet_mask_v6_length=own.subnet_mask_v6_length,
        tolerate_num_ipv4=own.tolerate_num_ipv4,
        tolerate_num_ipv6=own.tolerate_num_ipv6,
        cache_lifespan=own.cache_lifespan,
        keep_hunting=own.keep_hunting,
        keep_hunting_time=own.keep_hunting_time,
        duration=own.ban_duration or 0,
        mode=own.mode,
    )


def _auto_range(own: area.AutoRangeBan, by: _Maker) -> BehaviourRule:
    neighbours = by.parts.neighbours
    return AutoRange(
        neighbours=neighbours.index(own.ipv4, own.ipv6),
        listed=neighbours.listed,
        duration=own.ban_duration or 0,
        mode=own.mode,
    )


def _idle(own: area.IdleConnectionDosProtection, by: _Maker) -> BehaviourRule:
    return IdleConnection(
        memory=by.parts.memories.idle,
        max_allowed_idle_time=own.max_allowed_idle_time,
        idle_speed_threshold=own.idle_speed_threshold,
        min_status_change_percentage=own.min_status_change_percentage,
        reset_on_status_change=own.reset_on_status_change,
        protect_mode=own.protect_mode,
        duration=own.ban_duration or 0,
        mode=own.mode,
    )


def _scripts(own: area.ExpressionEngine, by: _Maker) -> BehaviourRule:
    return by.parts.scripts(own)


_MakeIdentity: TypeAlias = Callable[[Any, _Maker], IdentityRule]
_MakeBehaviour: TypeAlias = Callable[[Any, _Maker], BehaviourRule]

_IDENTITY: Final[Mapping[str, _MakeIdentity]] = {
    "ip-address-blocker": _address_list,
    "peer-id-blacklist": _peer_id,
    "client-name-blacklist": _client_name,
    "anti-vampire": _anti_vampire,
    "ip-address-blocker-rules": _address_subscription,
    "peer-name-blocker-rules": _name_subscription,
    "ptr-blacklist": _ptr,
    "btn": _btn,
}
_BEHAVIOUR: Final[Mapping[str, _MakeBehaviour]] = {
    "progress-cheat-blocker": _progress,
    "multi-dialing-blocker": _multi_dial,
    "auto-range-ban": _auto_range,
    "idle-connection-dos-protection": _idle,
    "expression-engine": _scripts,
}
ORDER: Final = (*_IDENTITY, *_BEHAVIOUR)
"""All rules in judging order."""
