"""Stops enforcement and asks when rules about behaviour would ban a large part of all peers at once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.address import Prefix, show
from app.domain.ban import Ban, Source
from app.domain.errors import Refused
from app.domain.reason import Text
from app.domain.rule_words import named_rules
from app.domain.verdict import Mode
from app.locale.texts import say
from app.services.ban_list import BanList
from app.services.events import AlertEnded, AlertRaised, BreakerChanged, EventBus, RulesChanged
from app.services.ports import Clock
from app.settings.profile import CircuitBreaker

log = logging.getLogger(__name__)

ALERT: Final = "circuit-breaker"

NAMED: Final = frozenset(
    {
        "peer-id-blacklist",
        "client-name-blacklist",
        "ip-address-blocker",
        "ip-address-blocker-rules",
        "peer-name-blocker-rules",
        "anti-vampire",
        "ptr-blacklist",
        "btn",
        "manual",
    }
)
"""Rules that ban by name, id, list or hand, and so never by mistake about what a peer does."""

_EXAMPLES: Final = 50
_FREE_WINDOWS: Final = 5
"""Windows for which nothing is counted after the user said that the bans are right."""


class RuleSwitch(Protocol):
    """What puts a rule into another mode; raises AppError."""

    async def set_mode(self, name: str, mode: Mode) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerState:
    """What the breaker holds back and why, as front ends show it."""

    tripped_at: int | None = None
    """Epoch milliseconds; None while bans go on."""
    rules: Mapping[str, int]
    """Distinct addresses by the rule that wants to ban them."""
    peers: int = 0
    """Of how many peers."""
    held: tuple[Ban, ...] = ()
    """Examples of the bans that are held back, 50 at most."""
    held_count: int = 0
    undoable: int = 0
    """Bans that were made shortly before it tripped and can be undone together."""
    allowed_until: int | None = None
    """Until when nothing trips it because the user allowed it, epoch ms."""

    @property
    def count(self) -> int:
        """All addresses that these rules want to ban, or did shortly before."""
        return sum(self.rules.values())


class Breaker:
    """Counts what behaviour rules ban over all downloaders; holds their bans back once it trips."""

    def __init__(
        self,
        settings: Callable[[], CircuitBreaker],
        rules: RuleSwitch,
        ban_list: BanList,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._settings, self._rules, self._list = settings, rules, ban_list
        self._bus, self._clock = bus, clock
        # Oldest first: when each was admitted.
        self._recent: dict[Prefix, tuple[int, Ban]] = {}
        self._undoable: dict[Prefix, Ban] = {}
        self._held: dict[Prefix, str] = {}
        self._examples: dict[Prefix, Ban] = {}
        self._tripped_at: int | None = None
        self._free_until = 0
        self._peers = 0

    @property
    def state(self) -> BreakerState:
        """As it is now."""
        rules = Counter(self._held.values())
        rules.update(ban.rule for prefix, ban in self._undoable.items() if prefix not in self._held)
        return BreakerState(
            tripped_at=self._tripped_at,
            rules=dict(rules.most_common()),
            peers=self._peers,
            held=tuple(self._examples.values()),
            held_count=len(self._held),
            undoable=len(self._undoable),
            allowed_until=self._free_until if self._clock() < self._free_until else None,
        )

    def admit(self, bans: Sequence[Ban], live: int) -> tuple[Ban, ...]:
        """Those of `bans` that may be enforced now.

        What it holds back it forgets but for examples: it comes again when the peers are judged anew. `live`
        counts the peers of all downloaders that no ban covers yet, those of `bans` included.
        """
        settings, now = self._settings(), self._clock()
        if not settings.enabled and self._tripped_at is not None:
            self._close()
        if not settings.enabled or now < self._free_until:
            return tuple(bans)
        counted = {ban.prefix: ban for ban in bans if is_counted(ban)}
        if not counted:
            return tuple(bans)
        if self._tripped_at is None:
            self._forget_old(now - settings.window)
            earlier = sum(prefix not in counted for prefix in self._recent)
            count, peers = earlier + len(counted), earlier + max(live, len(counted))
            if count < settings.peers or count < settings.share * peers:
                self._remember(counted, now)
                return tuple(bans)
            self._peers = peers
            self._trip(counted, now, settings)
        else:
            self._hold(counted)
        self._bus.publish(BreakerChanged())
        return tuple(ban for ban in bans if not is_counted(ban))

    def allow(self) -> None:
        """Let go on what it held back, and trip over nothing for five windows. Raises Refused when nothing is held.

        Everybody is judged anew, so the bans come with the next sweeps.
        """
        self._refuse_closed()
        self._free_until = self._clock() + _FREE_WINDOWS * self._settings().window
        self._undoable = {}
        self._close()
        self._bus.publish(RulesChanged())

    async def stand_down(self) -> None:
        """Let the rules concerned only watch from now on.

        Raises Refused when nothing is held, and whatever the switch raises.
        """
        self._refuse_closed()
        for rule in self.state.rules:
            await self._rules.set_mode(rule, Mode.SHADOW)
        self._close()

    async def undo(self) -> tuple[Ban, ...]:
        """Lift the bans made shortly before it tripped. Raises Refused when there are none, StorageError."""
        if not self._undoable:
            raise Refused(Text("breaker-nothing-to-undo"))
        bans = self._undoable
        lifted = await self._list.remove(
            list(bans),
            by_hand=True,
            unless=lambda ban: bans.get(ban.prefix) is not ban,  # the user's, or newer
        )
        self._undoable = {}
        self._bus.publish(BreakerChanged())
        return lifted

    def _trip(self, counted: Mapping[Prefix, Ban], now: int, settings: CircuitBreaker) -> None:
        self._tripped_at = now
        self._undoable = {prefix: ban for prefix, (_at, ban) in self._recent.items()}
        self._recent = {}
        self._hold(counted)
        state = self.state
        example = state.held[0]
        text = Text(
            "breaker-tripped",
            {
                "window_ms": settings.window,
                "rules": named_rules(state.rules),
                "count": state.count,
                "peers": state.peers,
                "example": Text(
                    "breaker-example",
                    {"address": show(example.prefix), "why": example.verdict.reason},
                ),
            },
        )
        log.warning("%s", say(text))
        self._bus.publish(AlertRaised(kind=ALERT, text=text, severe=True))

    def _hold(self, counted: Mapping[Prefix, Ban]) -> None:
        for prefix, ban in counted.items():
            self._held[prefix] = ban.rule
            if prefix in self._examples or len(self._examples) < _EXAMPLES:
                self._examples[prefix] = ban

    def _close(self) -> None:
        self._tripped_at = None
        self._held, self._examples = {}, {}
        self._bus.publish(AlertEnded(ALERT))
        self._bus.publish(BreakerChanged())

    def _refuse_closed(self) -> None:
        if self._tripped_at is None:
            raise Refused(Text("breaker-closed"))

    def _remember(self, counted: Mapping[Prefix, Ban], now: int) -> None:
        for prefix, ban in counted.items():
            self._recent.pop(prefix, None)  # the newest stand last
            self._recent[prefix] = (now, ban)

    def _forget_old(self, before: int) -> None:
        for prefix, (at, _ban) in list(self._recent.items()):
            if at > before:
                return
            del self._recent[prefix]


def is_counted(ban: Ban) -> bool:
    """Whether a rule about behaviour wants it."""
    return ban.source is Source.RULE and ban.rule not in NAMED
