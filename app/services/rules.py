"""The rules in judging order: built from the profile, switched and counted live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.decision import Decision
from app.domain.errors import NotFound
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.rules.ip_blocklist import IP_BLOCKLIST, IpBlocklist
from app.domain.rules.names import CLIENT_NAME, PEER_ID, ClientNameBlacklist, PeerIdBlacklist
from app.domain.string_rule import UnmetIf, parse_rule_list
from app.domain.torrent import Torrent
from app.domain.verdict import Mode
from app.services.events import (
    BansChanged,
    DownloadersChanged,
    EventBus,
    PeerKey,
    RulesChanged,
    SettingsChanged,
    Swept,
)
from app.services.judge import IdentityRule, Judge, RuleSet
from app.services.settings import SettingsBook
from app.settings.profile import Profile

_PATTERN_KEYS: Final = {("banned-peer-id",), ("banned-client-name",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleState:
    """One rule as front ends list it."""

    name: str
    mode: Mode
    entries: int
    """Patterns, addresses and ports that it holds."""
    bans: int
    """Bans since the program started."""
    would_ban: int
    """Peers that it would have banned in shadow, since the program started."""


def build_rules(profile: Profile) -> RuleSet:
    """The rules that `profile` asks for, in PBH's order; raises InvalidRule."""
    unmet = UnmetIf(profile.rules.unmet_if.value)
    addresses = profile.ip_address_blocker
    ids, names = profile.peer_id_blacklist, profile.client_name_blacklist
    rules: tuple[IdentityRule, ...] = (
        IpBlocklist.of(
            addresses.ips,
            addresses.ports,
            duration=addresses.ban_duration or 0,
            mode=addresses.mode,
        ),
        PeerIdBlacklist(
            banned=parse_rule_list(ids.banned_peer_id, unmet),
            duration=ids.ban_duration or 0,
            mode=ids.mode,
        ),
        ClientNameBlacklist(
            banned=parse_rule_list(names.banned_client_name, unmet),
            duration=names.ban_duration or 0,
            mode=names.mode,
        ),
    )
    return RuleSet(rules, profile.ban_duration)


class Rules:
    """Lists, switches and explains the rules; keeps the judge up to date."""

    def __init__(self, settings: SettingsBook, judge: Judge, bus: EventBus) -> None:
        self._settings, self._judge, self._bus = settings, judge, bus
        self._profile = settings.profile
        self._bans: Counter[str] = Counter()
        self._would_ban: Counter[str] = Counter()
        self._shadowed: set[PeerKey] = set()
        bus.subscribe(SettingsChanged, self._rebuild)
        bus.subscribe(BansChanged, self._count_bans)
        bus.subscribe(Swept, self._count_shadow)
        bus.subscribe(DownloadersChanged, self._forget_gone)

    def states(self) -> tuple[RuleState, ...]:
        """All rules in judging order."""
        profile = self._settings.profile
        entries = {
            IP_BLOCKLIST: len(profile.ip_address_blocker.ips)
            + len(profile.ip_address_blocker.ports),
            PEER_ID: len(profile.peer_id_blacklist.banned_peer_id),
            CLIENT_NAME: len(profile.client_name_blacklist.banned_client_name),
        }
        return tuple(
            RuleState(
                name=rule.name,
                mode=rule.mode,
                entries=entries[rule.name],
                bans=self._bans[rule.name],
                would_ban=self._would_ban[rule.name],
            )
            for rule in self._judge.rules.rules
        )

    async def set_mode(self, name: str, mode: Mode) -> None:
        """Enforce a rule, let it only watch, or switch it off; in force with the next sweep."""
        await self.change(name, {("mode",): mode})

    async def change(self, name: str, values: Mapping[tuple[str, ...], object]) -> None:
        """Set keys of `module.<name>` in profile.yml.

        Raises InvalidSetting or InvalidRule, and then nothing changes.
        """
        if name not in {rule.name for rule in self._judge.rules.rules}:
            raise NotFound(Text("rule-unknown", {"name": name}))
        for key, value in values.items():
            if key in _PATTERN_KEYS and isinstance(value, (list, tuple)):
                parse_rule_list([str(entry) for entry in value])
        changes = {("module", name, *key): value for key, value in values.items()}
        await self._settings.change("profile.yml", changes)

    def what_if(self, peer: Peer, torrent: Torrent) -> Decision:
        """What all rules say of an invented peer; nothing is banned or counted."""
        return self._judge.decide(peer, torrent)

    def _rebuild(self, _event: SettingsChanged) -> None:
        profile = self._settings.profile
        if profile != self._profile:
            self._profile = profile
            self._judge.use(build_rules(profile))
            self._bus.publish(RulesChanged())

    def _count_bans(self, event: BansChanged) -> None:
        if event.news:
            self._bans.update(ban.rule for ban in event.added)

    def _count_shadow(self, event: Swept) -> None:
        if all(rule.mode is not Mode.SHADOW for rule in self._judge.rules.rules):
            return
        self._shadowed -= event.gone
        if all(rule.mode is not Mode.SHADOW for rule in self._judge.rules.rules):
            return
        for key, judged in event.changed.items():
            shadow = judged.decision.shadow
            if shadow is None:
                self._shadowed.discard(key)
            elif key not in self._shadowed:
                self._shadowed.add(key)
                self._would_ban[shadow.rule] += 1

    def _forget_gone(self, event: DownloadersChanged) -> None:
        self._shadowed = {key for key in self._shadowed if key.downloader not in event.gone}
