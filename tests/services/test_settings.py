"""The settings in force."""

from pathlib import Path

import pytest

from app.services.events import SettingsChanged
from app.settings.errors import InvalidSetting
from tests.services.fakes import house


async def test_a_change_is_on_disk_in_force_and_announced(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        told: list[SettingsChanged] = []
        it.core.bus.subscribe(SettingsChanged, told.append)
        await it.core.settings.change("profile.yml", {("check-interval",): 9000})
        assert it.core.settings.profile.check_interval == 9000
        assert "check-interval: 9000" in (tmp_path / "profile.yml").read_text("utf-8")
        assert len(told) == 1


async def test_a_refused_value_changes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        before = (tmp_path / "profile.yml").read_bytes()
        with pytest.raises(InvalidSetting):
            await it.core.settings.change("profile.yml", {("check-interval",): "soon"})
        assert it.core.settings.profile.check_interval == 5000
        assert (tmp_path / "profile.yml").read_bytes() == before
