"""The Peers page says what is wrong with the downloaders behind it, and why nobody is to be seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.services.errors import Unreachable
from app.ui.page import Remark
from app.ui.peers.standing import nobody_words, trouble
from app.ui.theme import Appearance
from app.ui.widgets import Tone
from tests.services.fakes import HandClock, ScriptedDownloader
from tests.ui.fakes import Workplace, swarm, until, workplace

MINUTE = 60_000


@asynccontextmanager
async def _open(tmp_path: Path, appearance: Appearance, *names: str) -> AsyncIterator[Workplace]:
    """A workplace whose downloaders have been swept once."""
    shown = {name: swarm() for name in names}
    async with workplace(tmp_path, appearance, *names, downloaders=shown) as place:
        await until(lambda: all(s.swept_at for s in place.core.downloaders.states()))
        yield place


def _remark(place: Workplace, peers: int = 3) -> Remark:
    said = trouble(place.desk, lambda _key: peers)
    assert said is not None
    return said


async def _break(place: Workplace, *names: str) -> None:
    for name in names:
        place.downloaders[name].error = Unreachable("connection refused")
    place.core.downloaders.sweep_now()
    await until(
        lambda: [s.settings.id for s in place.core.downloaders.states() if s.problem] == [*names]
    )


async def test_all_is_well_without_words(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance, "qb") as place:
        assert trouble(place.desk, lambda _key: 3) is None


async def test_a_pause_is_said_and_can_be_ended(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance, "qb") as place:
        await place.core.downloaders.pause_all()
        remark = _remark(place)
        assert remark.words.startswith("Paused.")
        assert [words for words, _work in remark.buttons] == ["Resume"]

        remark.buttons[0][1]()
        await until(lambda: not place.core.downloaders.paused)


async def test_trouble_names_the_downloader_the_reason_and_how_old_its_rows_are(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance, "qb", "nas") as place:
        await _break(place, "nas")
        place.clock.now += 5 * MINUTE
        remark = _remark(place)

        assert remark.tone is Tone.WARN
        assert remark.words.startswith("nas, for 5 min: ")
        assert "connection refused" in remark.words
        assert "Its 3 peers below are as of " in remark.words
        assert "more" not in remark.words


async def test_rows_that_are_not_there_are_not_spoken_of(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance, "qb") as place:
        await _break(place, "qb")

        assert "below" not in _remark(place, peers=0).words
        assert "Its 1 peer below is as of " in _remark(place, peers=1).words


async def test_further_trouble_is_counted(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance, "qb", "nas", "box") as place:
        await _break(place, "qb", "nas")
        assert _remark(place).words.endswith("1 more downloader has trouble.")

        await _break(place, "qb", "nas", "box")
        assert _remark(place).words.endswith("2 more downloaders have trouble.")


async def test_the_buttons_try_again_and_lead_to_the_downloaders(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance, "qb") as place:
        await _break(place, "qb")
        (try_words, try_now), (more_words, show_more) = _remark(place).buttons
        assert (try_words, more_words) == ("Try now", "Details")
        place.downloaders["qb"].error = None
        try_now()
        await until(lambda: trouble(place.desk, lambda _key: 0) is None)

        opened: list[str] = []
        place.desk.actions.page_wanted.connect(lambda page, _text: opened.append(page))
        show_more()
        assert opened == ["downloaders"]


async def test_nobody_is_there_because_there_is_no_downloader(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as place:
        assert nobody_words(place.core)[1] == "No downloader yet"


async def test_nobody_is_there_because_nobody_is_connected(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance, "qb", "nas") as place:
        await _break(place, "nas")
        _icon, title, words = nobody_words(place.core)

        assert title == "No peers at the moment"
        assert words.startswith("1 downloader is watched and has 1 torrents")
        assert words.endswith("within 5 s of their first connection.")


async def test_nobody_is_there_yet(tmp_path: Path, appearance: Appearance) -> None:
    shown = {"qb": ScriptedDownloader(HandClock())}
    async with workplace(tmp_path, appearance, "qb", downloaders=shown) as place:
        assert nobody_words(place.core)[1] == "First sweep runs"


async def test_nobody_is_there_because_nobody_is_watched(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance, "qb", "nas") as place:
        await place.core.downloaders.pause("qb", paused=True)
        assert nobody_words(place.core)[1] != "Paused"

        await place.core.downloaders.pause("nas", paused=True)
        assert nobody_words(place.core)[1] == "Paused"


async def test_nobody_is_there_because_no_downloader_answers(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance, "qb", "nas") as place:
        await place.core.downloaders.pause("nas", paused=True)
        await _break(place, "qb")

        assert nobody_words(place.core)[1] == "No downloader answers"
