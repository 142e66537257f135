"""How often a network may guess."""

from app.api.gate import Gate
from app.domain.address import parse_ip
from tests.services.fakes import HandClock

HOME = parse_ip("203.0.113.7")
NEXT_DOOR = parse_ip("203.0.113.200")
ELSEWHERE = parse_ip("203.0.114.7")
PROXY = parse_ip("127.0.0.1")


def test_a_block_is_shut_out_together_and_others_are_not() -> None:
    gate = Gate(HandClock())
    for _ in range(11):
        assert gate.is_open(HOME, HOME)
        gate.failed(HOME, HOME)
    assert not gate.is_open(NEXT_DOOR, NEXT_DOOR)
    assert gate.is_open(ELSEWHERE, ELSEWHERE)


def test_ipv6_counts_by_blocks_of_50_bits() -> None:
    gate = Gate(HandClock())
    for _ in range(11):
        gate.failed(parse_ip("2001:db8:0:1::1"), parse_ip("2001:db8:0:1::1"))
    inside, outside = parse_ip("2001:db8:0:3fff::1"), parse_ip("2001:db8:0:4000::1")
    assert not gate.is_open(inside, inside)
    assert gate.is_open(outside, outside)


def test_the_time_counts_from_the_first_look() -> None:
    clock = HandClock()
    gate = Gate(clock)
    gate.is_open(HOME, HOME)
    clock.now += 899_999
    for _ in range(11):
        gate.failed(HOME, HOME)
    assert not gate.is_open(HOME, HOME)
    clock.now += 1
    assert gate.is_open(HOME, HOME)


def test_a_clock_that_is_set_back_shuts_nobody_out_for_ever() -> None:
    clock = HandClock()
    gate = Gate(clock)
    for _ in range(11):
        gate.failed(HOME, HOME)
    clock.now -= 10_000_000
    assert gate.is_open(HOME, HOME)


def test_who_invents_clients_behind_a_proxy_is_shut_out_in_the_end() -> None:
    gate = Gate(HandClock())
    for number in range(200):
        client = parse_ip(f"198.51.{number}.1")
        if not gate.is_open(client, PROXY):
            break
        gate.failed(client, PROXY)
    assert number == 101
    assert not gate.is_open(HOME, PROXY)
    assert gate.is_open(PROXY, PROXY)


def test_memory_stays_bounded_and_forgets_the_harmless_first() -> None:
    gate = Gate(HandClock())
    for _ in range(11):
        gate.failed(HOME, HOME)
    for number in range(12_000):
        address = parse_ip(f"10.{number >> 8}.{number & 255}.1")
        gate.is_open(address, address)
    assert len(gate._failures) <= 10_000  # noqa: SLF001 - memory is not seen from outside
    assert not gate.is_open(HOME, HOME)
