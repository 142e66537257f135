"""Reconciling: the difference is sent, confirmed, and never twice."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.address import Prefix, is_single, parse_ip, parse_prefix, show
from app.domain.capabilities import Capabilities
from app.domain.remap import Remap
from app.services.enforcement import Enforcement
from app.services.errors import Unreachable
from app.services.ports import Push
from app.services.slices import Slices
from tests.domain.examples import ban, peer
from tests.services.fakes import MemoryStore
from tests.services.reconcile_bench import able, bench, seen


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


async def test_what_a_new_version_no_longer_takes_is_taken_back() -> None:
    it = bench()
    block = ban("1.2.3.0/24")
    await it.bans.add([block])
    await it.sync()
    for _ in range(2):
        await it.look(seen("1.2.3.7", block))
        await it.sync()
    it.downloader.able = ipv4 = Capabilities(ipv6=False)
    await it.reconciler.reconcile(ipv4)
    assert it.pushed() == {"1.2.3.0/24", "1.2.3.7"}


async def test_one_that_cannot_ban_is_sent_nothing_and_promises_nothing() -> None:
    it = bench()
    watch_only = Capabilities(bans=False)
    it.downloader.able = watch_only
    entry, block = ban("1.2.3.4"), ban("5.6.0.0/16")
    await it.bans.add([entry, block])
    for _ in range(3):
        assert not await it.reconciler.reconcile(watch_only)
        await it.reconciler.observe([seen("1.2.3.4", entry), seen("5.6.7.8", block)], watch_only, 0)
    assert it.downloader.pushes == []
    assert it.reconciler.counts() == (0, 0)
    for each in (entry, block):
        assert it.reconciler.state_of(each) is Enforcement.NOT_ENFORCEABLE


async def test_a_block_without_ranges_is_not_enforceable_until_a_peer_of_it_shows_up() -> None:
    it = bench()
    entry = ban("1.2.3.0/24")
    await it.bans.add([entry])
    await it.sync(ranges=False)
    assert it.reconciler.state_of(entry) is Enforcement.NOT_ENFORCEABLE
    assert it.reconciler.counts() == (0, 0)
    await it.look(seen("1.2.3.7", entry), ranges=False)
    await it.sync(ranges=False)
    assert it.pushed() == {"1.2.3.7"}
    await it.bans.remove([entry.prefix])
    await it.sync(ranges=False)
    assert it.pushed() == set()


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
        patch.setattr(Slices, "due", lambda _slices: it.reconciler._holding.possible == 1)  # noqa: SLF001 - half-way
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
    await it.look()
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


hosts = st.sampled_from(["1.2.3.4", "1.2.3.9", "::ffff:1.2.3.4", "64:ff9b::1.2.3.4", "2001:db8::1"])
looks = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.sets(hosts, max_size=3)),
        st.tuples(st.sampled_from(["ban", "unban", "fail", "forget", "wait"]), corner),
    ),
    max_size=30,
)
ables = st.sampled_from(
    [
        Capabilities(),
        Capabilities(prefixes=False),
        Capabilities(ipv6=False),
        Capabilities(mapped=False),
        Capabilities(prefixes=False, ipv6=False),
    ]
)


@given(looks, ables)
@settings(deadline=None)
async def test_in_whatever_order_peers_stay_and_go_nothing_extra_outlives_its_ban(
    history: list[tuple[str, object]], can: Capabilities
) -> None:
    it = bench()
    it.downloader.able = can
    for what, detail in history:
        if what == "ban":
            await it.bans.add([replace(ban("9.9.9.9"), prefix=detail)])
        elif what == "unban":
            await it.bans.remove([detail])  # type: ignore[list-item]
        elif what == "forget":
            it.reconciler.forget()
        elif what == "wait":
            it.clock.now += 61_000
        elif what == "fail":
            it.downloader.error = Unreachable("x")
            with suppress(Unreachable):
                await it.reconciler.reconcile(can)
            it.downloader.error = None
            it.reconciler.forget()
        else:
            await it.reconciler.catch_up(can)
            listed = [
                seen(host, found)
                for host in detail  # type: ignore[attr-defined]
                if (found := it.bans.find(peer(host).address.ip)) is not None
            ]
            await it.reconciler.observe(listed, can, it.clock())
            await it.reconciler.reconcile(can)
            confirmed, possible = it.reconciler.counts()
            assert 0 <= confirmed <= possible
    remap = Remap(ipv6=None, ranges=can.prefixes)
    left = list(it.bans)
    await it.reconciler.reconcile(can)
    plain = {entry for one in left for entry in remap.entries(one) if can.takes(entry)}
    assert plain <= it.downloader.listed
    await it.bans.remove([one.prefix for one in left])
    await it.reconciler.reconcile(can)
    assert it.downloader.listed == set()
    await it.bans.add(left)
    await it.reconciler.reconcile(can)
    assert it.downloader.listed == plain


@given(
    st.lists(st.tuples(st.sampled_from(["ban", "unban"]), corner, st.integers(0, 40)), max_size=12),
    st.booleans(),
)
@settings(deadline=None)
async def test_wherever_a_sweep_is_cut_off_the_next_one_puts_it_right(
    history: list[tuple[str, Prefix, int]],
    ranges: bool,  # noqa: FBT001
) -> None:
    it, can = bench(), able(ranges)
    it.downloader.able = can

    async def sweep() -> None:
        await it.reconciler.catch_up(can)
        everybody = ("1.2.3.4", "1.2.3.9", "64:ff9b::1.2.3.4", "2001:db8::1")
        listed = [seen(host, b) for host in everybody if (b := it.bans.find(parse_ip(host)))]
        await it.reconciler.observe(listed, can, it.clock())
        await it.reconciler.reconcile(can)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Slices, "due", lambda _slices: True)
        for what, prefix, turns in history:
            if what == "ban":
                await it.bans.add([replace(ban("9.9.9.9"), prefix=prefix)])
            else:
                await it.bans.remove([prefix])
            it.clock.now += 20_000
            task = asyncio.get_running_loop().create_task(sweep())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            if task.cancelled():
                it.reconciler.forget()
            else:
                task.result()
            confirmed, possible = it.reconciler.counts()
            assert 0 <= confirmed <= possible
    left = list(it.bans)
    await it.bans.remove([one.prefix for one in left])
    await sweep()
    assert it.downloader.listed == it.store.held.get("qb", set()) == set()
    await it.bans.add(left)
    await it.reconciler.reconcile(can)
    remap = Remap(ipv6=None, ranges=ranges)
    plain = {entry for one in left for entry in remap.entries(one) if can.takes(entry)}
    assert it.downloader.listed == it.store.held.get("qb", set()) == plain
