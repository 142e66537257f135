"""What the user does is done at once, told in words, and taken back exactly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.address import Prefix, parse_prefix
from app.domain.ban import FOREVER, Ban, Source
from app.domain.errors import Refused
from app.services.events import CommandFailed
from app.ui.actions import Actions
from app.ui.theme import Appearance
from tests.ui.fakes import HONEST, LEECHER, Workplace, judged, peer, swarm, until, workplace

HOUR = 3_600_000
DAY = 24 * HOUR
ONE, TWO, THREE = (parse_prefix(f"192.0.2.{number}") for number in (1, 2, 3))
BLOCK = ip_network("192.0.2.0/24")


class Told:
    """Hears what the actions say."""

    def __init__(self, actions: Actions) -> None:
        self.words: list[str] = []
        self._undo: list[Callable[[], object]] = []
        actions.undo_offered.connect(self._hear)

    def _hear(self, words: str, undo: Callable[[], object]) -> None:
        self.words.append(words)
        self._undo.append(undo)

    async def said(self, count: int = 1) -> str:
        """The last of `count` sentences."""
        await until(lambda: len(self.words) == count)
        return self.words[-1]

    def undo(self) -> None:
        """Ctrl+Z."""
        self._undo.pop()()


@asynccontextmanager
async def _open(
    tmp_path: Path, appearance: Appearance, *, watching: bool = False
) -> AsyncIterator[tuple[Workplace, Actions, Told]]:
    downloaders = {"qb": swarm()} if watching else {}
    async with workplace(tmp_path, appearance, *downloaders, downloaders=downloaders) as place:
        yield place, place.desk.actions, Told(place.desk.actions)


def _listed(place: Workplace) -> dict[Prefix, Ban]:
    return {ban.prefix: ban for ban in place.core.ban_list}


async def test_few_addresses_are_named_and_many_are_counted(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, actions, told):
        await actions.ban([ONE, TWO], duration=DAY)
        assert await told.said() == "Banned 192.0.2.1, 192.0.2.2: 1 day."

        await actions.ban([ONE, TWO, THREE])
        assert await told.said(2) == "Banned 3 addresses: for ever."


async def test_undoing_a_ban_brings_back_what_it_replaced(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        await actions.ban([ONE], duration=DAY, note="first")
        before = place.core.ban_list.get(ONE)
        await actions.ban([ONE, TWO])
        told.undo()

        await until(lambda: place.core.ban_list.get(TWO) is None)
        await until(lambda: place.core.ban_list.get(ONE) == before)


async def test_undoing_a_ban_of_a_block_leaves_entries_inside_it(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        await actions.ban([ONE])
        await actions.ban([BLOCK])
        told.undo()

        await until(lambda: place.core.ban_list.get(BLOCK) is None)
        assert place.core.ban_list.get(ONE) is not None


async def test_peers_are_banned_by_their_blocks(tmp_path: Path, appearance: Appearance) -> None:
    peers = [judged(peer("192.0.2.1")), judged(peer("192.0.2.2")), judged(peer("2001:db8::7"))]
    async with _open(tmp_path, appearance) as (place, actions, told):
        actions.ban_peers(peers, duration=HOUR, bits=(24, 56))

        assert await told.said() == "Banned 192.0.2.0/24, 2001:db8::/56: 1 hour."
        assert len(place.core.ban_list) == 2
        told.undo()
        await until(lambda: not len(place.core.ban_list))


async def test_a_refusal_reaches_who_waits_for_it_and_nothing_is_told(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        with pytest.raises(Refused):
            await actions.ban([ONE, ip_network("127.0.0.1")])

        assert told.words == []
        assert len(place.core.ban_list) == 0


async def test_a_command_that_fails_is_announced(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        await actions.ban([ONE])
        failed: list[CommandFailed] = []
        place.desk.bridge.command_failed.connect(failed.append)
        place.store.fails = True
        actions.unban([ONE])

        await until(lambda: failed)
        assert failed[0].name == "unban"
        assert place.core.ban_list.get(ONE) is not None
        assert len(told.words) == 1


async def test_unbanning_takes_what_lies_inside_and_undo_brings_all_back(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        await actions.ban([ONE, BLOCK])
        before = _listed(place)
        actions.unban([BLOCK])
        assert await told.said(2) == "Unbanned 192.0.2.1, 192.0.2.0/24."
        assert _listed(place) == {}

        told.undo()
        await until(lambda: _listed(place) == before)


async def test_unbanning_nobody_offers_nothing(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance) as (_place, actions, told):
        await actions.run(actions._unban([ONE]), "unban")  # noqa: SLF001 - to know when it ended

        assert told.words == []


async def test_undoing_a_ban_by_hand_makes_no_exception_but_one_by_a_rule_does(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance, watching=True) as (place, actions, told):
        await until(lambda: place.core.ban_list.get(parse_prefix(LEECHER)))
        exceptions = len(place.core.exceptions.entries())
        await actions.ban([parse_prefix(HONEST)])
        actions.undo_ban([parse_prefix(HONEST)])
        assert await told.said(2) == f"Unbanned {HONEST}."
        assert len(place.core.exceptions.entries()) == exceptions

        actions.undo_ban([parse_prefix(LEECHER)])
        assert await told.said(3) == f"{LEECHER} will not be judged again."
        assert len(place.core.exceptions.entries()) == exceptions + 1


async def test_an_exception_for_a_while_ends_and_can_be_taken_back(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        before = place.core.exceptions.entries()
        actions.spare([ONE], length_ms=HOUR)
        assert await told.said() == "192.0.2.1 will not be judged again for 1 hour."
        made = [entry for entry in place.core.exceptions.entries() if entry not in before]
        assert [entry.until for entry in made] == [place.clock.now + HOUR]

        told.undo()
        await until(lambda: place.core.exceptions.entries() == before)


async def test_the_end_of_a_ban_moves_and_moves_back(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        await actions.ban([ONE], duration=HOUR)
        before = place.core.ban_list.get(ONE)
        assert before is not None
        place.clock.now += HOUR // 2
        actions.change_end([ONE, TWO], DAY)
        assert await told.said(2) == "192.0.2.1: the ban ends in 1 day."
        changed = place.core.ban_list.get(ONE)
        assert changed is not None
        assert changed.until == place.clock.now + DAY

        told.undo()
        await until(lambda: place.core.ban_list.get(ONE) == before)


async def test_a_ban_can_be_made_endless(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance) as (place, actions, told):
        await actions.ban([ONE], duration=HOUR)
        place.clock.now += HOUR // 2
        actions.change_end([ONE], FOREVER)

        assert await told.said(2) == "192.0.2.1: the ban has no end."
        ban = place.core.ban_list.get(ONE)
        assert ban is not None
        assert ban.endless
        assert ban.source is Source.MANUAL


async def test_a_pause_ends_when_it_was_said_to(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance) as (place, actions, _told):
        downloaders = place.core.downloaders
        actions.pause(10)
        await until(lambda: downloaders.paused)
        assert downloaders.resume_at == place.clock.now + 10 * 60_000

        actions.toggle_pause()
        await until(lambda: not downloaders.paused)
        actions.toggle_pause()
        await until(lambda: downloaders.paused)
        assert downloaders.resume_at is None


async def test_copying_fills_the_clipboard(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, actions, _told):
        actions.copy(LEECHER)

        assert QApplication.clipboard().text() == LEECHER
