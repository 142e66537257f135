"""A reconciler with a ban list and a downloader that does as it is told."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.address import show
from app.domain.capabilities import Capabilities
from app.domain.decision import merge
from app.domain.remap import Remap
from app.services.ban_list import BanList
from app.services.events import EventBus, JudgedPeer, PeerKey
from app.services.reconcile import Reconciler
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import HandClock, MemoryStore, ScriptedDownloader


def able(ranges: bool) -> Capabilities:  # noqa: FBT001
    return Capabilities(prefixes=ranges)


@dataclass
class Bench:
    clock: HandClock
    bans: BanList
    store: MemoryStore
    downloader: ScriptedDownloader
    reconciler: Reconciler

    async def look(self, *listed: JudgedPeer, ranges: bool = True) -> None:
        await self.reconciler.observe(listed, able(ranges), self.clock())

    async def sync(self, *, ranges: bool = True) -> bool:
        return await self.reconciler.reconcile(able(ranges))

    def pushed(self) -> set[str]:
        return {show(entry) for entry in self.downloader.pushes[-1].wanted}


def bench(store: MemoryStore | None = None) -> Bench:
    clock, bus, store = HandClock(0), EventBus(), store or MemoryStore()
    bans = BanList(store, bus, clock)
    downloader = ScriptedDownloader(clock)
    reconciler = Reconciler(
        "qb",
        downloader,
        store,
        ban_list=bans,
        bus=bus,
        remap=lambda: Remap(ipv6=None),
        clock=clock,
    )
    return Bench(clock, bans, store, downloader, reconciler)


def seen(ip: str, listed: object) -> JudgedPeer:
    shown = peer(ip)
    key = PeerKey("qb", UBUNTU.id, shown.address.raw)
    return JudgedPeer(key, UBUNTU, shown, merge((), 0), 0, listed)  # type: ignore[arg-type]
