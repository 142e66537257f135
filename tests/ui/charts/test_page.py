"""The Charts page follows what is sampled, and costs nothing before it is opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.charts.page import ChartsPage
from app.ui.theme import Appearance, Scheme
from tests.ui.fakes import swarm, until, workplace
from tests.ui.finding import button, says


async def test_upload_and_bans_are_drawn_as_they_are_sampled(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance, "Home", downloaders={"Home": swarm()}) as place:
        page = ChartsPage(place.desk)
        qtbot.addWidget(page)
        page.resize(1280, 700)
        page.show()
        await until(lambda: page.upload is not None)
        await place.sweep()
        for _ in range(3):
            place.clock.now += 5_000
            place.core.statistics.sample()
        page.follow()
        assert page.upload is not None
        page.upload.move_cursor(place.clock.now / 1000)

        assert "to peers that share 781 KiB/s" in page.upload.words
        assert "to banned peers 1.91 MiB/s" in page.upload.words
        assert says(page, "1 ban in force")
        assert says(page, "MiB/s")
        assert says(page, "Collecting since")

        button(page, "24 h").click()
        assert says(page, "One point = 1 min")
        assert page.saved() == {"span": "day"}
        page.hide()


async def test_it_takes_the_colours_of_another_theme(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:
        page = ChartsPage(place.desk)
        qtbot.addWidget(page)
        page.restore({"span": "nonsense"})
        page.show()
        await until(lambda: page.upload is not None)
        assert page.upload is not None
        appearance.choose(Scheme.DARK)

        assert page.upload.backgroundBrush().color().lightness() < 60
        page.hide()


def test_the_drawing_library_is_loaded_with_the_first_chart_only() -> None:
    code = "import sys, app.ui.charts.page; sys.exit('pyqtgraph' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
