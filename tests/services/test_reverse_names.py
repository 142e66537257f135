"""What is known of reverse names: answers at once, look-ups behind the scenes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import pytest

from app.domain.address import IPAddress, parse_ip
from app.services.reverse_names import ReverseAnswer, ReverseNames

HOUR = 3_600_000
HOST, OTHER = parse_ip("203.0.113.9"), parse_ip("2001:db8::1")


class Resolver:
    """Answers as it is told to, once it may."""

    def __init__(self, **names: str) -> None:
        self.answer = ReverseAnswer(names=("host.example",), lifespan=HOUR)
        self.asked: Counter[IPAddress] = Counter()
        self.running = self.most_running = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def resolve(self, ip: IPAddress) -> ReverseAnswer:
        self.asked[ip] += 1
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        try:
            await self.may_answer.wait()
        finally:
            self.running -= 1
        return self.answer

    async def close(self) -> None:
        pass


class Waiting:
    """Who is told of names."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[frozenset[IPAddress]] = asyncio.Queue()

    def __call__(self, known: Collection[IPAddress]) -> None:
        self.told.put_nowait(frozenset(known))


class Time:
    now = 1_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def resolver() -> Resolver:
    return Resolver()


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def names(resolver: Resolver, clock: Time, waiting: Waiting) -> ReverseNames:
    return ReverseNames(resolver, clock, waiting, at_once=4, most=100)


@asynccontextmanager
async def running(names: ReverseNames) -> AsyncIterator[None]:
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        task = group.create_task(names.run())
        yield
        task.cancel()


async def test_an_unknown_name_is_looked_up_while_nobody_waits(
    names: ReverseNames, resolver: Resolver, waiting: Waiting
) -> None:
    assert names.names(HOST) is None
    assert names.names(HOST) is None
    async with running(names):
        assert await waiting.told.get() == {HOST}
    assert names.names(HOST) == ("host.example",)
    assert names.name(HOST) == "host.example"
    assert resolver.asked == {HOST: 1}


async def test_names_are_told_of_in_batches(names: ReverseNames, waiting: Waiting) -> None:
    hosts = {parse_ip(f"10.0.0.{number}") for number in range(20)}
    for host in hosts:
        names.names(host)
    async with running(names):
        assert await waiting.told.get() == hosts


async def test_only_so_many_are_asked_for_at_once(
    names: ReverseNames, resolver: Resolver, waiting: Waiting
) -> None:
    resolver.may_answer.clear()
    for number in range(20):
        names.names(parse_ip(f"10.0.0.{number}"))
    async with running(names):
        while resolver.running < 4:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        resolver.may_answer.set()
        await waiting.told.get()
    assert resolver.most_running == 4


@pytest.mark.parametrize(
    ("answer", "lifespan"),
    [
        (ReverseAnswer(names=("a.example",), lifespan=HOUR), HOUR),
        (ReverseAnswer(names=("a.example",), lifespan=0), HOUR // 6),
        (ReverseAnswer(names=("a.example",), lifespan=1_000 * HOUR), 24 * HOUR),
        (ReverseAnswer(), HOUR),
        (ReverseAnswer(answered=False), HOUR // 6),
    ],
    ids=["as said", "not too short", "not too long", "no name", "no answer"],
)
async def test_every_answer_is_remembered_for_a_time(
    names: ReverseNames, resolver: Resolver, clock: Time, answer: ReverseAnswer, lifespan: int
) -> None:
    resolver.answer = answer
    assert await names.look_up(HOST) == (answer.names[0] if answer.names else None)
    clock.now += lifespan - 1
    assert names.names(HOST) == answer.names
    async with running(names):
        await asyncio.sleep(0)
        assert resolver.asked == {HOST: 1}
        clock.now += 1
        # Old names hold until there are new ones.
        assert names.names(HOST) == answer.names
        while resolver.asked[HOST] < 2:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)


async def test_only_changed_names_are_told_of(
    names: ReverseNames, resolver: Resolver, clock: Time, waiting: Waiting
) -> None:
    await names.look_up(HOST)
    async with running(names):
        assert await waiting.told.get() == {HOST}
        clock.now += HOUR
        names.names(HOST)
        names.names(OTHER)
        assert await waiting.told.get() == {OTHER}
        clock.now += HOUR
        resolver.answer = ReverseAnswer()
        names.names(HOST)
        assert await waiting.told.get() == {HOST}
    assert names.names(HOST) == ()


async def test_silence_takes_no_name_away(
    names: ReverseNames, resolver: Resolver, clock: Time, waiting: Waiting
) -> None:
    await names.look_up(HOST)
    clock.now += HOUR
    resolver.answer = ReverseAnswer(answered=False)
    async with running(names):
        names.names(HOST)
        while resolver.asked[HOST] < 2:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
    assert names.name(HOST) == "host.example"


async def test_memory_and_queue_are_bounded(
    names: ReverseNames, resolver: Resolver, waiting: Waiting
) -> None:
    hosts = [parse_ip(f"10.0.{number // 250}.{number % 250}") for number in range(500)]
    for host in hosts:
        names.names(host)
    async with running(names):
        assert len(await waiting.told.get()) == 100
        for host in hosts[100:150]:
            names.names(host)
        await waiting.told.get()
    assert resolver.asked.total() == 150
    assert sum(names.names(host) is not None for host in hosts) == 100


async def test_what_nobody_wants_any_longer_is_not_asked_for(
    names: ReverseNames, resolver: Resolver, waiting: Waiting
) -> None:
    names.names(HOST)
    names.drop_waiting()
    async with running(names):
        names.names(OTHER)
        assert await waiting.told.get() == {OTHER}
    assert resolver.asked == {OTHER: 1}


async def test_without_name_servers_no_address_has_a_name(clock: Time, waiting: Waiting) -> None:
    names = ReverseNames(None, clock, waiting)
    assert names.names(HOST) == ()
    assert await names.look_up(HOST) is None


async def test_other_name_servers_are_asked_anew(
    names: ReverseNames, resolver: Resolver, waiting: Waiting
) -> None:
    await names.look_up(HOST)
    resolver.may_answer.clear()
    async with running(names):
        names.names(OTHER)
        while not resolver.running:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        newer = Resolver()
        newer.answer = ReverseAnswer(names=("new.example",), lifespan=HOUR)
        assert names.use(newer) is resolver
        assert names.names(HOST) is None
        resolver.may_answer.set()
        told: set[IPAddress] = set()
        while told != {HOST, OTHER}:
            told |= await waiting.told.get()
    assert names.name(HOST) == names.name(OTHER) == "new.example"
