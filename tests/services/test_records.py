"""All records over one database, as the program keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.adapters.config_files import ConfigFiles
from app.adapters.storage import open_store
from app.services.events import EventBus
from app.services.ports import Settings
from app.services.records import Records
from app.services.settings import SettingsBook
from tests.services.fakes import HandClock, ScriptedDownloader
from tests.services.record_examples import counted, judged, swept

HOUR = 3_600_000


@pytest.mark.parametrize("enabled", [True, False])
async def test_what_sweeps_see_is_kept_unless_switched_off(
    tmp_path: Path, *, enabled: bool
) -> None:
    files, bus, clock = ConfigFiles(tmp_path), EventBus(), HandClock()
    config, profile = files.load()
    settings = SettingsBook(files, Settings(config=config, profile=profile), bus)
    analyse = ("module", "peer-analyse-service")
    switches = [
        (*analyse, name) for name in ("peer-recording", "session-analyse", "swarm-tracking")
    ]
    for path in (*switches, ("module", "active-monitoring")):
        await settings.change("profile.yml", {(*path, "enabled"): enabled})
    store = await open_store(tmp_path / "peerwarden.db")
    try:
        records = Records(
            store=store,
            settings=settings,
            limiters=lambda: {"one": ScriptedDownloader(clock)},
            bus=bus,
            clock=clock,
        )
        bus.publish(swept(clock.now, judged(counted(5)), totals=(100, 0)))
        await records.attend()
        bus.publish(swept(clock.now, judged(counted(9)), totals=(130, 0)))
        await records.close()

        total, _ = await store.peer_records.of_address(counted(5).address.ip, offset=0, limit=10)
        days = await store.sessions.days(since=0, until=clock.now)
        found = (total, len(days), await store.swarm.count())
        assert found == ((1, 1, 1) if enabled else (0, 0, 0))
        assert sum((await records.journal.uploaded(since=0, until=clock.now)).values()) == (
            30 if enabled else 0
        )
    finally:
        await store.close()
