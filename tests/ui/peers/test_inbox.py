"""Sweeps are collected without a screen, and the account always balances."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.decision import Decision
from app.domain.snapshot import Snapshot
from app.domain.verdict import Action
from app.services.events import JudgedPeer, PeerKey, Swept, Timings
from app.ui.peers.inbox import PeerInbox
from app.ui.peers.mark import Group
from tests.ui.fakes import peer, torrent

_TORRENT = torrent()
_PASS = Decision(Action.NO_ACTION, None, 0, ())
_BAN = Decision(Action.BAN, None, 1, ())
_MANY = 100_000


def judged(number: int, *, up: int = 0, down: int = 0, bans: bool = False) -> JudgedPeer:
    seen = peer(f"192.0.2.{number}", up=up, down=down)
    key = PeerKey("qb", _TORRENT.id, seen.address.raw)
    return JudgedPeer(key, _TORRENT, seen, _BAN if bans else _PASS, 0)


def swept(changed: Iterable[JudgedPeer] = (), gone: Iterable[JudgedPeer] = (), *, of: int) -> Swept:
    return Swept(
        downloader="qb",
        snapshot=Snapshot(at=0, torrents=()),
        changed={one.key: one for one in changed},
        gone=frozenset(one.key for one in gone),
        peers=of,
        to_good=0,
        to_banned=0,
        bans=(),
        timings=Timings(),
    )


def take(inbox: PeerInbox, event: Swept) -> None:
    for _slice in inbox.take(event):
        pass


def test_peers_are_counted_per_group() -> None:
    inbox = PeerInbox(lambda _downloader: ())
    take(inbox, swept([judged(1, up=5), judged(2, down=5), judged(3, up=1, bans=True)], of=3))
    assert (inbox.total, inbox.count(Group.TAKING), inbox.count(Group.GIVING)) == (3, 2, 1)
    assert inbox.count(Group.BANNED) == 1

    take(inbox, swept([judged(1)], [judged(3)], of=2))
    assert (inbox.total, inbox.count(Group.TAKING), inbox.count(Group.BANNED)) == (2, 0, 0)


def test_what_changed_is_handed_over_once_and_in_parts() -> None:
    inbox = PeerInbox(lambda _downloader: ())
    take(inbox, swept([judged(n) for n in range(5)], of=5))
    first, _gone = inbox.collect(3)
    rest, _gone = inbox.collect(3)
    assert (len(first), len(rest), inbox.waiting) == (3, 2, 0)


def test_a_peer_that_came_and_left_again_is_gone() -> None:
    inbox = PeerInbox(lambda _downloader: ())
    take(inbox, swept([judged(1)], of=1))
    take(inbox, swept(gone=[judged(1)], of=0))
    assert inbox.collect(_MANY) == ({}, {judged(1).key})
    take(inbox, swept([judged(1)], of=1))
    changed, gone = inbox.collect(_MANY)
    assert (list(changed), gone) == ([judged(1).key], set())


def test_an_account_that_does_not_balance_is_made_anew() -> None:
    live = [judged(1), judged(2)]
    inbox = PeerInbox(lambda _downloader: live)
    take(inbox, swept([judged(1), judged(9)], of=2))
    assert inbox.total == 2
    live.pop()
    take(inbox, swept(of=1))
    assert inbox.total == 1
    changed, gone = inbox.collect(_MANY)
    assert list(changed) == [judged(1).key]
    assert {judged(2).key, judged(9).key} >= gone


def test_a_downloader_that_is_dropped_in_the_middle_of_its_sweep_stays_dropped() -> None:
    inbox = PeerInbox(lambda _downloader: ())
    work = inbox.take(swept([judged(n) for n in range(3)], of=3))
    next(work)
    inbox.drop(["qb"])
    assert list(work) == []
    assert inbox.total == 0
    assert inbox.collect(_MANY)[0] == {}


_SWEEPS = st.lists(st.dictionaries(st.integers(1, 20), st.integers(0, 3)), max_size=6)


@given(_SWEEPS)
def test_a_table_fed_from_it_always_equals_the_last_sweep(
    history: list[dict[int, int]],
) -> None:
    live: dict[PeerKey, JudgedPeer] = {}
    table: dict[PeerKey, JudgedPeer] = {}
    inbox = PeerInbox(lambda _downloader: tuple(live.values()))
    for sweep in history:
        now = {judged(n).key: judged(n, up=rate) for n, rate in sweep.items()}
        changed = [one for key, one in now.items() if live.get(key) != one]
        gone = [one for key, one in live.items() if key not in now]
        live = now
        take(inbox, swept(changed, gone, of=len(now)))
        came, left = inbox.collect(_MANY)
        table |= came
        for key in left:
            table.pop(key, None)
        assert table == live
        assert inbox.count(Group.TAKING) == sum(one.peer.upload_rate > 0 for one in live.values())


def test_a_trail_shows_the_rates_of_the_last_sweeps() -> None:
    inbox = PeerInbox(lambda _downloader: ())
    for rate in (0, 400, 400, 100):
        one = judged(1)
        one = replace(one, peer=replace(one.peer, upload_rate=rate))
        take(inbox, swept([one, judged(2)], of=2))
    trail = inbox.trails.of(judged(1).key)
    assert [round(sample, 2) for sample in trail.samples[-4:]] == [0.0, 0.88, 0.88, 0.44]
    assert trail.samples[:-4] == (0.0,) * 26
    assert inbox.trails.of(judged(2).key).samples == ()
    assert len(inbox.trails) == 1


def test_a_peer_that_fell_silent_long_ago_needs_no_trail() -> None:
    inbox = PeerInbox(lambda _downloader: ())
    take(inbox, swept([judged(1, up=5)], of=1))
    take(inbox, swept([judged(1)], of=1))
    for _sweep in range(70):
        take(inbox, swept(of=1))
    assert len(inbox.trails) == 0
