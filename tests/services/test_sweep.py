"""Sweeps of a scripted downloader, from its peers to its ban list."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from app.domain.address import parse_ip, parse_prefix
from app.domain.ban import Ban
from app.domain.capabilities import Capabilities
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.snapshot import Snapshot
from app.domain.verdict import Mode
from app.services.downloader_state import Status
from app.services.enforcement import Enforcement
from app.services.errors import AccessDenied, Unreachable
from app.services.events import SweepFailed, Swept
from app.services.ports import Connection
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import House, MemoryStore, house

HP = peer("203.0.113.7", client_name="hp/torrent 1.0")
GOOD = peer("203.0.113.8")
DENIED = AccessDenied(Text("downloader-denied"))


async def swept(
    it: House, name: str = "qb", kind: type[Swept | SweepFailed] = Swept
) -> Swept | SweepFailed:
    """Sweep now and wait until it is through."""
    told: asyncio.Future[Swept | SweepFailed] = asyncio.get_running_loop().create_future()

    def listen(event: Swept | SweepFailed) -> None:
        if event.downloader == name and not told.done():
            told.set_result(event)

    ends = [it.core.bus.subscribe(Swept, listen), it.core.bus.subscribe(SweepFailed, listen)]
    it.core.downloaders.sweep_now(name)
    async with asyncio.timeout(5):
        event = await told
    for end in ends:
        end()
    assert isinstance(event, kind)
    return event


async def test_a_bad_peer_is_banned_dropped_and_confirmed(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        qb.show(UBUNTU, HP, GOOD)
        first = await swept(it)
        assert isinstance(first, Swept)
        (made,) = first.bans
        assert str(made.prefix) == "203.0.113.7/32"
        assert made.rule == "client-name-blacklist"
        assert made.trace
        assert qb.holds(HP.address.ip)
        second = await swept(it)
        assert isinstance(second, Swept)
        assert not second.bans
        assert [str(key.endpoint.ip) for key in second.gone] == ["203.0.113.7"]
        assert it.core.downloaders.enforcement(made) == {"qb": Enforcement.ENFORCED}
        assert it.core.downloaders.state("qb").bans_confirmed == 1


async def test_o5_d37_a_banned_peer_that_stays_is_recorded_once(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, HP)
        it.downloaders["qb"].obeys = False
        for _ in range(4):
            await swept(it)
        assert len(it.store.records) == 1
        (made,) = it.core.bans.shown()
        assert it.core.downloaders.enforcement(made) == {"qb": Enforcement.STILL_THERE}
        assert it.core.downloaders.standings(made)["qb"].attempts == 1
        assert [alert.kind for alert in it.core.alerts.entries()] == ["still-there@qb"]
        it.downloaders["qb"].obeys = True
        await swept(it)
        assert it.core.alerts.entries() == ()


async def test_o4_the_end_of_a_technical_ban_is_pushed_and_not_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        # Half of the torrent is far beyond what the quick check lets pass.
        qb.show(UBUNTU, peer("203.0.113.7", upload_rate=1, uploaded=UBUNTU.size // 2))
        first = await swept(it)
        assert isinstance(first, Swept)
        (made,) = first.bans
        assert (made.disconnect, made.until - made.since) == (True, 15_000)
        assert qb.holds(parse_ip("203.0.113.7"))
        it.downloaders["qb"].show(UBUNTU)
        it.clock.now += 15_001
        caplog.set_level(logging.INFO)
        await swept(it)
        assert not qb.holds(parse_ip("203.0.113.7"))
        assert "ban" not in caplog.text
        assert (it.core.statistics.bans, it.core.statistics.unbans) == (0, 0)
        assert not it.store.records


async def test_o10_a_rule_without_a_length_of_its_own_bans_for_the_global_one(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        await it.core.rules.change("client-name-blacklist", {("ban-duration",): "default"})
        it.downloaders["qb"].show(UBUNTU, HP)
        await swept(it)
        (made,) = it.core.bans.shown()
        assert made.until - made.since == 1_209_600_000


async def test_o12_who_comes_from_a_banned_block_is_kept_out_and_no_neighbour(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        await it.core.rules.set_mode("auto-range-ban", Mode.ENFORCE)
        await it.core.bans.ban([parse_prefix("203.0.113.0/24")])
        it.downloaders["qb"].show(UBUNTU, peer("203.0.113.9"))
        await swept(it)
        await swept(it)
        assert it.core.ban_list.find(parse_ip("203.0.113.9")) is not None
        assert it.downloaders["qb"].holds(parse_ip("203.0.113.9"))
        assert it.core.downloaders.peers("qb") == ()
        assert len(it.core.ban_list) == 1


async def test_a_ban_reaches_every_downloader(tmp_path: Path) -> None:
    async with house(tmp_path, "qb", "nas") as it:
        it.downloaders["qb"].show(UBUNTU, HP)
        await swept(it, "qb")
        await swept(it, "nas")
        assert it.downloaders["nas"].holds(HP.address.ip)


async def test_a_downloader_that_was_away_gets_everything_when_it_is_back(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        await swept(it)
        qb.error = Unreachable("connection refused")
        await swept(it, kind=SweepFailed)
        assert it.core.downloaders.state("qb").status is Status.ERROR
        await it.core.bans.ban([parse_prefix("198.51.100.1")])
        qb.error, qb.listed = None, set()
        await swept(it)
        assert qb.pushes[-1].everything
        assert parse_prefix("198.51.100.1") in qb.listed
        assert it.core.downloaders.state("qb").status is Status.HEALTHY


async def test_a_new_session_gets_everything(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        await it.core.bans.ban([parse_prefix("198.51.100.1")])
        await swept(it)
        qb.listed, qb.session = set(), 2
        await swept(it)
        assert parse_prefix("198.51.100.1") in qb.listed


async def test_o16_a_refused_login_waits_for_the_user(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        await swept(it)
        qb.error = DENIED
        failed = await swept(it, kind=SweepFailed)
        assert isinstance(failed, SweepFailed)
        assert failed.retry_in is None
        assert it.core.downloaders.state("qb").status is Status.NEED_TAKE_ACTION


async def test_a_ban_that_could_not_be_stored_is_made_by_the_next_sweep(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        it.store.fails = True
        it.downloaders["qb"].show(UBUNTU, HP)
        await swept(it, kind=SweepFailed)
        assert len(it.core.ban_list) == 0
        assert not it.downloaders["qb"].holds(HP.address.ip)
        it.store.fails = False
        await swept(it)
        assert len(it.core.ban_list) == 1


def meanwhile(it: House, act: Callable[[], Awaitable[object]]) -> None:
    """Do `act` between the judging and the banning of the next sweep."""
    add, done = it.core.ban_list.add, asyncio.Event()

    async def add_late(*args: Any, **kwargs: Any) -> tuple[Ban, ...]:  # noqa: ANN401 - passed on
        if not done.is_set():
            done.set()
            await act()
        return await add(*args, **kwargs)

    it.core.ban_list.add = add_late  # type: ignore[method-assign]


async def test_what_two_sweeps_find_at_once_is_recorded_once(tmp_path: Path) -> None:
    async with house(tmp_path, "qb", "nas") as it:
        await swept(it, "qb")
        await swept(it, "nas")
        it.downloaders["qb"].show(UBUNTU, HP)
        it.downloaders["nas"].show(UBUNTU, HP)
        meanwhile(it, partial(swept, it, "nas"))
        late = await swept(it, "qb")
        assert isinstance(late, Swept)
        assert not late.bans
        assert len(it.store.records) == 1
        assert it.downloaders["qb"].holds(HP.address.ip)


async def test_a_ban_by_hand_is_not_shortened_by_a_sweep_that_began_before(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        it.downloaders["qb"].show(UBUNTU, HP)
        meanwhile(it, lambda: it.core.bans.ban([parse_prefix("203.0.113.7")]))
        await swept(it)
        (made,) = it.core.bans.shown()
        assert made.endless


async def test_an_exception_made_while_a_sweep_judges_holds(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        it.downloaders["qb"].show(UBUNTU, HP)
        entry = PeerException(id="", prefix=parse_prefix("203.0.113.7"))
        meanwhile(it, lambda: it.core.exceptions.add(entry))
        await swept(it)
        await swept(it)
        assert len(it.core.ban_list) == 0
        assert not it.store.records
        assert len(it.core.downloaders.peers("qb")) == 1


async def test_an_unban_lets_the_peer_back_and_the_rule_bans_it_again(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        qb.show(UBUNTU, peer("203.0.113.9"))
        await swept(it)
        await it.core.bans.ban([parse_prefix("203.0.113.9")])
        await swept(it)
        assert it.core.downloaders.peers("qb") != ()
        await swept(it)
        assert it.core.downloaders.peers("qb") == ()
        await it.core.bans.unban([parse_prefix("203.0.113.9")])
        await swept(it)
        await swept(it)
        assert len(it.core.downloaders.peers("qb")) == 1


async def test_a_dead_downloader_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async with house(tmp_path, "qb", "dead") as it:
        hangs = asyncio.Event()

        async def hang() -> None:
            await hangs.wait()

        it.downloaders["dead"].connect = hang  # type: ignore[assignment, method-assign]
        for _ in range(3):
            await swept(it, "qb")


async def test_bans_survive_a_restart_and_are_pushed_again(tmp_path: Path) -> None:
    store = MemoryStore()
    async with house(tmp_path, "qb", store=store) as it:
        it.downloaders["qb"].show(UBUNTU, HP)
        await swept(it)
    async with house(tmp_path, store=store) as it:
        await swept(it)
        assert it.downloaders["qb"].holds(HP.address.ip)


async def test_tasks_end_with_the_core_and_downloaders_are_closed(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        qb = it.downloaders["qb"]
    assert qb.closed


@pytest.mark.logs_errors
async def test_a_bug_in_a_sweep_is_told_and_does_not_end_the_watch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        await swept(it)
        snapshot = qb.snapshot

        async def stumble() -> Snapshot:
            raise KeyError("surprise")

        qb.snapshot = stumble  # type: ignore[method-assign]
        await swept(it, kind=SweepFailed)
        assert it.core.downloaders.state("qb").status is Status.ERROR
        qb.snapshot = snapshot  # type: ignore[method-assign]
        await swept(it)
        assert it.core.downloaders.state("qb").status is Status.HEALTHY
    assert "surprise" in caplog.text


async def test_a_downloader_that_is_away_for_days_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        await swept(it)
        qb.error = Unreachable("connection refused")
        for _ in range(5):
            await swept(it, kind=SweepFailed)
        qb.error = None
        await swept(it)
    assert caplog.text.count("connection refused") == 1
    assert caplog.text.count("answers again") == 1


async def test_after_many_failures_only_the_question_whether_it_answers_is_left(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        await swept(it)
        await it.core.bans.ban([parse_prefix("198.51.100.1")])
        await swept(it)
        asked: list[str] = []
        sound = qb.connect, qb.snapshot

        async def connect() -> Connection:
            asked.append("connect")
            return await sound[0]()

        async def snapshot() -> Snapshot:
            asked.append("snapshot")
            return await sound[1]()

        qb.connect, qb.snapshot = connect, snapshot  # type: ignore[method-assign]
        qb.error = Unreachable("connection refused")
        for _ in range(12):
            failed = await swept(it, kind=SweepFailed)
        assert isinstance(failed, SweepFailed)
        assert failed.failures == 12
        assert failed.retry_in is not None
        assert failed.retry_in > 45
        assert it.core.downloaders.state("qb").rhythm is not None
        assert asked == ["connect"] * 12
        qb.error, qb.listed = None, set()
        await swept(it)
        assert asked[12:] == ["connect", "connect", "snapshot"]
        assert it.core.downloaders.state("qb").rhythm is None
        assert parse_prefix("198.51.100.1") in qb.listed


async def test_one_that_cannot_ban_is_watched_and_sent_nothing(tmp_path: Path) -> None:
    async with house(tmp_path, "aria") as it:
        aria = it.downloaders["aria"]
        aria.able = Capabilities(bans=False, peer_ids=False)
        aria.show(UBUNTU, HP)
        for _ in range(3):
            await swept(it, "aria")
        (made,) = it.core.bans.shown()
        assert it.core.downloaders.enforcement(made) == {"aria": Enforcement.NOT_ENFORCEABLE}
        state = it.core.downloaders.state("aria")
        assert (state.watch_only, state.bans_confirmed, state.bans_possible) == (True, 0, 0)
        assert aria.pushes == []
        (judged,) = it.core.downloaders.peers("aria")
        missing = [v for v in judged.decision.trace if v.reason.id == "no-peer-id-from"]
        assert [v.rule for v in missing] == ["peer-id-blacklist"]
        assert missing[0].reason.params == {"source": "Scripted 5.3.0"}


async def test_a_downloader_whose_answers_cost_much_is_asked_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.sweep.process_time", itertools.count(step=100).__next__)
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        plain = await swept(it)
        assert isinstance(plain, Swept)
        assert not plain.slowed
        snapshot = qb.snapshot

        async def heavy() -> Snapshot:
            return structs.replace(await snapshot(), decode_time=7.0)

        qb.snapshot = heavy  # type: ignore[method-assign]
        slow = await swept(it)
        assert isinstance(slow, Swept)
        assert slow.slowed
        assert slow.rest >= 20
        assert it.core.downloaders.state("qb").rhythm is not None


async def test_one_that_hangs_while_it_is_closed_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("app.services.sweep._CLOSE_SECONDS", 0.05)
    async with house(tmp_path, "qb", "stuck") as it:
        await swept(it, "stuck")

        async def hang() -> None:
            await asyncio.Event().wait()

        it.downloaders["stuck"].close = hang  # type: ignore[method-assign]
    assert it.downloaders["qb"].closed
    assert "stuck: did not close in time" in caplog.text


async def test_what_is_excepted_is_not_blocked_by_an_entry_widened_around_it(
    tmp_path: Path,
) -> None:
    friend, leecher = "2001:db8:0:1::7", "2001:db8:0:2::9"
    async with house(tmp_path, "qb") as it:
        await it.core.bans.ban([parse_prefix(friend), parse_prefix(leecher)])
        await swept(it)
        assert it.downloaders["qb"].listed == {parse_prefix("2001:db8::/52")}
        await it.core.bans.unban_and_except([parse_prefix(friend)])
        await swept(it)
        assert it.downloaders["qb"].listed == {parse_prefix(leecher)}
