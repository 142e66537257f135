"""What is sent so that the plugin's ban list is ours, and what is left alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.biglybt.bans import BanWriter, Plan, make_plan
from app.adapters.downloaders.biglybt.session import Session
from app.domain.address import Prefix
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Push
from tests.adapters.downloaders.biglybt.fake import FakeBiglyBT, fake_biglybt
from tests.adapters.downloaders.biglybt.opened import settings
from tests.adapters.downloaders.simulated import until


def nets(*texts: str) -> frozenset[Prefix]:
    return frozenset(map(ip_network, texts))


def push(
    wanted: Collection[Prefix],
    *,
    added: Collection[Prefix] | None = None,
    removed: Collection[Prefix] = (),
    everything: bool = False,
) -> Push:
    return Push(
        wanted=wanted,
        added=wanted if added is None else added,
        removed=removed,
        owned=frozenset((*wanted, *removed)),
        everything=everything,
    )


@asynccontextmanager
async def writer(fake: FakeBiglyBT, *, increment: bool = True) -> AsyncIterator[BanWriter]:
    session = Session(settings(fake))
    await session.open()
    fake.written.clear()
    try:
        yield BanWriter(session, increment=increment)
    finally:
        await session.close()


def sent(fake: FakeBiglyBT) -> list[tuple[str, list[str]]]:
    """Methods and entries of what was written to the ban list."""
    found = []
    for method, path, body in fake.written:
        assert path == "bans"
        given = json.loads(body)
        found.append((method, given["replaceWith"] if method == "PUT" else given["ips"]))
    return found


async def test_single_changes_are_sent_alone_and_nothing_is_read() -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        one, two = nets("1.2.3.4"), nets("240e::1")
        await bans.apply(push(one), ())
        await bans.apply(push(two, removed=one), ())
        await bans.apply(push(two, added=()), ())
        assert sent(fake) == [
            ("POST", ["1.2.3.4"]),
            ("DELETE", ["1.2.3.4"]),
            ("POST", ["240e::1"]),
        ]
        assert fake.calls["GET bans"] == 0
        assert set(fake.bans) == two


async def test_what_is_not_known_is_compared_and_only_the_difference_sent() -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        old = nets("1.1.1.1", "240e:3a1::1", "5.5.5.0/24")
        fake.bans.update(dict.fromkeys(old | nets("9.9.9.9")))
        wanted = nets("240e:3a1::1", "5.5.5.0/24", "8.8.8.8")
        await bans.apply(push(wanted, removed=nets("1.1.1.1"), everything=True), ())
        assert sent(fake) == [("DELETE", ["1.1.1.1"]), ("POST", ["8.8.8.8"])]
        assert set(fake.bans) == wanted | nets("9.9.9.9")
        fake.written.clear()
        await bans.apply(push(wanted, everything=True), ())
        assert not fake.written


async def test_when_the_user_wants_whole_lists_they_are_replaced_and_others_entries_stay() -> None:
    async with fake_biglybt() as fake, writer(fake, increment=False) as bans:
        fake.bans.update(dict.fromkeys(nets("1.1.1.1", "9.9.9.9")))
        fake.filter.update(dict.fromkeys(nets("7.7.7.7")))
        await bans.apply(push(nets("8.8.8.8"), removed=nets("1.1.1.1")), ())
        assert sent(fake) == [("PUT", ["8.8.8.8", "9.9.9.9"])]
        assert json.loads(fake.written[0][2])["includeNonPBHEntries"] is False
        assert set(fake.bans) == nets("8.8.8.8", "9.9.9.9")
        assert set(fake.filter) == nets("7.7.7.7")
        await bans.apply(push(nets("8.8.8.8"), everything=True), ())
        assert len(fake.written) == 1


@pytest.mark.parametrize("increment", [True, False])
async def test_a_block_drops_who_is_connected_and_leaves_nothing_beside_it(
    increment: bool,  # noqa: FBT001 - parametrized
) -> None:
    async with fake_biglybt() as fake, writer(fake, increment=increment) as bans:
        fake.swarm.meet("36.110.0.1", "240e:3a1::1")
        await until(lambda: len(fake.swarm.connected) == 2, "both connected")
        wanted = nets("36.110.0.0/16", "240e:3a1::1")
        await bans.apply(push(wanted), ("240e:3a1:0:0:0:0:0:1", "36.110.0.1"))
        assert not fake.swarm.connected
        assert set(fake.bans) == wanted


async def test_who_is_still_connected_though_the_entry_stands_is_dropped_by_a_full_push() -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        fake.swarm.meet("240e:3a1::1")
        await until(lambda: fake.swarm.connected, "connected")
        wanted = nets("240e:3a1::1")
        fake.bans.update(dict.fromkeys(wanted))
        await bans.apply(push(wanted, everything=True), ("240e:3a1:0:0:0:0:0:1",))
        assert not fake.swarm.connected
        assert set(fake.bans) == wanted


async def test_what_a_crash_left_beside_a_block_of_ours_is_taken_off() -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        fake.bans.update(dict.fromkeys(nets("5.5.5.0/24", "5.5.5.5", "6.6.6.6")))
        await bans.apply(push(nets("5.5.5.0/24"), everything=True), ())
        assert set(fake.bans) == nets("5.5.5.0/24", "6.6.6.6")


@pytest.mark.parametrize("everything", [True, False])
async def test_entries_that_do_not_stick_are_reported(
    everything: bool,  # noqa: FBT001 - parametrized
) -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        fake.refuses = {"1.2.3.4"}
        with pytest.raises(ProtocolMismatch) as failed:
            await bans.apply(push(nets("1.2.3.4", "5.6.7.8"), everything=everything), ())
        assert failed.value.text.params["detail"] == Text(
            "bans-not-taken", {"count": 1, "example": "1.2.3.4"}
        )


async def test_taking_off_what_does_not_stand_there_is_no_failure() -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        await bans.apply(push(nets(), removed=nets("1.2.3.4")), ())
        assert fake.calls["GET bans"] == 1


async def test_that_it_lost_all_entries_is_noticed() -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        assert not await bans.has_been_emptied()
        await bans.apply(push(nets("1.2.3.4")), ())
        assert not await bans.has_been_emptied()
        fake.bans.clear()
        assert await bans.has_been_emptied()


def test_other_spellings_of_an_entry_are_the_entry() -> None:
    wanted = nets("240e::1", "1.2.0.0/16")
    plan = make_plan(["240e:0:0:0:0:0:0:1", "/1.2.0.0/16"], wanted, wanted)
    assert plan == Plan((), (), ())


def test_lines_that_nobody_can_read_are_not_ours() -> None:
    plan = make_plan(["what", "1.2.3.4"], nets(), nets("1.2.3.4"))
    assert plan == Plan((), ("1.2.3.4",), ("what",))


_ADDRESSES = st.integers(0, 7).map(lambda n: ip_network((0x0A000000 + n, 32)))
_LISTS = st.frozensets(_ADDRESSES)


@given(_LISTS, _LISTS, _LISTS)
def test_after_a_plan_the_list_is_ours_and_the_others(
    standing: frozenset[Prefix], wanted: frozenset[Prefix], before: frozenset[Prefix]
) -> None:
    owned = wanted | before
    plan = make_plan([str(e.network_address) for e in standing], wanted, owned)
    after = standing - nets(*plan.stale) | nets(*plan.missing)
    assert after == wanted | (standing - owned)
    assert nets(*plan.foreign) == standing - owned


async def test_a_long_list_goes_out_and_comes_back() -> None:
    async with fake_biglybt() as fake, writer(fake) as bans:
        wanted = frozenset(ip_network((0x24000000 + (n << 8), 32)) for n in range(3000))
        await bans.apply(push(wanted, everything=True), ())
        assert set(fake.bans) == wanted
        assert len(fake.written) == 1
