"""The book of live peers: traces, shared decisions, changes only, looks that are due."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from msgspec import structs

from app.domain.address import block_of
from app.domain.capabilities import Capabilities, Source
from app.domain.decision import Decision
from app.domain.peer import Peer
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.rules.names import ClientNameBlacklist
from app.domain.sighting import Batch, Sighting
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.string_rule_list import parse_rule_list
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict
from app.services.ban_list import BanList
from app.services.events import EventBus, PeerKey
from app.services.exceptions import Exceptions
from app.services.judge import Judge, Outlook, RuleSet
from app.services.peer_book import Judged, PeerBook
from app.services.protection import Protection
from tests.domain.examples import UBUNTU, ban, peer
from tests.services.fakes import HandClock, MemoryStore

BAD = '{"method": "STARTS_WITH", "content": "xunlei"}'
DAY = 24 * 3600 * 1000


class Greed:
    """Bans who took more than 100 bytes, and looks again at everybody else after a second."""

    name = "greed"
    mode = Mode.ENFORCE

    def __init__(self, clock: HandClock) -> None:
        self.asked: list[str] = []
        self.patience: int | None = None

    def judge_all(self, batch: Batch) -> list[Verdict]:
        return list(map(self.judge, batch.sightings))

    def judge(self, sighting: Sighting) -> Verdict:
        self.asked.append(str(sighting.peer.address.ip))
        greedy = sighting.peer.uploaded > 100
        late = self.patience is not None and sighting.at >= self.patience
        return Verdict(
            rule=self.name,
            action=Action.BAN if greedy or late else Action.NO_ACTION,
            reason=Text("pass"),
            data={"uploaded": sighting.peer.uploaded},
            review_at=self.patience if not late else None,
        )


class Foreseen:
    def __init__(self) -> None:
        self.batches: list[int] = []

    async def prepare(self, batches: Sequence[Batch]) -> None:
        self.batches.append(sum(map(len, batches)))


class Left:
    def __init__(self) -> None:
        self.keys: list[PeerKey] = []

    def gone(self, keys: Iterable[PeerKey]) -> None:
        self.keys += keys


class Bench:
    def __init__(self, mode: Mode = Mode.ENFORCE, *, greedy: bool = False) -> None:
        self.clock, self.bus, self.store = HandClock(0), EventBus(), MemoryStore()
        self.exceptions = Exceptions(self.store, self.bus, self.clock)
        self.bans = BanList(self.store, self.bus, self.clock)
        self.greed = Greed(self.clock)
        rule = ClientNameBlacklist(banned=parse_rule_list([BAD]), mode=mode)
        behaviour = (self.greed,) if greedy else ()
        self.foresight, self.memory = Foreseen(), Left()
        self.judge = Judge(
            Protection(tuple, self.bus),
            self.exceptions,
            RuleSet((rule,), behaviour, 14 * DAY),
            outlook=Outlook(
                (self.foresight,), (self.memory,), lambda p: block_of(p.network_address, 30)
            ),
        )
        self.book = PeerBook("qb", self.judge, self.bans)

    async def see(self, *peers: Peer, judged: bool = True, torrent: Torrent = UBUNTU) -> Judged:
        shown = TorrentPeers(torrent=torrent, peers=tuple(peers), judged=judged)
        snapshot = Snapshot(at=self.clock(), torrents=(shown,))
        found = await self.book.judge(snapshot)
        self.book.settle()
        return found

    @staticmethod
    def decision(judged: Judged) -> Decision:
        (found,) = judged.changed.values()
        return found.decision


GOOD, VAMPIRE = peer("5.6.7.8"), peer("1.2.3.4", client_name="Xunlei 0.0.1")


async def test_the_bad_are_banned_and_the_good_pass_with_a_trace() -> None:
    judged = await Bench().see(GOOD, VAMPIRE)
    by_ip = {str(j.peer.address.ip): j.decision for j in judged.changed.values()}
    assert by_ip["1.2.3.4"].bans
    assert by_ip["1.2.3.4"].duration == 14 * DAY
    assert by_ip["5.6.7.8"].action is Action.NO_ACTION
    rules = ["protection", "exception", "client-name-blacklist"]
    assert [v.rule for v in by_ip["5.6.7.8"].trace] == rules


async def test_what_did_not_change_is_not_reported_again() -> None:
    bench = Bench()
    await bench.see(GOOD, VAMPIRE)
    assert not (await bench.see(GOOD, VAMPIRE)).changed
    moved = peer("5.6.7.8", upload_rate=9)
    again = await bench.see(moved, VAMPIRE)
    assert [j.peer for j in again.changed.values()] == [moved]


async def test_a_downloader_that_tells_less_after_an_update_has_all_judged_anew() -> None:
    bench = Bench()
    await bench.see(GOOD, VAMPIRE)
    bench.book.use(Source(label="Client 1"))
    assert not (await bench.see(GOOD, VAMPIRE)).changed
    mute = Capabilities(client_names=False)
    bench.book.use(Source(label="Client 2", capabilities=mute))
    judged = await bench.see(GOOD, VAMPIRE)
    assert len(judged.changed) == 2
    assert not any(j.decision.bans for j in judged.changed.values())
    bench.book.use(Source(label="Client 2", capabilities=mute))
    assert not (await bench.see(GOOD, VAMPIRE)).changed
    bench.book.use(Source(label="Client 3"))
    assert any(j.decision.bans for j in (await bench.see(GOOD, VAMPIRE)).changed.values())


async def test_who_is_not_banned_is_counted_anew_after_each_judging() -> None:
    bench = Bench()
    await bench.see(GOOD, VAMPIRE)
    assert bench.book.unlisted == 2
    await bench.bans.add([ban("1.2.3.4")])
    await bench.see(GOOD, VAMPIRE)
    assert bench.book.unlisted == 1
    bench.book.clear()
    assert bench.book.unlisted == 0


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
    bench = Bench(greedy=True)
    entry = PeerException(id="", client="XUNLEI", torrent=UBUNTU.hash, until=1000)
    await bench.exceptions.add(entry)
    spared = bench.decision(await bench.see(VAMPIRE))
    assert spared.action is Action.SKIP
    assert spared.trace[1].rule == "exception"
    assert spared.trace[2].hits
    assert spared.trace[3].reason.id == "rule-unasked"
    assert not bench.greed.asked
    bench.clock.now = 1000
    bench.judge.forget()
    assert bench.decision(await bench.see(VAMPIRE)).bans


async def test_a_rule_that_an_exception_silences_stands_in_the_trace_without_effect() -> None:
    bench = Bench(greedy=True)
    rule = "client-name-blacklist"
    await bench.exceptions.add(PeerException(id="", client="xunlei", rule=rule))
    found = bench.decision(await bench.see(VAMPIRE))
    assert found.action is Action.NO_ACTION
    assert found.trace[2].data["excepted"]
    taker = peer("1.2.3.4", client_name="Xunlei 0.0.1", uploaded=101)
    again = bench.decision(await bench.see(taker))
    assert again.deciding is not None
    assert again.deciding.rule == "greed"


async def test_a_rule_in_shadow_bans_nobody() -> None:
    bench = Bench(Mode.SHADOW)
    decision = bench.decision(await bench.see(VAMPIRE))
    assert not decision.bans
    assert decision.shadow is not None


async def test_a_rule_that_is_off_is_not_asked_but_named() -> None:
    bench = Bench(Mode.OFF)
    trace = bench.decision(await bench.see(VAMPIRE)).trace
    assert (trace[2].mode, trace[2].action) == (Mode.OFF, Action.NO_ACTION)


async def test_handshaking_without_a_name_is_no_answer_yet() -> None:
    bench = Bench()
    early = peer("1.2.3.4", client_name="", handshaking=True)
    assert bench.decision(await bench.see(early)).trace[2].reason.id == "handshaking"


async def test_behaviour_is_judged_on_change_only() -> None:
    bench = Bench(greedy=True)
    other = peer("9.9.9.9")
    for uploaded in (5, 5, 101):
        judged = await bench.see(_same(bench, peer("5.6.7.8", uploaded=uploaded)), other)
    assert bench.greed.asked == ["5.6.7.8", "9.9.9.9", "5.6.7.8"]
    assert bench.foresight.batches == [2, 1]
    assert bench.decision(judged).bans


async def test_a_rule_that_wants_to_look_again_is_asked_then_though_nothing_changed() -> None:
    bench = Bench(greedy=True)
    bench.greed.patience = 1000
    await bench.see(GOOD)
    bench.clock.now = 999
    assert not (await bench.see(GOOD)).changed
    bench.clock.now = 1000
    assert bench.decision(await bench.see(GOOD)).bans
    bench.clock.now = 2000
    assert not (await bench.see(GOOD)).changed
    assert len(bench.greed.asked) == 2


async def test_neighbours_of_a_new_ban_are_looked_at_with_the_next_snapshot() -> None:
    bench = Bench(greedy=True)
    await bench.see(GOOD, peer("5.6.7.12"))
    bench.greed.asked.clear()
    await bench.bans.add([ban("5.6.7.9")])
    await bench.see(GOOD, peer("5.6.7.12"))
    assert bench.greed.asked[0] == "5.6.7.8"


async def test_who_something_was_learned_about_is_judged_anew() -> None:
    bench = Bench(greedy=True)
    other = peer("9.9.9.9")
    await bench.see(GOOD, other)
    bench.greed.asked.clear()
    bench.book.review([GOOD.address.ip])
    for _ in range(2):
        await bench.see(GOOD, other)
    assert bench.greed.asked == ["5.6.7.8"]


async def test_everybody_on_a_torrent_that_became_a_seed_is_judged_anew() -> None:
    bench = Bench(greedy=True)
    await bench.see(GOOD)
    await bench.see(GOOD, torrent=structs.replace(UBUNTU, upload_rate=5))
    await bench.see(GOOD, torrent=structs.replace(UBUNTU, progress=0.5))
    assert len(bench.greed.asked) == 2


async def test_rules_are_told_who_left() -> None:
    bench = Bench(greedy=True)
    await bench.see(GOOD, VAMPIRE)
    await bench.see(GOOD)
    assert [str(key.endpoint.ip) for key in bench.memory.keys] == ["1.2.3.4"]


async def test_an_override_judges_its_torrents_by_other_rules_and_is_named() -> None:
    bench = Bench()
    rule = ClientNameBlacklist(banned=parse_rule_list([]))
    line = Verdict(rule="override", reason=Text("pass"))
    other = RuleSet((rule,), (), DAY, line)
    linux = structs.replace(UBUNTU, id="bb", hash="bb", category="linux")
    bench.judge.use(bench.judge.rules, lambda _id, torrent: other if torrent.category else None)
    judged = await bench.book.judge(
        Snapshot(
            at=0,
            torrents=(
                TorrentPeers(torrent=UBUNTU, peers=(VAMPIRE,)),
                TorrentPeers(torrent=linux, peers=(VAMPIRE,)),
            ),
        )
    )
    by_torrent = {key.torrent: found.decision for key, found in judged.changed.items()}
    assert by_torrent[UBUNTU.id].bans
    assert not by_torrent["bb"].bans
    assert by_torrent["bb"].trace[2] is line


def _same(bench: Bench, wanted: Peer) -> Peer:
    """The object that the book has when it is equal, as a downloader keeps it."""
    known = {judged.peer for judged in bench.book.peers()}
    return next((each for each in known if each == wanted), wanted)


@pytest.mark.parametrize("count", [5_000])
async def test_many_peers_are_judged_in_slices(count: int) -> None:
    bench = Bench()
    peers = [
        peer(f"9.{n // 250 % 250}.{n % 250}.1", n % 60_000, client_name=f"c{n}")
        for n in range(count)
    ]
    judged = await bench.see(*peers)
    assert len(judged.changed) == len({p.address.raw for p in peers})


async def test_rules_that_come_while_a_snapshot_is_judged_get_no_old_answers() -> None:
    bench = Bench(greedy=True)
    other = structs.replace(UBUNTU, id="bb", hash="bb")
    moved = structs.replace(GOOD, upload_rate=9)

    def shown(*peers: Peer) -> Snapshot:
        both = (TorrentPeers(torrent=torrent, peers=peers) for torrent in (UBUNTU, other))
        return Snapshot(at=0, torrents=tuple(both))

    whole = bench.judge.rules
    mine = replace(whole, override=Verdict(rule="override", reason=Text("pass")))

    def variant(_downloader: str, torrent: Torrent) -> RuleSet | None:
        if torrent is other and bench.judge.rules is whole:
            bench.judge.use(replace(whole), lambda _downloader, _torrent: mine)
            return mine
        return None

    bench.judge.use(whole)
    await bench.book.judge(shown(GOOD))
    bench.book.settle()
    bench.judge._variants = variant  # noqa: SLF001 - as if settings changed between two torrents
    judged = await bench.book.judge(shown(moved))
    rules = ["protection", "exception", "override", "client-name-blacklist", "greed"]
    key = PeerKey("qb", "bb", GOOD.address.raw)
    assert [verdict.rule for verdict in judged.changed[key].decision.trace] == rules
