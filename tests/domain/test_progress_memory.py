"""The bounded memory of the progress rule."""

from __future__ import annotations

from app.domain.address import Endpoint, PeerAddress, parse_ip, parse_prefix
from app.domain.peer import Peer
from app.domain.progress_look import FirstLook
from app.domain.progress_memory import Blocks, Key, ProgressMemory, Records, Wanted, prefix_of
from app.domain.progress_record import ProgressRecord
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.sighting import Batch, Sighting
from app.domain.torrent import Torrent

BLOCKS = Blocks()


def sighting(ip: str, torrent: str = "t", *, handshaking: bool = False) -> Sighting:
    end = Endpoint(parse_ip(ip), 6881)
    peer = Peer(address=PeerAddress(raw=end, effective=end), handshaking=handshaking)
    return Sighting(
        at=1, downloader="one", torrent=Torrent(id=torrent, hash=torrent, name=""), peer=peer
    )


def key(memory: ProgressMemory, ip: str, torrent: str = "t") -> Key:
    return memory.key(sighting(ip, torrent), BLOCKS)


def keys(taken: Records | Wanted) -> set[Key]:
    return {(group, start) for group, starts in taken.items() for start in starts}


def missing(memory: ProgressMemory, seen: list[Sighting]) -> set[Key]:
    found: Wanted = {}
    memory.missing(Batch(seen), BLOCKS, found)
    return keys(found)


def test_neighbours_of_an_ipv6_block_share_a_record_and_ipv4_addresses_do_not() -> None:
    memory = ProgressMemory()
    assert key(memory, "2001:db8::1") == key(memory, "2001:db8:0:ff::2")
    assert key(memory, "2001:db8::1") != key(memory, "2001:db8:0:100::1")
    assert key(memory, "203.0.113.1") != key(memory, "203.0.113.2")
    assert key(memory, "203.0.113.1") != key(memory, "203.0.113.1", "u")
    assert prefix_of(key(memory, "2001:db8:0:ff::2")) == parse_prefix("2001:db8::/56")


def test_no_more_than_asked_for_is_kept_and_what_is_used_stays() -> None:
    memory = ProgressMemory(most=100, persistent=False)
    used = memory.record(key(memory, "198.51.100.1"), 1)
    for number in range(1, 2_000):
        memory.record(key(memory, f"203.0.{number // 250}.{number % 250}"), 1)
        assert memory.record(key(memory, "198.51.100.1"), 1) is used
        assert len(memory) <= 100


def test_what_is_not_stored_yet_is_not_lost() -> None:
    memory = ProgressMemory(most=10)
    first = memory.record(key(memory, "198.51.100.1"), 1)
    for number in range(100):
        memory.record(key(memory, f"203.0.113.{number}"), 1)
    assert memory.record(key(memory, "198.51.100.1"), 1) is first
    taken = memory.take_dirty()
    assert len(keys(taken)) == 101
    assert memory.take_dirty() == {}
    memory.give_back(taken)
    assert key(memory, "198.51.100.1") not in keys(memory.take_dirty())  # too many to hold on to


def test_what_could_not_be_stored_is_taken_again() -> None:
    memory = ProgressMemory()
    memory.record(key(memory, "198.51.100.1"), 1)
    taken = memory.take_dirty()
    memory.give_back(taken)
    assert memory.take_dirty() == taken


def test_missing_are_those_that_will_be_judged_and_are_not_here() -> None:
    memory = ProgressMemory()
    memory.record(key(memory, "203.0.113.1"), 1)
    seen = [sighting(f"203.0.113.{n}") for n in (1, 2, 2)]
    seen.append(sighting("203.0.113.3", handshaking=True))
    (wanted,) = missing(memory, seen)
    assert wanted == key(memory, "203.0.113.2")
    stored = ProgressRecord(5, 6)
    memory.put([(wanted, stored), (key(memory, "203.0.113.1"), ProgressRecord(7, 8))])
    assert memory.record(wanted, 9) is stored
    assert memory.record(key(memory, "203.0.113.1"), 9).first_seen == 1
    assert missing(memory, seen) == set()


def test_a_first_look_stands_for_the_record_until_that_is_asked_for() -> None:
    memory = ProgressMemory()
    seen = sighting("203.0.113.1")
    group, ip = key(memory, "203.0.113.1")
    (run,) = Batch([seen]).runs
    shelf, _ = memory.shelves(run, BLOCKS)
    look = FirstLook(seen.torrent, 7, 100, 0.5, ProgressCheat(), ip, 6881)
    memory.note(shelf, ip, look)
    assert missing(memory, [seen]) == set()
    assert memory.take_dirty() == {group: {ip: look}}
    record = memory.known(shelf, ip)
    assert record == look.copy()
    assert memory.record((group, ip), 9) is record
    assert memory.take_dirty() == {group: {ip: record}}


def test_an_address_leads_to_the_record_of_its_block_and_families_stand_apart() -> None:
    memory = ProgressMemory()
    (run,) = Batch([sighting("203.0.113.1")]).runs
    four, six = memory.shelves(run, Blocks(ipv4=24, ipv6=56))
    record = ProgressRecord(1, 1)
    memory.note(four, 0xCB007101, record)
    assert memory.known(four, 0xCB0071FE) is record
    assert memory.known(four, 0xCB007201) is None
    assert memory.known(six, 0xCB007101) is None


def test_blocks_that_share_an_address_are_forgotten() -> None:
    memory = ProgressMemory()
    places = ["203.0.113.1", "203.0.113.2", "203.0.114.1", "2001:db8::1", "2001:db8:0:100::1"]
    for torrent in ("t", "u"):
        for place in places:
            memory.record(key(memory, place, torrent), 1)

    list(memory.forget([parse_prefix("203.0.113.1"), parse_prefix("2001:db8:0:ff::9")], "t"))
    assert len(memory) == 8
    list(memory.forget([parse_prefix("203.0.113.1")]))
    assert len(memory) == 7
    list(memory.forget([parse_prefix("203.0.113.0/24"), parse_prefix("2001:db8::/32")]))
    assert keys(memory.take_dirty()) == {
        key(memory, "203.0.114.1", "t"),
        key(memory, "203.0.114.1", "u"),
    }


def test_records_not_seen_since_are_forgotten() -> None:
    memory = ProgressMemory()
    for at in range(10):
        memory.record(key(memory, f"203.0.113.{at}"), at)
    list(memory.forget_unseen(6))
    assert len(memory) == 4


def test_a_torrent_that_was_forgotten_is_remembered_anew() -> None:
    memory = ProgressMemory()
    memory.record(key(memory, "203.0.113.1"), 1)
    list(memory.forget_unseen(2))
    memory.record(key(memory, "203.0.113.1"), 3)
    list(memory.forget_unseen(2))
    assert len(memory) == 1
    assert keys(memory.take_dirty()) == {key(memory, "203.0.113.1")}
