"""Each downloader says how far a ban has come there, how long it took and why it waits."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.downloader_state import DownloaderState, Status
from app.services.enforcement import Enforcement, Standing
from app.services.errors import Unreachable
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.ui.bans.enforced import Enforced, EnforcedLines, enforced_at, enforced_words, words
from app.ui.delegates import Mark
from app.ui.theme import Appearance
from tests.ui.fakes import swarm, until, workplace
from tests.ui.finding import says

STATE = DownloaderState(
    settings=DownloaderSettings(id="a", name="Home qB", endpoint="http://127.0.0.1:8080"),
    status=Status.HEALTHY,
    since=0,
)
HOME = Enforced("Home qB", Mark.CONFIRMED, "confirmed after 0.4 s")
NAS = Enforced("NAS", Mark.WAITING, "waits, does not answer")


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing(state=Enforcement.ENFORCED, since=1, after=0.42), "confirmed after 0.4 s"),
        (Standing(state=Enforcement.ENFORCED), "confirmed"),
        (Standing(state=Enforcement.WAITING), "waits"),
        (Standing(state=Enforcement.STILL_THERE), "still connected"),
        (Standing(state=Enforcement.STILL_THERE, attempts=1), "still connected after 1 try"),
        (Standing(state=Enforcement.STILL_THERE, attempts=3), "still connected after 3 tries"),
        (Standing(state=Enforcement.NOT_ENFORCEABLE), "cannot hold this"),
    ],
)
def test_each_standing_has_its_words(standing: Standing, said: str) -> None:
    assert words(standing, STATE) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.ERROR, "waits, does not answer"),
        (Status.NEED_TAKE_ACTION, "waits, needs you"),
        (Status.PAUSED, "waits, paused"),
        (Status.UNKNOWN, "waits"),
    ],
)
def test_what_it_waits_for_is_said(status: Status, said: str) -> None:
    assert words(Standing(state=Enforcement.WAITING), replace(STATE, status=status)) == said


def test_one_that_cannot_ban_is_told_from_one_that_cannot_hold_this() -> None:
    answers = Connection(
        product="aria2", version="1.36.0", capabilities=Capabilities(bans=False), session=1
    )
    state = replace(STATE, connection=answers)

    assert words(Standing(state=Enforcement.NOT_ENFORCEABLE), state) == "cannot ban"


def test_several_downloaders_fit_one_line() -> None:
    assert enforced_words(()) == ""
    assert (
        enforced_words([HOME, NAS]) == "Home qB: confirmed after 0.4 s, NAS: waits, does not answer"
    )
    assert enforced_words([HOME] * 4).endswith(", …")


def test_each_downloader_has_its_line_until_there_is_none(qtbot: QtBot) -> None:
    lines = EnforcedLines(100)
    qtbot.addWidget(lines)
    lines.show_lines((HOME, NAS))
    assert says(lines, "Home qB: confirmed after 0.4 s")
    assert says(lines, "NAS: waits, does not answer")

    lines.show_lines((NAS,))
    assert not says(lines, "Home qB")

    lines.show_lines(())
    assert not lines.isVisible()


async def test_a_ban_is_followed_to_the_downloader(tmp_path: Path, appearance: Appearance) -> None:
    seen = swarm()
    seen.obeys = True
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": seen}) as place:
        prefix = ip_network("203.0.113.87")
        await until(lambda: place.core.ban_list.get(prefix))
        ban = place.core.ban_list.get(prefix)
        assert ban is not None
        place.clock.now += 400
        await place.sweep()
        await until(lambda: enforced_at(place.core, ban)[0].mark is Mark.CONFIRMED)
        assert enforced_at(place.core, ban)[0].line.startswith("qb: confirmed after ")

        seen.error = Unreachable(Text("no-answer-in-time"))
        await place.core.bans.ban([ip_network("198.51.100.1/32")])
        other = place.core.ban_list.get(ip_network("198.51.100.1/32"))
        assert other is not None
        place.core.downloaders.sweep_now()
        await until(lambda: place.core.downloaders.state("qb").status is Status.ERROR)
        assert enforced_at(place.core, other)[0].words == "waits, does not answer"
