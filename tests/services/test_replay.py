"""Recorded snapshots through the rules on a virtual clock."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest
from msgspec.structs import replace

from app.domain.decision import Decision
from app.domain.peer import Peer
from app.domain.rules.scripts import Answering, ScriptRule
from app.domain.sighting import Batch
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode
from app.services.ban_list import BanList
from app.services.events import EventBus
from app.services.exceptions import Exceptions
from app.services.judge import Judge, Outlook, Panel
from app.services.neighbours import Neighbours
from app.services.ports import Clock
from app.services.protection import Protection
from app.services.replay import Nowhere, Recorded, Replay
from app.services.rule_set import Parts, RuleBook
from app.services.slices import Slices
from app.settings.modules import (
    AutoRangeBan,
    ClientNameBlacklist,
    IdleConnectionDosProtection,
    ProgressCheatBlocker,
)
from app.settings.profile import Profile
from tests.domain.examples import UBUNTU, peer

PROFILE = Profile(
    client_name_blacklist=ClientNameBlacklist(
        banned_client_name=('{"method": "STARTS_WITH", "content": "hp/torrent"}',),
        ban_duration=60_000,
    ),
    auto_range_ban=AutoRangeBan(mode=Mode.ENFORCE),
    progress_cheat_blocker=ProgressCheatBlocker(),
)
HP = peer("203.0.113.5", client_name="hp/torrent 1.0", upload_rate=1)
NEAR = peer("203.0.113.6", upload_rate=1)


def make_judge(ban_list: BanList, bus: EventBus, clock: Clock, profile: Profile = PROFILE) -> Judge:
    neighbours = Neighbours(ban_list, bus)
    parts = Parts(
        neighbours=neighbours,
        scripts=lambda area: ScriptRule(answering=Answering(), mode=area.mode),
    )
    book = RuleBook(profile, parts)
    return Judge(
        Protection(tuple, bus),
        Exceptions(Nowhere(), bus, clock),
        book.whole,
        variants=book.variant,
        outlook=Outlook(widen=neighbours.widen),
    )


async def seen(
    replay: Replay, at: int, *peers: Peer, torrent: Torrent = UBUNTU
) -> list[tuple[str, str, str]]:
    recorded = Recorded(at=at, downloader="qb", torrent=torrent, peers=peers)
    return [
        (
            str(found.judged.peer.address.ip),
            found.decision.action.name,
            found.decision.deciding.rule if found.decision.deciding else "",
        )
        for found in await replay.see(recorded)
    ]


async def test_a_ban_is_told_once_and_again_when_it_has_ended() -> None:
    replay = Replay(make_judge)
    banned = [("203.0.113.5", "BAN", "client-name-blacklist")]
    assert await seen(replay, 1_000, HP) == banned
    assert await seen(replay, 6_000, HP) == []
    assert await seen(replay, 61_001, HP) == banned
    assert replay.summary.would_ban == {"client-name-blacklist": 2}


async def test_a8_a_neighbour_is_banned_by_the_snapshot_after() -> None:
    replay = Replay(make_judge)
    assert len(await seen(replay, 1_000, HP, NEAR)) == 1
    assert await seen(replay, 6_000, HP, NEAR) == [("203.0.113.6", "BAN", "auto-range-ban")]


async def test_a_torrent_is_judged_by_its_own_snapshots_only() -> None:
    idle = IdleConnectionDosProtection(mode=Mode.ENFORCE, max_allowed_idle_time=60_000)
    replay = Replay(partial(make_judge, profile=Profile(idle_connection_dos_protection=idle)))
    seeding = replace(UBUNTU, progress=1.0)
    other = replace(seeding, id="bb", hash="bb")
    quiet = peer("203.0.113.5", uploaded=100)
    await seen(replay, 0, quiet, torrent=seeding)
    await seen(replay, 60_000, quiet, torrent=seeding)
    assert await seen(replay, 60_500, torrent=other) == []
    assert await seen(replay, 61_000, torrent=other) == []
    busy = replace(quiet, uploaded=9_000_000, upload_rate=90_000)
    assert await seen(replay, 61_000, busy, torrent=seeding) == []


async def test_who_is_spared_is_told_once() -> None:
    replay = Replay(make_judge)
    local = peer("192.168.1.5")
    assert await seen(replay, 1_000, local) == [("192.168.1.5", Action.SKIP.name, "protection")]
    assert await seen(replay, 6_000, replace(local, upload_rate=7)) == []


async def test_the_summary_counts_snapshots_and_different_peers() -> None:
    replay = Replay(make_judge)
    other = replace(UBUNTU, id="bb", hash="bb")
    await seen(replay, 0, HP, NEAR)
    await seen(replay, 1, NEAR)
    await seen(replay, 2, NEAR, torrent=other)
    assert (replay.summary.snapshots, replay.summary.peers) == (3, 3)


async def test_a_quick_check_is_a_short_ban_of_its_own() -> None:
    replay = Replay(make_judge)
    big = replace(UBUNTU, size=1_000_000_000)
    taker = replace(peer("198.51.100.1", upload_rate=9, uploaded=120_000_000), progress=0.12)
    assert await seen(replay, 0, taker, torrent=big) == [
        ("198.51.100.1", "BAN_FOR_DISCONNECT", "progress-cheat-blocker")
    ]
    assert await seen(replay, 20_000, replace(taker, uploaded=10), torrent=big) == []


async def test_rules_are_not_asked_again_about_peers_that_did_not_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    decide = Judge.decide

    async def counting(
        self: Judge,
        panel: Panel,
        looks: Batch,
        lasts: Sequence[Decision] | None,
        slices: Slices,
    ) -> list[Decision]:
        asked.extend(str(look.peer.address.ip) for look in looks.sightings)
        return await decide(self, panel, looks, lasts, slices)

    monkeypatch.setattr(Judge, "decide", counting)
    replay = Replay(make_judge)
    one, other = peer("203.0.113.6", upload_rate=1), peer("203.0.113.70", upload_rate=1)
    await seen(replay, 0, one, other)
    await seen(replay, 1, replace(one), replace(other, upload_rate=2))
    assert asked == ["203.0.113.6", "203.0.113.70", "203.0.113.70"]
