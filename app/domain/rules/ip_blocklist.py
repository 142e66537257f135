"""The user's own list of addresses, blocks and ports (reference/rules.md 3.3, its address part)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.domain.address import Endpoint, Prefix, show, unmapped
from app.domain.peer import Peer
from app.domain.prefix_map import PrefixMap
from app.domain.reason import Text
from app.domain.verdict import Action, Mode, Verdict

IP_BLOCKLIST: Final = "ip-address-blocker"


@dataclass(frozen=True, slots=True, kw_only=True)
class IpBlocklist:
    """Bans listed addresses and remote ports."""

    prefixes: PrefixMap[Prefix] = field(default_factory=PrefixMap)
    ports: frozenset[int] = frozenset()
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = IP_BLOCKLIST
    passing: Verdict = field(init=False)
    """The answer for everybody else, made once."""

    def __post_init__(self) -> None:
        passing = Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("pass"),
            saw=Text("saw-address"),
            allows=Text("allows-entries", {"count": len(self.prefixes) + len(self.ports)}),
        )
        object.__setattr__(self, "passing", passing)

    @classmethod
    def of(
        cls,
        prefixes: Iterable[Prefix],
        ports: Iterable[int],
        *,
        duration: int = 0,
        mode: Mode = Mode.ENFORCE,
    ) -> IpBlocklist:
        """Build from plain lists."""
        listed: PrefixMap[Prefix] = PrefixMap()
        for prefix in prefixes:
            listed[unmapped(prefix)] = prefix
        return cls(prefixes=listed, ports=frozenset(ports), duration=duration, mode=mode)

    def judge(self, peer: Peer) -> Verdict:
        """Judge by port, then by address; also while idle, as neither can change (D-10, D-36)."""
        endpoint = peer.address.effective
        passing = self.passing
        # 0 is no port but an unknown one, and yet the placeholder in PBH's list.
        if endpoint.port and endpoint.port in self.ports:
            return Verdict(
                rule=self.name,
                action=Action.BAN,
                mode=self.mode,
                duration=self.duration,
                title=Text("rule-port", {"port": endpoint.port}),
                reason=Text("port-banned", {"port": endpoint.port}),
                saw=passing.saw,
                allows=passing.allows,
                data={"type": "port", "rule": endpoint.port},
            )
        found = self.prefixes.find(endpoint.ip)
        if found is not None:
            return Verdict(
                rule=self.name,
                action=Action.BAN,
                mode=self.mode,
                duration=self.duration,
                title=Text("rule-address", {"address": show(found)}),
                reason=Text("address-banned", {"address": str(endpoint.ip), "entry": show(found)}),
                saw=passing.saw,
                allows=passing.allows,
                data={"type": "ip", "rule": show(found)},
            )
        return passing

    def subject(self, peer: Peer) -> Endpoint | None:
        """Address and port; nothing when nothing is listed."""
        return peer.address.effective if self.prefixes or self.ports else None
