"""Applies what the BTN network says about addresses, ports, peer ids and client names (reference/rules.md 3.10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from app.domain.address_list import AddressList, Entry
from app.domain.address_lookup import AddressLookup
from app.domain.peer import Peer
from app.domain.reason import Param, Text
from app.domain.rules.answers import Answers
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule_list import StringRuleList
from app.domain.verdict import Action, Mode, Verdict

BTN: Final = "btn"
_NAMES: Final = ("peer.client_name", "peer.peer_id", "peer.handshaking")


@dataclass(frozen=True, slots=True, kw_only=True)
class BtnRules:
    """What the network delivered; rules by category, in its order."""

    allow: AddressList | None = None
    """Addresses that nothing bans."""
    deny: AddressList | None = None
    peer_id: Mapping[str, StringRuleList] = field(default_factory=dict)
    client_name: Mapping[str, StringRuleList] = field(default_factory=dict)
    ip: Mapping[str, AddressList] = field(default_factory=dict)
    port: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Entries of all kinds."""
        lists = [each for each in (self.allow, self.deny, *self.ip.values()) if each is not None]
        strings = (*self.peer_id.values(), *self.client_name.values())
        return (
            sum(map(len, lists))
            + sum(len(each.rules) for each in strings)
            + sum(map(len, self.port.values()))
        )


class BtnScripts(Protocol):
    """Scripts of the network, where the user lets them run; not asked about peers whose handshake runs."""

    def judge(self, sighting: Sighting) -> Verdict | None:
        """SKIP over BAN over None; what it needs was prepared, as nothing may block here."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BtnRule:
    """Allow list, scripts, deny list, then the rules by category; with no rules everybody passes."""

    rules: BtnRules | None = None
    """None while the network has not answered yet, or is not joined."""
    scripts: BtnScripts | None = None
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = BTN
    _lookup: AddressLookup = field(init=False, repr=False, compare=False)
    _kinds: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """What the lists of the look-up are."""
    _passing: Mapping[str, Verdict] = field(init=False, repr=False, compare=False)
    """By reason."""
    _anywhere: AddressLookup = field(init=False, repr=False, compare=False)
    """All lists of addresses, for whether an address is on any."""
    _ports: frozenset[int] = field(init=False, repr=False, compare=False)
    """Of all categories."""
    _answers: Answers = field(init=False, repr=False, compare=False)
    """About those whose address and port are on no list, by all that is left."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_answers", Answers(self._judge_name))
        rules = self.rules or BtnRules()
        lists = [
            (kind, each) for kind, each in (("allow", rules.allow), ("deny", rules.deny)) if each
        ]
        allows = Text("allows-entries", {"count": rules.size})
        passing = {
            reason: Verdict(
                rule=self.name, mode=self.mode, reason=Text(reason), saw=Text(saw), allows=allows
            )
            for reason, saw in (
                ("pass", "btn-saw-all"),
                ("handshaking", "saw-address"),
                ("btn-no-rules", "saw-nothing"),
            )
        }
        object.__setattr__(self, "_lookup", AddressLookup([each for _, each in lists]))
        object.__setattr__(self, "_kinds", tuple(kind for kind, _ in lists))
        anywhere = AddressLookup([*(each for _, each in lists), *rules.ip.values()])
        object.__setattr__(self, "_anywhere", anywhere)
        # 0 is no port but an unknown one.
        object.__setattr__(self, "_ports", frozenset().union(*rules.port.values()) - {0})
        object.__setattr__(self, "_passing", passing)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: most are on no list and share the answer about their id and name (D-22)."""
        if self.rules is None:
            return [self._passing["btn-no-rules"]] * len(batch)
        names = list(zip(*map(batch.column, _NAMES), strict=True))
        found = self._answers.of(names, batch)
        special = set(self._anywhere.find_many(batch.split)) if self._anywhere.lists else set()
        if self._ports:
            ports, endpoints = self._ports, batch.endpoints
            special.update(at for at, each in enumerate(endpoints) if each.port in ports)
        if self.scripts is not None:
            special.update(self._spoken_about(self.scripts, batch))
        for at in special:
            found[at] = self.judge(batch.sightings[at])
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The allow and the deny list also count while the handshake runs, the rest does not."""
        peer = sighting.peer
        if self.rules is None:
            return self._passing["btn-no-rules"]
        kind, entry = self._listed(peer)
        if entry is not None and kind == "allow":
            return self._allowed(peer, entry)
        if self.scripts is not None and not peer.handshaking:
            said = self.scripts.judge(sighting)
            if said is not None:
                return said
        if entry is not None:
            return self._denied(peer, entry)
        if peer.handshaking:
            return self._passing["handshaking"]
        return (
            self._by_place(self.rules, peer)
            or self._by_name(self.rules, peer)
            or self._passing["pass"]
        )

    def _spoken_about(self, scripts: BtnScripts, batch: Batch) -> Iterator[int]:
        for at, sighting in enumerate(batch.sightings):
            if not sighting.peer.handshaking and scripts.judge(sighting) is not None:
                yield at

    def _judge_name(self, sighting: Sighting) -> Verdict:
        peer = sighting.peer
        if peer.handshaking:
            return self._passing["handshaking"]
        named = None if self.rules is None else self._by_name(self.rules, peer)
        return named or self._passing["pass"]

    def _listed(self, peer: Peer) -> tuple[str, Entry | None]:
        found = self._lookup.find(peer.address.effective.ip)
        if found is None:
            return "", None
        return self._kinds[found[0]], self._lookup.lists[found[0]][found[1]]

    def _allowed(self, peer: Peer, entry: Entry) -> Verdict:
        told = {"address": str(peer.address.effective.ip), "entry": entry.text}
        return Verdict(
            rule=self.name,
            action=Action.SKIP,
            mode=self.mode,
            title=Text("rule-btn-allowed", {"entry": entry.text}),
            reason=Text("btn-allowed", {**told, "comment": entry.remark}),
            saw=Text("saw-address"),
            allows=self._passing["pass"].allows,
            data={"type": "ipAllowList", "matchedValue": entry.comment},
        )

    def _denied(self, peer: Peer, entry: Entry) -> Verdict:
        told = {"address": str(peer.address.effective.ip), "entry": entry.text}
        reason = Text("btn-denied", {**told, "comment": entry.remark})
        return self._ban(Text("rule-btn-denied", {"entry": entry.text}), reason, {"type": "ip"})

    def _by_place(self, rules: BtnRules, peer: Peer) -> Verdict | None:
        """By port, then address; in each kind the first category with a hit is named."""
        endpoint = peer.address.effective
        for category, ports in rules.port.items():
            if endpoint.port and endpoint.port in ports:
                rule = Text("rule-port", {"port": endpoint.port})
                return self._hit("port", category, rule, endpoint.port)
        for category, listed in rules.ip.items():
            entry = listed.find(endpoint.ip)
            if entry is not None:
                rule = Text("rule-address", {"address": entry.text})
                return self._hit("ip", category, rule, entry.text)
        return None

    def _by_name(self, rules: BtnRules, peer: Peer) -> Verdict | None:
        """By name, then id; as by port and address."""
        for kind, strings, subject in (
            ("clientName", rules.client_name, peer.client_name),
            ("peerId", rules.peer_id, peer.peer_id),
        ):
            for category, listed in strings.items():
                found = listed.match(subject)
                if found is not None:
                    return self._hit(kind, category, found.title, found.metadata)
        return None

    def _hit(self, kind: str, category: str, rule: Text, value: str | int) -> Verdict:
        told: dict[str, Param] = {"category": category, "rule": rule}
        ids = {"port": "port", "ip": "ip", "clientName": "client-name", "peerId": "peer-id"}
        return self._ban(
            Text("rule-btn", told),
            Text(f"btn-banned-{ids[kind]}", told),
            {"type": kind, "category": category, "rule": value},
        )

    def _ban(self, title: Text, reason: Text, facts: Mapping[str, Any]) -> Verdict:
        return Verdict(
            rule=self.name,
            action=Action.BAN,
            mode=self.mode,
            duration=self.duration,
            title=title,
            reason=reason,
            saw=Text("btn-saw-all"),
            allows=self._passing["pass"].allows,
            data=facts,
        )
