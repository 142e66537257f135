"""Reconciling: the difference is sent, confirmed, and never twice."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.address import Prefix, is_single, parse_prefix, show
from app.domain.capabilities import Capabilities
from app.domain.decision import merge
from app.domain.remap import Remap
from app.services.ban_list import BanList
from app.services.errors import Unreachable
from app.services.events import EventBus, JudgedPeer, PeerKey
from app.services.ports import Push
from app.services.reconcile import Enforcement, Reconciler
from app.services.slices import Slices
from tests.domain.examples import UBUNTU, ban, peer
from tests.services.fakes import HandClock, MemoryStore, ScriptedDownloader


def able(ranges: bool) -> Capabilities:  # noqa: FBT001
    return Capabilities(prefixes=ranges)


@dataclass
class Bench:
    bans: BanList
    store: MemoryStore
    downloader: ScriptedDownloader
    reconciler: Reconciler

    async def sync(self, *, ranges: bool = True) -> bool:
        return await self.reconciler.reconcile(able(ranges))

    def pushed(self) -> set[str]:
        return {show(entry) for entry in self.downloader.pushes[-1].wanted}


def bench(store: MemoryStore | None = None) -> Bench:
    clock, bus, store = HandClock(0), EventBus(), store or MemoryStore()
    bans = BanList(store, bus, clock)
    downloader = ScriptedDownloader(clock)
    reconciler = Reconciler("qb", downloader, store, bans, bus, lambda: Remap(ipv6=None))
    return Bench(bans, store, downloader, reconciler)


def seen(ip: str, listed: object) -> JudgedPeer:
    shown = peer(ip)
    key = PeerKey("qb", UBUNTU.id, shown.address.raw)
    return JudgedPeer(key, UBUNTU, shown, merge((), 0), 0, listed)  # type: ignore[arg-type]


async def test_o2_first_contact_sends_everything_and_then_nothing_twice() -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4")])
    assert await it.sync()
    assert it.downloader.pushes[0].everything
    assert it.pushed() == {"1.2.3.4", "::ffff:102:304"}
    assert not await it.sync()


async def test_o1_one_new_ban_is_sent_alone() -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4")])
    await it.sync()
    await it.bans.add([ban("5.6.7.8")])
    await it.sync()
    push = it.downloader.pushes[-1]
    assert not push.everything
    assert {show(e) for e in push.added} == {"5.6.7.8", "::ffff:506:708"}
    assert not push.removed


async def test_o3_all_unbans_of_a_sweep_go_out_in_one_push() -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4"), ban("5.6.7.8"), ban("9.9.9.9")])
    await it.sync()
    await it.bans.remove([parse_prefix("1.2.3.4")])
    await it.bans.remove([parse_prefix("5.6.7.8")])
    await it.sync()
    assert len(it.downloader.pushes) == 2
    assert it.pushed() == {"9.9.9.9", "::ffff:909:909"}
    assert len(it.downloader.pushes[-1].removed) == 4


async def test_a_ban_and_unban_between_two_sweeps_sends_nothing() -> None:
    it = bench()
    await it.sync()
    await it.bans.add([ban("1.2.3.4")])
    await it.bans.remove([parse_prefix("1.2.3.4")])
    assert not await it.sync()


async def test_what_was_not_delivered_is_sent_again() -> None:
    it = bench()
    await it.sync()
    await it.bans.add([ban("1.2.3.4")])
    it.downloader.error = Unreachable("gone")
    with pytest.raises(Unreachable):
        await it.sync()
    it.downloader.error = None
    assert await it.sync()
    assert it.pushed() == {"1.2.3.4", "::ffff:102:304"}


async def test_a_downloader_that_forgot_gets_everything_again() -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4")])
    await it.sync()
    it.reconciler.forget()
    assert await it.sync()
    assert it.downloader.pushes[-1].everything


async def test_entries_of_an_earlier_run_that_ended_meanwhile_are_removed() -> None:
    store = MemoryStore()
    store.held["qb"] = {parse_prefix("1.2.3.4")}
    it = bench(store)
    await it.sync()
    assert parse_prefix("1.2.3.4") in it.downloader.pushes[0].removed
    assert store.held["qb"] == set()


async def test_entries_are_known_as_ours_before_they_are_sent() -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4")])
    it.downloader.error = Unreachable("killed in between")
    with pytest.raises(Unreachable):
        await it.sync()
    assert parse_prefix("1.2.3.4") in it.store.held["qb"]


async def test_a_ban_is_confirmed_by_the_sweep_after() -> None:
    it = bench()
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    assert it.reconciler.state_of(entry) is Enforcement.WAITING
    await it.sync()
    assert it.reconciler.state_of(entry) is Enforcement.WAITING
    it.reconciler.observe([], able(True))
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED
    assert it.reconciler.counts() == (1, 1)


async def test_a_peer_that_stays_is_pushed_once_more_and_reported() -> None:
    it = bench()
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    await it.sync()
    for _ in range(4):
        it.reconciler.observe([seen("1.2.3.4", entry)], able(True))
        await it.sync()
    assert it.reconciler.state_of(entry) is Enforcement.STILL_THERE
    assert len(it.downloader.pushes) == 2
    it.reconciler.observe([], able(True))
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED


async def test_a_block_without_ranges_is_not_enforceable_until_a_peer_of_it_shows_up() -> None:
    it = bench()
    entry = ban("1.2.3.0/24")
    await it.bans.add([entry])
    await it.sync(ranges=False)
    assert it.reconciler.state_of(entry) is Enforcement.NOT_ENFORCEABLE
    assert it.reconciler.counts() == (0, 0)
    it.reconciler.observe([seen("1.2.3.7", entry)], able(False))
    await it.sync(ranges=False)
    assert it.pushed() == {"1.2.3.7"}
    await it.bans.remove([entry.prefix])
    await it.sync(ranges=False)
    assert it.pushed() == set()


async def test_shared_entries_stay_until_their_last_ban_goes() -> None:
    it = bench()
    # Both are listed by the address that the downloader sees.
    await it.bans.add([ban("1.2.3.4", raw="64:ff9b::1.2.3.4"), ban("64:ff9b::1.2.3.4")])
    await it.sync()
    await it.bans.remove([parse_prefix("1.2.3.4")])
    await it.sync()
    assert it.pushed() == {"64:ff9b::102:304", "1.2.3.4"}


async def test_what_is_banned_during_a_push_is_ours_as_well_and_can_be_lifted() -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4")])
    change_owned = it.store.change_owned

    async def change_slowly(downloader_id: str, added: object, removed: object) -> None:
        await change_owned(downloader_id, added, removed)  # type: ignore[arg-type]
        if not it.bans.get(parse_prefix("5.6.7.8")):
            await it.bans.add([ban("5.6.7.8")])

    it.store.change_owned = change_slowly  # type: ignore[method-assign]
    await it.sync()
    await it.sync()
    assert parse_prefix("5.6.7.8") in it.downloader.listed
    assert it.store.held["qb"] == it.downloader.listed


async def test_a_sweep_that_ends_while_the_list_is_gone_through_loses_no_ban(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4"), ban("5.6.7.8")])
    stop = asyncio.Event()

    async def hang(_slices: Slices) -> None:
        await stop.wait()

    with monkeypatch.context() as patch:
        patch.setattr(Slices, "due", lambda _slices: len(it.reconciler._entries) == 1)  # noqa: SLF001 - half-way
        patch.setattr(Slices, "rest", hang)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.01):
                await it.sync()
    await it.sync()
    assert it.pushed() == {"1.2.3.4", "::ffff:102:304", "5.6.7.8", "::ffff:506:708"}


async def test_a_ban_lifted_during_its_push_does_not_upset_the_counts() -> None:
    it = bench()
    await it.bans.add([ban("1.2.3.4"), ban("5.6.7.8")])
    apply = it.downloader.apply

    async def apply_slowly(push: Push) -> None:
        await apply(push)
        await it.bans.remove([parse_prefix("5.6.7.8")])

    it.downloader.apply = apply_slowly  # type: ignore[method-assign]
    await it.sync()
    await it.sync()
    it.reconciler.observe([], able(True))
    assert it.reconciler.counts() == (1, 1)
    assert it.pushed() == {"1.2.3.4", "::ffff:102:304"}


async def test_more_changes_than_are_remembered_end_up_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.services.reconcile._MOST_PENDING", 2)
    it = bench()
    await it.sync()
    await it.bans.add([ban("1.2.3.4"), ban("5.6.7.8"), ban("9.9.9.9")])
    await it.bans.remove([parse_prefix("5.6.7.8")])
    await it.sync()
    assert it.pushed() == {"1.2.3.4", "::ffff:102:304", "9.9.9.9", "::ffff:909:909"}


async def test_a_listed_address_of_a_block_is_not_confirmed_before_its_peer_is_gone() -> None:
    it = bench()
    entry = ban("1.2.3.0/24")
    await it.bans.add([entry])
    await it.sync(ranges=False)
    it.reconciler.observe([seen("1.2.3.7", entry)], able(False))
    await it.sync(ranges=False)
    assert it.reconciler.state_of(entry) is Enforcement.WAITING
    it.reconciler.observe([], able(False))
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED


async def test_a_ban_with_another_end_stays_confirmed() -> None:
    it = bench()
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    await it.sync()
    it.reconciler.observe([], able(True))
    await it.bans.add([replace(entry, until=entry.until + 1)], record=False)
    await it.sync()
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED
    assert len(it.downloader.pushes) == 1


corner = st.sampled_from(
    [
        parse_prefix(t)
        for t in (
            "1.2.3.4",
            "1.2.3.5",
            "1.2.3.0/24",
            "2001:db8::1",
            "2001:db8::/52",
            "64:ff9b::1.2.3.4",
        )
    ]
)
steps = st.lists(
    st.tuples(st.sampled_from(["ban", "unban", "sweep", "fail", "forget"]), corner), max_size=25
)


@given(steps, st.booleans())
@settings(deadline=None)
async def test_whatever_happens_the_list_ends_up_right(
    history: list[tuple[str, Prefix]],
    ranges: bool,  # noqa: FBT001
) -> None:
    it = bench()
    it.downloader.able = able(ranges)
    for what, prefix in history:
        match what:
            case "ban":
                await it.bans.add([replace(ban("9.9.9.9"), prefix=prefix)])
            case "unban":
                await it.bans.remove([prefix])
            case "forget":
                it.reconciler.forget()
            case "fail":
                it.downloader.error = Unreachable("x")
                with suppress(Unreachable):
                    await it.sync(ranges=ranges)
                it.downloader.error = None
            case _:
                await it.sync(ranges=ranges)
    await it.sync(ranges=ranges)
    remap = Remap(ipv6=None, ranges=ranges)
    expected = {
        entry for one in it.bans for entry in remap.entries(one) if ranges or is_single(entry)
    }
    assert it.downloader.listed == expected
    assert it.store.held["qb"] == expected
