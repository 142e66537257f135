"""The rules as front ends list, switch and edit them."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain.address import parse_prefix
from app.domain.errors import NotFound
from app.domain.peer_exception import PeerException
from app.domain.string_rule import InvalidRule
from app.domain.verdict import Action, Mode
from app.services.events import AlertRaised
from app.services.rules import RuleState
from app.settings.errors import InvalidSetting
from app.settings.profile import RULES
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import NOW, House, house
from tests.services.test_sweep import HP, swept

NAMES = "client-name-blacklist"


def state_of(it: House, name: str = NAMES) -> RuleState:
    return next(state for state in it.core.rules.states() if state.name == name)


def mode_of(it: House, name: str = NAMES) -> Mode:
    return state_of(it, name).mode


async def test_rules_are_listed_in_judging_order_with_their_size(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        states = it.core.rules.states()
        assert [s.name for s in states] == list(RULES)
        entries = {s.name: s.entries for s in states}
        assert (entries["ip-address-blocker"], entries["peer-id-blacklist"]) == (5, 16)
        assert entries[NAMES] == 21


async def test_a_fresh_installation_only_watches_with_rules_that_can_hit_neighbours(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        shadows = [s.name for s in it.core.rules.states() if s.mode is Mode.SHADOW]
        assert shadows == [
            "multi-dialing-blocker",
            "auto-range-ban",
            "idle-connection-dos-protection",
        ]


async def test_a_switch_is_in_force_with_the_next_sweep_and_on_disk(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await it.core.rules.set_mode(NAMES, Mode.SHADOW)
        it.downloaders["qb"].show(UBUNTU, HP)
        await swept(it)
        await swept(it)
        assert len(it.core.ban_list) == 0
        assert state_of(it).would_ban == 1
        await it.core.rules.set_mode(NAMES, Mode.ENFORCE)
        await swept(it)
        assert len(it.core.ban_list) == 1
        assert state_of(it).bans == 1
        await it.core.rules.set_mode(NAMES, Mode.OFF)
    async with house(tmp_path) as it:
        assert mode_of(it) is Mode.OFF


@pytest.mark.parametrize("entry", ["contains@xunlei", '{"method": "REGEX", "content": "*"}'])
async def test_a_pattern_that_cannot_be_read_changes_nothing(tmp_path: Path, entry: str) -> None:
    async with house(tmp_path) as it:
        before = (tmp_path / "profile.yml").read_bytes()
        with pytest.raises((InvalidRule, InvalidSetting)):
            await it.core.rules.change(NAMES, {("banned-client-name",): [entry]})
        assert (tmp_path / "profile.yml").read_bytes() == before
        assert state_of(it).entries == 21


async def test_new_patterns_are_in_force_at_once(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        entry = '{"method": "CONTAINS", "content": "bittorrent"}'
        await it.core.rules.change(NAMES, {("banned-client-name",): [entry]})
        assert (await it.core.rules.what_if(peer(), UBUNTU)).action is Action.BAN


async def test_a_peer_that_was_there_before_a_rule_went_into_shadow_counts_once(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        await it.core.rules.set_mode(NAMES, Mode.OFF)
        it.downloaders["qb"].show(UBUNTU, HP)
        await swept(it)
        it.clock.now += 5000
        await it.core.rules.set_mode(NAMES, Mode.SHADOW)
        for _ in range(2):
            await swept(it)
            await it.core.exceptions.add(PeerException(id="", prefix=parse_prefix("198.51.100.1")))
        assert state_of(it).would_ban == 1


async def test_a_ban_that_is_taken_back_or_prolonged_counts_once(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, replace(HP, uploaded=1000))
        await swept(it)
        await it.core.bans.change_end(parse_prefix("203.0.113.7"), NOW + 5000)
        await it.core.bans.restore(await it.core.bans.unban([parse_prefix("203.0.113.7")]))
        assert state_of(it).bans == 1
        assert (it.core.statistics.bans, it.core.statistics.taken) == (1, 1000)


async def test_an_unknown_rule_is_an_error(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        with pytest.raises(NotFound):
            await it.core.rules.set_mode("no-such-rule", Mode.OFF)


async def test_asking_what_if_bans_and_counts_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        assert (await it.core.rules.what_if(HP, UBUNTU)).bans
        assert len(it.core.ban_list) == 0


async def test_a_pattern_that_never_ends_is_told_of_once_and_stops_no_sweep(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        entry = '{"method": "REGEX", "content": "(a|aa)+(?=b)$"}'
        await it.core.rules.change(NAMES, {("banned-client-name",): [entry]})
        told: list[AlertRaised] = []
        it.core.bus.subscribe(AlertRaised, told.append)
        evil = [peer(f"203.0.113.{n}", client_name="a" * (40 + n) + "!") for n in range(1, 9)]
        it.downloaders["qb"].show(UBUNTU, *evil)
        for _ in range(2):
            await swept(it)
        assert [alert.kind for alert in told] == [f"pattern-{NAMES}"]
