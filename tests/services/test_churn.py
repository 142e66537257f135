"""A day of downloaders that come, go and err while the ban list churns: in the end all hold what they shall."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final

import pytest
from msgspec import structs
from typing_extensions import override

from app.domain.address import (
    Prefix,
    block_of,
    embedded_ipv4,
    is_single,
    parse_ip,
    parse_prefix,
    show,
    single,
    unmapped,
)
from app.domain.ban import Ban
from app.domain.capabilities import Capabilities
from app.domain.snapshot import Snapshot
from app.services.downloader_state import Status
from app.services.errors import ProtocolMismatch, Unreachable
from app.services.events import SweepFailed, Swept
from app.services.ports import Connection, Push
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import House, ScriptedDownloader, house
from tests.services.virtual_time import VirtualClock, VirtualLoop

MINUTE: Final = 60.0
ABLE: Final[Mapping[str, Capabilities]] = {
    "all": Capabilities(),
    "ipv4": Capabilities(ipv6=False, mapped=False),
    "singles": Capabilities(prefixes=False),
    "volatile": Capabilities(lasting=False, mapped=False),
    "watched": Capabilities(bans=False, peer_ids=False, counters=False),
}
OWN: Final = frozenset(map(parse_prefix, ("198.18.0.0/15", "203.0.113.200", "2001:db8:ffff::/48")))
"""What the user put into the list of each by hand."""
HP: Final = "hp/torrent 1.0"


@dataclass
class Moody(ScriptedDownloader):
    """Keeps a list as a client does, the user's own entries included, and errs in every way that one can."""

    dice: random.Random = field(default_factory=random.Random)
    up: bool = True
    hangs: bool = False
    confused: bool = False
    """It answers nonsense."""
    clumsy: bool = False
    """It breaks off while it takes a list: before, in the middle, or after."""

    async def _answers(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if not self.up:
            raise Unreachable("connection refused")
        if self.confused:
            raise ProtocolMismatch("it says moo")

    @override
    async def connect(self) -> Connection:
        await self._answers()
        return await super().connect()

    @override
    async def snapshot(self) -> Snapshot:
        await self._answers()
        return await super().snapshot()

    @override
    async def apply(self, push: Push) -> None:
        await self._answers()
        assert self.able.bans
        assert all(map(self.able.takes, push.wanted))
        assert all(map(self.able.takes, push.added))
        mood = self.dice.randrange(3) if self.clumsy else None
        if mood == 0:
            raise Unreachable("gone before it heard")
        self.listed |= set(push.wanted if push.everything else push.added)
        if mood == 1:
            raise Unreachable("gone while it listened")
        unwanted = set(push.owned) - set(push.wanted) if push.everything else set(push.removed)
        self.listed -= unwanted
        if mood == 2:
            raise Unreachable("gone before it answered")

    def restart(self) -> None:
        """Its list may be lost with it; what the user set stays."""
        self.session += 1
        self.hangs = self.confused = self.clumsy = False
        self.up = True
        if not self.able.lasting:
            self.listed = set(OWN)

    def forget(self) -> None:
        """It starts with an empty list for once, though it should have kept it."""
        self.restart()
        self.listed = set(OWN)

    def update(self) -> None:
        """Another version, which takes blocks or does not."""
        if self.able.bans:
            self.able = structs.replace(self.able, prefixes=not self.able.prefixes)
        self.restart()


class Day:
    """What happens, by a seed."""

    def __init__(self, it: House, seed: int) -> None:
        self._it, self._dice = it, random.Random(seed)
        self.moody = {
            name: each for name, each in it.downloaders.items() if isinstance(each, Moody)
        }
        for each in self.moody.values():
            each.dice = self._dice
        self.swept, self.failed = Counter[str](), Counter[str]()
        it.core.bus.subscribe(Swept, self._on_swept)
        it.core.bus.subscribe(SweepFailed, self._on_failed)

    async def pass_by(self, seconds: float) -> None:
        """Let things happen for so long."""
        happenings: Mapping[Callable[[], Awaitable[None]], int] = {
            self._ban: 12,
            self._ban_block: 4,
            self._unban: 6,
            self._unban_all: 1,
            self._come: 16,
            self._leave: 8,
            self._fail: 6,
            self._mend: 12,
            self._restart: 3,
            self._pause: 1,
        }
        loop, dice = asyncio.get_running_loop(), self._dice
        end = loop.time() + seconds
        while loop.time() < end:
            await asyncio.sleep(dice.expovariate(1 / 7))
            (happens,) = dice.choices([*happenings], [*happenings.values()])
            await happens()
            for each in self.moody.values():
                assert each.listed >= OWN

    async def calm_down(self) -> None:
        """Nothing more happens, all is well, and there is time to find that out."""
        for name, each in self.moody.items():
            if not each.able.lasting:
                each.torrents.clear()  # a banned peer that is back would tell that the list is lost
            each.restart()
            each.obeys = True
            if self._it.core.downloaders.state(name).status is Status.PAUSED:
                await self._it.core.downloaders.pause(name, paused=False)
        await asyncio.sleep(10 * MINUTE)

    def _one(self) -> Moody:
        return self._dice.choice([*self.moody.values()])

    def _address(self) -> str:
        last = self._dice.randrange(1, 40)
        return self._dice.choice(
            [
                f"36.110.{last % 2}.{last}",
                f"2001:db8:{last % 2}::{last:x}",
                f"64:ff9b::36.110.1.{last}",
            ]
        )

    async def _ban(self) -> None:
        await self._try_ban(single(parse_ip(self._address())))

    async def _ban_block(self) -> None:
        bits = self._dice.choice([(24, 64), (28, 120)])
        ip = unmapped(single(parse_ip(self._address()))).network_address
        await self._try_ban(block_of(ip, bits[0] if ip.version == 4 else bits[1]))

    async def _try_ban(self, prefix: Prefix) -> None:
        duration = round(self._dice.expovariate(1 / (20 * MINUTE)) * 1_000) + 1
        await self._it.core.bans.ban([prefix], duration=duration)

    async def _unban(self) -> None:
        listed = [*self._it.core.ban_list]
        if listed:
            await self._it.core.bans.unban([self._dice.choice(listed).prefix])

    async def _unban_all(self) -> None:
        await self._it.core.bans.unban_all()

    async def _come(self) -> None:
        name = self._dice.choice([HP, "qBittorrent/5.1"])
        there = self._one().torrents.setdefault(UBUNTU.id, (UBUNTU, []))[1]
        fresh = peer(self._address(), client_name=name, uploaded=self._dice.randrange(10_000))
        if all(fresh.address.raw != other.address.raw for other in there):
            there.append(fresh)

    async def _leave(self) -> None:
        there = self._one().torrents.setdefault(UBUNTU.id, (UBUNTU, []))[1]
        if there:
            there.pop(self._dice.randrange(len(there)))

    async def _fail(self) -> None:
        one = self._one()
        trouble = self._dice.choice(["up", "hangs", "confused", "clumsy", "obeys"])
        setattr(one, trouble, trouble not in {"up", "obeys"})

    async def _mend(self) -> None:
        one = self._one()
        one.up = one.obeys = True
        one.hangs = one.confused = one.clumsy = False

    async def _restart(self) -> None:
        one = self._one()
        self._dice.choice([one.restart, one.forget, one.update])()

    async def _pause(self) -> None:
        name = self._dice.choice([*self.moody])
        paused = self._it.core.downloaders.state(name).status is Status.PAUSED
        await self._it.core.downloaders.pause(name, paused=not paused)

    def _on_swept(self, event: Swept) -> None:
        self.swept[event.downloader] += 1

    def _on_failed(self, event: SweepFailed) -> None:
        self.failed[event.downloader] += 1


async def live(folder: Path, seed: int, seconds: float) -> Day:
    """A day, or a part of it; checks what each downloader holds at its end."""
    clock = VirtualClock()
    downloaders: dict[str, ScriptedDownloader] = {
        name: Moody(clock, able=able, listed=set(OWN)) for name, able in ABLE.items()
    }
    async with house(folder, *ABLE, downloaders=downloaders, clock=clock) as it:
        day = Day(it, seed)
        await day.pass_by(seconds)
        await it.core.bans.ban([parse_prefix("36.110.0.1"), parse_prefix("36.110.1.0/24")])
        await day.calm_down()
        for name, each in day.moody.items():
            check(it, name, each)
        for each in day.moody.values():
            each.torrents.clear()  # else rules ban them again
        await asyncio.sleep(MINUTE)
        await it.core.bans.unban_all()
        await asyncio.sleep(MINUTE)
        assert all(each.listed == OWN for each in day.moody.values())
        assert not any(it.store.held[name] for name in ABLE)
        return day


def check(it: House, name: str, downloader: Moody) -> None:
    """It holds what the ban list wants of it, the user's own entries, and nothing else that outlived its ban."""
    state = it.core.downloaders.state(name)
    assert state.status is Status.HEALTHY, (name, state.problem)
    remap = replace(it.core.remap, ranges=downloader.able.prefixes)
    bans = [*it.core.ban_list]
    wanted = {entry for ban in bans for entry in remap.entries(ban) if downloader.able.takes(entry)}
    ours = downloader.listed - OWN
    assert downloader.listed >= OWN
    assert ours >= wanted
    assert ours == it.store.held[name]
    for extra in ours - wanted:
        # An address of a block, or another form of one that stayed, for as long as its ban lasts.
        assert is_single(extra)
        assert any(_stands_for(extra, ban) for ban in bans), show(extra)
    # One that takes no IPv6 entries cannot drop who came through NAT64.
    stay = {judged.ban.prefix for judged in it.core.downloaders.peers(name) if judged.ban}
    assert not stay or not downloader.able.ipv6 or not downloader.able.bans
    assert state.bans_possible - len(stay) <= state.bans_confirmed <= state.bans_possible


def _stands_for(extra: Prefix, ban: Ban) -> bool:
    own = extra.network_address
    inner = embedded_ipv4(own) if isinstance(own, IPv6Address) else None
    return own in ban.prefix or (inner is not None and inner in ban.prefix)


def lived(folder: Path, seed: int, seconds: float) -> Day:
    """The same on a loop of its own, on which time is no matter."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(live(folder, seed, seconds))


def test_after_a_stormy_hour_each_downloader_holds_what_it_shall(tmp_path: Path) -> None:
    day = lived(tmp_path, 9, 60 * MINUTE)
    assert all(day.swept[name] > 20 for name in ABLE)
    assert day.failed.total() > 20


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_a_stormy_day_each_downloader_holds_what_it_shall(tmp_path: Path, seed: int) -> None:
    day = lived(tmp_path, seed, 24 * 60 * MINUTE)
    assert all(day.swept[name] > 1_000 for name in ABLE)
    assert day.failed.total() > 1_000
