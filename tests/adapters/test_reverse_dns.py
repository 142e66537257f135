"""Reverse DNS against a real name server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.adapters.reverse_dns import ReverseDns, read_servers
from app.domain.address import parse_ip
from app.locale.texts import say
from app.services.reverse_names import ReverseAnswer
from tests.adapters.dns_server import DnsServer, Odd, dns_server

HOST = parse_ip("203.0.113.9")
V6 = parse_ip("2001:db8::1")
UNANSWERED = ReverseAnswer(answered=False)


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with dns_server() as running:
        yield running


@pytest.fixture
async def dns(server: DnsServer) -> AsyncIterator[ReverseDns]:
    servers = read_servers([server.address])
    assert not servers.problems
    resolver = ReverseDns(servers.usable, use_system=False, limit=0.5)
    yield resolver
    await resolver.close()


async def test_the_name_comes_without_the_dot_at_its_end(
    server: DnsServer, dns: ReverseDns
) -> None:
    server.answers[HOST.reverse_pointer] = ("Host1.PCDN.example.",)
    answer = await dns.resolve(HOST)
    assert answer == ReverseAnswer(names=("host1.pcdn.example",), lifespan=3_600_000)


async def test_ipv6_is_asked_for_by_nibbles(server: DnsServer, dns: ReverseDns) -> None:
    server.answers[V6.reverse_pointer] = ("six.example",)
    assert (await dns.resolve(V6)).names == ("six.example",)
    assert V6.reverse_pointer.endswith(".8.b.d.0.1.0.0.2.ip6.arpa")


async def test_many_names_come_in_one_order_and_not_without_end(
    server: DnsServer, dns: ReverseDns
) -> None:
    server.answers[HOST.reverse_pointer] = tuple(
        f"n{number:02}.example" for number in range(19, -1, -1)
    )
    assert (await dns.resolve(HOST)).names == tuple(f"n{number:02}.example" for number in range(8))


async def test_strange_bytes_in_a_name_do_no_harm(server: DnsServer, dns: ReverseDns) -> None:
    server.answers[HOST.reverse_pointer] = ("a\n\x00\xff.example", "fine.example")
    names = (await dns.resolve(HOST)).names
    assert "fine.example" in names
    assert all(name.isprintable() for name in names)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Odd.MISSING, ReverseAnswer()),
        ((), ReverseAnswer()),
        (Odd.REFUSED, UNANSWERED),
        (Odd.SILENCE, UNANSWERED),
        (Odd.GARBAGE, UNANSWERED),
        (Odd.TORN, UNANSWERED),
    ],
)
async def test_no_name_and_no_answer_are_told_apart(
    server: DnsServer, dns: ReverseDns, answer: tuple[str, ...] | Odd, expected: ReverseAnswer
) -> None:
    server.answers[HOST.reverse_pointer] = answer
    async with asyncio.timeout(5):
        assert await dns.resolve(HOST) == expected


async def test_two_hundred_addresses_at_once(server: DnsServer, dns: ReverseDns) -> None:
    hosts = [parse_ip(f"10.0.{number // 250}.{number % 250}") for number in range(200)]
    for host in hosts:
        server.answers[host.reverse_pointer] = (f"host-{host}.example",)
    answers = await asyncio.gather(*(dns.resolve(host) for host in hosts))
    assert [each.names for each in answers] == [(f"host-{host}.example",) for host in hosts]


async def test_a_closed_one_asks_nobody(server: DnsServer, dns: ReverseDns) -> None:
    await dns.close()
    assert await dns.resolve(HOST) == UNANSWERED
    assert not server.calls


async def test_closing_ends_what_runs(server: DnsServer) -> None:
    server.answers[HOST.reverse_pointer] = Odd.SILENCE
    resolver = ReverseDns(read_servers([server.address]).usable, use_system=False, limit=60)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asked = group.create_task(resolver.resolve(HOST))
        await server.asked.wait()
        await resolver.close()
    assert asked.result() == UNANSWERED


async def test_nothing_is_opened_before_the_first_query() -> None:
    resolver = ReverseDns(("127.0.0.1:1",), use_system=True)
    await resolver.close()


@pytest.mark.parametrize(
    ("entry", "usable"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1:5353 ", "192.0.2.1:5353"),
        ("2001:db8::1", "[2001:db8::1]"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
    ],
)
def test_servers_are_addresses_with_or_without_a_port(entry: str, usable: str) -> None:
    assert read_servers([entry]).usable == (usable,)


@pytest.mark.parametrize(
    "entry",
    [
        "dns.example",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:dns",
        "[2001:db8::1",
        "[2001:db8::1]5353",
        "[2001:db8::1]:",
        "192.0.2.1,192.0.2.2",
        "",
    ],
)
def test_other_entries_are_left_out_with_a_reason(entry: str) -> None:
    servers = read_servers([entry, "192.0.2.1"])
    assert servers.usable == ("192.0.2.1",)
    assert [text.id for text in servers.problems] == ["reverse-server-bad"]


def test_dns_over_https_is_refused_without_telling_its_path() -> None:
    servers = read_servers(["https://user:secret@dns.example/my-key/dns-query"])
    assert servers.usable == ()
    (problem,) = servers.problems
    assert "https://dns.example" in say(problem)
    assert "key" not in say(problem)
    assert "secret" not in say(problem)
