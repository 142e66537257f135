"""The desktop tells what happened: each kind once in five minutes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.domain.reason import Text
from app.services.errors import AccessDenied, Unreachable
from app.services.events import AlertRaised, SweepFailed
from app.ui.bans_today import BansToday
from app.ui.notifications import EVERY_MS, Message, Notifications
from app.ui.theme import Appearance
from tests.ui.breaker_waves import trip
from tests.ui.fakes import MIB, Workplace, peer, swarm, torrent, until, workplace


@dataclass
class Scene:
    place: Workplace
    notifications: Notifications
    shown: list[Message]

    @property
    def calm(self) -> list[Message]:
        """Without the worries: the banned peers of this downloader stay, which is told too."""
        return [message for message in self.shown if not message.worried]

    async def meet(self, *addresses: str) -> None:
        """Let peers come that are banned at once."""
        bad = [peer(address, client="xfplay 9.9", uploaded=MIB) for address in addresses]
        home = self.place.downloaders["Home"]
        home.show(torrent(2), *bad)
        await self.place.sweep()
        listed = self.place.core.ban_list
        await until(lambda: all(listed.find(one.address.ip) for one in bad))


def _reached(failed: list[SweepFailed], tries: int) -> bool:
    return len(failed) >= tries


@asynccontextmanager
async def scene(tmp_path: Path, appearance: Appearance) -> AsyncIterator[Scene]:
    async with workplace(tmp_path, appearance, "Home", downloaders={"Home": swarm()}) as place:
        shown: list[Message] = []
        today = BansToday(place.core, place.desk.bridge)

        def show(message: Message) -> None:
            shown.append(message)

        notifications = Notifications(place.desk, today, show, today)
        await until(lambda: shown)
        place.clock.now += EVERY_MS
        yield Scene(place, notifications, shown)


async def test_one_ban_is_told_with_its_reason_and_leads_to_it(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with scene(tmp_path, appearance) as the:
        message = the.shown[0]

        assert message.words.startswith("Banned 203.0.113.87: ")
        assert "starts with “-xf”" in message.words
        assert (message.page, message.text) == ("bans", "203.0.113.87")


async def test_many_bans_within_five_minutes_are_summed_up(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with scene(tmp_path, appearance) as the:
        await the.meet("203.0.113.1")
        assert len(the.calm) == 2
        await the.meet("203.0.113.1", "203.0.113.2")
        await the.meet("203.0.113.1", "203.0.113.2", "203.0.113.3")
        the.notifications.look()
        assert len(the.calm) == 2

        the.place.clock.now += EVERY_MS
        the.notifications.look()
        assert the.calm[-1] == Message(words="2 peers banned", page="bans")
        the.notifications.look()
        assert len(the.calm) == 3


async def test_bans_are_not_told_when_the_user_does_not_want_it(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with scene(tmp_path, appearance) as the:
        await the.place.core.settings.change("config.yml", {("desktop", "notify-bans"): False})
        await the.meet("203.0.113.1")
        the.notifications.look()

        assert len(the.shown) == 1


async def test_a_downloader_that_is_lost_and_comes_back_is_told_once_each(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with scene(tmp_path, appearance) as the:
        core, home = the.place.core, the.place.downloaders["Home"]
        failed: list[SweepFailed] = []
        core.bus.subscribe(SweepFailed, failed.append)
        await (
            the.place.sweep()
        )  # else the first may be under way, and fail beside the one that is asked for
        home.error = Unreachable(Text("no-answer-in-time"))
        for tries in (1, 2, 3):
            core.downloaders.sweep_now()
            await until(partial(_reached, failed, tries))
            # One failure says little.
            assert len(the.shown) == (1 if tries == 1 else 2)
        assert the.shown[-1].words == "Home does not answer. Its bans wait."
        assert the.shown[-1].page == "downloaders"

        home.error = None
        await the.place.sweep()
        assert the.shown[-1].words == "Home answers again. The bans that waited are sent."
        assert len(the.shown) == 3


async def test_a_refused_log_in_is_told_at_once(tmp_path: Path, appearance: Appearance) -> None:
    async with scene(tmp_path, appearance) as the:
        the.place.downloaders["Home"].error = AccessDenied(Text("downloader-denied"))
        the.place.core.downloaders.sweep_now()
        await until(lambda: len(the.shown) == 2)

        assert the.shown[-1].words.startswith("Home needs you: Wrong user name or password.")


async def test_bans_of_a_sweep_that_was_faster_than_the_window_are_told_too(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance, "Home", downloaders={"Home": swarm()}) as place:
        await until(lambda: len(place.core.ban_list) == 1)
        shown: list[Message] = []

        def show(message: Message) -> None:
            shown.append(message)

        today = BansToday(place.core, place.desk.bridge)
        Notifications(place.desk, today, show, today)

        assert [message.text for message in shown] == ["203.0.113.87"]


async def test_severe_alerts_are_told_and_others_are_not(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with scene(tmp_path, appearance) as the:
        text = Text("storage-failed", {"detail": "x" * 300})
        the.place.core.bus.publish(AlertRaised(kind="list", text=text))
        assert len(the.shown) == 1

        the.place.core.bus.publish(AlertRaised(kind="storage", text=text, severe=True))
        assert the.shown[-1].worried
        assert len(the.shown[-1].words) <= 201


async def test_the_circuit_breaker_asks_on_the_desktop(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with scene(tmp_path, appearance) as the:
        await trip(the.place)

        assert the.shown[-1].about_breaker
        assert "120 of 140 peers would be hit" in the.shown[-1].words
