"""The settings in force, and the one way to change them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from app.services.events import EventBus, SettingsChanged
from app.services.ports import Settings, SettingsFiles
from app.settings.config import Config
from app.settings.profile import Profile


class SettingsBook:
    """Holds config.yml and profile.yml as values; a change is on disk before it is in force."""

    def __init__(self, files: SettingsFiles, loaded: Settings, bus: EventBus) -> None:
        self._files, self._current, self._bus = files, loaded, bus
        self._changing = asyncio.Lock()

    @property
    def config(self) -> Config:
        """config.yml as in force."""
        return self._current.config

    @property
    def profile(self) -> Profile:
        """profile.yml as in force."""
        return self._current.profile

    async def change(self, file: str, changes: Mapping[tuple[str, ...], object]) -> None:
        """Set keys of `config.yml` or `profile.yml`; raises InvalidSetting, and then nothing changes."""
        async with self._changing:
            config, profile = await asyncio.to_thread(self._files.change, file, changes)
            self._current = Settings(config=config, profile=profile)
        self._bus.publish(SettingsChanged())
