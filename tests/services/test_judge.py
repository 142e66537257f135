"""Judging: traces, shared decisions, changes only."""

from pathlib import Path

import pytest

from app.domain.peer import Peer
from app.domain.peer_exception import PeerException
from app.domain.rules.names import ClientNameBlacklist
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.string_rule import parse_rule_list
from app.domain.verdict import Action, Mode
from app.services.ban_list import BanList
from app.services.events import EventBus
from app.services.exceptions import Exceptions
from app.services.judge import Judge, Judged, PeerBook, RuleSet
from tests.domain.examples import UBUNTU, ban, peer
from tests.services.fakes import HandClock, MemoryStore

BAD = '{"method": "STARTS_WITH", "content": "xunlei"}'
DAY = 24 * 3600 * 1000


class Bench:
    def __init__(self, mode: Mode = Mode.ENFORCE) -> None:
        self.clock, self.bus, self.store = HandClock(0), EventBus(), MemoryStore()
        self.exceptions = Exceptions(self.store, self.bus, self.clock)
        rule = ClientNameBlacklist(banned=parse_rule_list([BAD]), mode=mode)
        self.judge = Judge(self.exceptions, RuleSet((rule,), 14 * DAY))
        self.bans = BanList(self.store, self.bus, self.clock)
        self.book = PeerBook("qb", self.judge, self.bans)

    async def see(self, *peers: Peer, judged: bool = True) -> Judged:
        shown = TorrentPeers(torrent=UBUNTU, peers=tuple(peers), judged=judged)
        snapshot = Snapshot(at=self.clock(), torrents=(shown,))
        found = await self.book.judge(snapshot)
        self.book.settle()
        return found


GOOD, VAMPIRE = peer("5.6.7.8"), peer("1.2.3.4", client_name="Xunlei 0.0.1")


async def test_the_bad_are_banned_and_the_good_pass_with_a_trace() -> None:
    judged = await Bench().see(GOOD, VAMPIRE)
    by_ip = {str(j.peer.address.ip): j.decision for j in judged.changed.values()}
    assert by_ip["1.2.3.4"].bans
    assert by_ip["1.2.3.4"].duration == 14 * DAY
    assert by_ip["5.6.7.8"].action is Action.NO_ACTION
    assert [v.rule for v in by_ip["5.6.7.8"].trace] == ["exception", "client-name-blacklist"]


async def test_what_did_not_change_is_not_reported_again() -> None:
    bench = Bench()
    await bench.see(GOOD, VAMPIRE)
    assert not (await bench.see(GOOD, VAMPIRE)).changed
    moved = peer("5.6.7.8", upload_rate=9)
    again = await bench.see(moved, VAMPIRE)
    assert [j.peer for j in again.changed.values()] == [moved]


async def test_alike_peers_share_one_decision() -> None:
    bench = Bench()
    await bench.see(GOOD, peer("9.9.9.9"))
    one, other = bench.book.peers()
    assert one.decision is other.decision


async def test_who_left_is_reported_gone_once() -> None:
    bench = Bench()
    await bench.see(GOOD, VAMPIRE)
    left = await bench.see(GOOD)
    assert [str(key.endpoint.ip) for key in left.gone] == ["1.2.3.4"]
    assert not (await bench.see(GOOD)).gone


async def test_who_left_in_a_sweep_that_failed_is_reported_by_the_next() -> None:
    bench = Bench()
    await bench.see(GOOD, VAMPIRE)
    shown = TorrentPeers(torrent=UBUNTU, peers=(GOOD,))
    await bench.book.judge(Snapshot(at=0, torrents=(shown,)))
    bench.book.unsettle()
    again = await bench.see(GOOD)
    assert len(again.gone) == 1
    assert len(again.changed) == 1


async def test_first_seen_stays_and_a_torrent_that_vanished_takes_its_peers_along() -> None:
    bench = Bench()
    await bench.see(GOOD)
    bench.clock.now = 5000
    await bench.see(peer("5.6.7.8", upload_rate=1))
    assert bench.book.peers()[0].first_seen == 0
    gone = await bench.book.judge(Snapshot(at=0, torrents=()))
    assert len(gone.gone) == 1
    assert len(bench.book) == 0


async def test_peers_of_a_torrent_left_alone_are_not_judged() -> None:
    bench = Bench()
    judged = await bench.see(VAMPIRE, judged=False)
    assert not judged.changed


async def test_a_listed_peer_carries_its_ban() -> None:
    bench = Bench()
    await bench.see(GOOD)
    entry = ban("5.6.0.0/16")
    await bench.bans.add([entry])
    judged = await bench.see(GOOD)
    assert [j.ban for j in judged.changed.values()] == [entry]
    assert [j.ban for j in bench.book.listed()] == [entry]


async def test_a_ban_that_ends_or_is_replaced_is_noticed_at_peers_that_rest() -> None:
    bench = Bench()
    other = peer("9.9.9.9")
    await bench.see(GOOD, other)
    block, host = ban("5.6.0.0/16"), ban("5.6.7.8")
    for change, expected in (
        (bench.bans.add([block]), block),
        (bench.bans.add([host]), host),
        (bench.bans.remove([host.prefix]), block),
        (bench.bans.remove([block.prefix]), None),
    ):
        await change
        judged = await bench.see(GOOD, other)
        assert [(j.peer, j.ban) for j in judged.changed.values()] == [(GOOD, expected)]


async def test_rates_are_summed_apart_for_the_good_and_the_banned() -> None:
    bench = Bench()
    await bench.see(peer("5.6.7.8", upload_rate=5), peer("1.2.3.4", client_name="xunlei"))
    assert bench.book.rates() == (5, 0)
    fast = peer("1.2.3.4", client_name="xunlei", upload_rate=7)
    await bench.see(peer("5.6.7.8", upload_rate=5), fast)
    assert bench.book.rates() == (5, 7)
    await bench.bans.add([ban("5.6.7.8")])
    await bench.see(peer("5.6.7.8", upload_rate=5))
    assert bench.book.rates() == (0, 5)


async def test_peers_vanish_when_their_torrent_is_to_be_left_alone() -> None:
    bench = Bench()
    peers = (GOOD,)
    for judged in (True, False):
        shown = TorrentPeers(torrent=UBUNTU, peers=peers, judged=judged)
        found = await bench.book.judge(Snapshot(at=0, torrents=(shown,)))
    assert len(found.gone) == 1
    assert not bench.book.peers()


async def test_an_exception_comes_before_every_rule_and_stands_in_the_trace() -> None:
    bench = Bench()
    await bench.see(VAMPIRE)
    entry = PeerException(id="", client="XUNLEI", torrent=UBUNTU.hash, until=1000)
    await bench.exceptions.add(entry)
    bench.judge.forget()
    spared = bench.judge.decide(VAMPIRE, UBUNTU)
    assert spared.action is Action.SKIP
    assert spared.trace[0].rule == "exception"
    assert spared.trace[1].hits
    bench.clock.now = 1000
    assert bench.judge.decide(VAMPIRE, UBUNTU).bans


async def test_a_rule_in_shadow_bans_nobody() -> None:
    bench = Bench(Mode.SHADOW)
    judged = await bench.see(VAMPIRE)
    decision = next(iter(judged.changed.values())).decision
    assert not decision.bans
    assert decision.shadow is not None


async def test_a_rule_that_is_off_is_not_asked_but_named() -> None:
    trace = Bench(Mode.OFF).judge.decide(VAMPIRE, UBUNTU).trace
    assert (trace[1].mode, trace[1].action) == (Mode.OFF, Action.NO_ACTION)


async def test_handshaking_without_a_name_is_no_answer_yet() -> None:
    early = peer("1.2.3.4", client_name="", handshaking=True)
    trace = Bench().judge.decide(early, UBUNTU).trace
    assert trace[1].reason.id == "handshaking"


@pytest.mark.parametrize("count", [5_000])
async def test_many_peers_are_judged_in_slices(count: int, tmp_path: Path) -> None:
    bench = Bench()
    peers = [
        peer(f"9.{n // 250 % 250}.{n % 250}.1", n % 60_000, client_name=f"c{n}")
        for n in range(count)
    ]
    judged = await bench.see(*peers)
    assert len(judged.changed) == len({p.address.raw for p in peers})
