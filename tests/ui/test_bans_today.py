"""Bans are counted by the day, each once, and only new ones are news."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

from app.domain.ban import Ban
from app.services.events import BansChanged
from app.ui.bans_today import BansToday
from app.ui.theme import Appearance
from tests.ui.fakes import DAY, Workplace, banned, workplace

NOON = int(datetime(2026, 6, 15, 12, 0).timestamp() * 1000)  # noqa: DTZ001 - this computer's noon
"""Of a day on which nowhere the clocks change."""
HOUR = 3_600_000


def _follow(place: Workplace) -> tuple[BansToday, list[Ban]]:
    place.clock.now = NOON
    today = BansToday(place.core, place.desk.bridge)
    news: list[Ban] = []
    today.banned.connect(news.extend)
    return today, news


def _add(place: Workplace, *bans: Ban) -> None:
    place.core.bus.publish(BansChanged(added=bans))


async def test_new_bans_are_counted_and_announced(tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance) as place:
        today, news = _follow(place)
        one, two = banned("192.0.2.1", since=NOON), banned("192.0.2.2", since=NOON)
        _add(place, one, two)

        assert today.count == 2
        assert news == [one, two]


async def test_a_ban_that_comes_back_by_undo_is_no_news(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance) as place:
        today, news = _follow(place)
        one = banned("192.0.2.1", since=NOON)
        _add(place, one)
        place.core.bus.publish(BansChanged(removed=(one,)))
        _add(place, one)

        assert today.count == 1
        assert news == [one]


async def test_the_same_address_banned_again_counts_again(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance) as place:
        today, news = _follow(place)
        _add(place, banned("192.0.2.1", since=NOON))
        _add(place, banned("192.0.2.1", since=NOON + HOUR))

        assert today.count == len(news) == 2


async def test_technical_bans_are_passed_over(tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance) as place:
        today, news = _follow(place)
        _add(place, banned("192.0.2.1", since=NOON, disconnect=True))

        assert today.count == 0
        assert news == []


async def test_at_midnight_the_count_begins_anew(tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance) as place:
        today, _news = _follow(place)
        _add(place, banned("192.0.2.1", since=NOON))
        place.clock.now = NOON + 12 * HOUR - 1
        assert today.count == 1

        place.clock.now = NOON + 12 * HOUR
        assert today.count == 0


async def test_yesterdays_ban_that_comes_back_is_not_todays(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance) as place:
        today, news = _follow(place)
        _add(place, banned("192.0.2.1", since=NOON - DAY))

        assert today.count == 0
        assert news == []


async def test_bans_from_before_the_start_count_but_are_no_news(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance) as place:
        place.clock.now = NOON
        await place.core.bans.ban([ip_network("192.0.2.1")])
        today, news = _follow(place)

        assert today.count == 1
        assert news == []
