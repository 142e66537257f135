"""What is never banned, and what the circuit breaker holds back; ours, PBH has none of it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from aiohttp import hdrs

from app.api.access import Role
from app.api.answer import Answer
from app.api.call import Call
from app.api.router import Route, Taking
from app.api.shapes import DownloaderName
from app.domain.address import show
from app.domain.ban import Ban
from app.domain.errors import NotFound
from app.domain.protection import Protected
from app.locale.texts import rule_title, say
from app.services.breaker import BreakerState
from app.services.core import Core
from app.services.nat_watch import NatAlarm


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and how many addresses it wants to ban."""

    rule: str
    name: str
    count: int


class HeldBan(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An example of a ban that is held back."""

    address: str
    rule: str
    reason: str
    since: int
    client_name: str | None
    torrent_name: str | None


class BreakerReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The circuit breaker; times are epoch ms, `trippedAt` null while bans go on."""

    tripped_at: int | None
    allowed_until: int | None
    count: int
    peers: int
    rules: list[RuleCount]
    held_count: int
    held: list[HeldBan]
    undoable: int


class ProtectedNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A network that is never banned."""

    network: str
    kind: str
    name: str
    reason: str


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Many peers at one address of the user's own."""

    downloader: DownloaderName
    address: str
    peers: int
    since: int


class ProtectionReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All of it."""

    breaker: BreakerReport
    networks: list[ProtectedNetwork]
    nat_alarms: list[Alarm]


class BreakerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with the bans that are held back, or were made shortly before."""

    answer: Literal["allow", "standDown", "undo"]


async def report(call: Call) -> Answer:
    """Show it."""
    core = call.core
    return Answer(
        data=ProtectionReport(
            breaker=_breaker(core.breaker.state),
            networks=[_network(entry) for entry in core.protection.networks.entries],
            nat_alarms=[_alarm(alarm, core) for alarm in core.nat_watch.alarms()],
        )
    )


async def answer_breaker(call: Call, body: BreakerAnswer) -> Answer:
    """Do it, and show the breaker as it is then."""
    core = call.core
    match body.answer:
        case "allow":
            core.breaker.allow()
            core.downloaders.sweep_now()
        case "standDown":
            await core.breaker.stand_down()
        case "undo":
            await core.breaker.undo()
    return Answer(data=_breaker(core.breaker.state))


def _breaker(state: BreakerState) -> BreakerReport:
    return BreakerReport(
        tripped_at=state.tripped_at,
        allowed_until=state.allowed_until,
        count=state.count,
        peers=state.peers,
        rules=[
            RuleCount(rule=rule, name=rule_title(rule), count=count)
            for rule, count in state.rules.items()
        ],
        held_count=state.held_count,
        held=[_held(ban) for ban in state.held],
        undoable=state.undoable,
    )


def _held(ban: Ban) -> HeldBan:
    return HeldBan(
        address=show(ban.prefix),
        rule=ban.rule,
        reason=say(ban.verdict.reason),
        since=ban.since,
        client_name=None if ban.peer is None else ban.peer.client_name,
        torrent_name=None if ban.torrent is None else ban.torrent.name,
    )


def _network(entry: Protected) -> ProtectedNetwork:
    return ProtectedNetwork(
        network=show(entry.prefix),
        kind=entry.kind.value,
        name=entry.name,
        reason=say(entry.text),
    )


def _alarm(alarm: NatAlarm, core: Core) -> Alarm:
    try:
        ref = core.downloaders.state(alarm.downloader).ref
    except NotFound:  # it was just removed
        name = DownloaderName(id=alarm.downloader, name=alarm.downloader, type="")
    else:
        name = DownloaderName(id=ref.id, name=ref.name, type=ref.kind)
    return Alarm(downloader=name, address=str(alarm.address), peers=alarm.peers, since=alarm.since)


ROUTES: Final = (
    Route(
        method=hdrs.METH_GET,
        path="/api/protection",
        role=Role.READ,
        handler=report,
        answers=ProtectionReport,
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/protection/breaker",
        role=Role.WRITE,
        handler=Taking(BreakerAnswer, answer_breaker),
        answers=BreakerReport,
    ),
)
