"""Warnings of traffic, and upload limits that follow it and are given back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from app.adapters.config_files import ConfigFiles
from app.domain.reason import Text
from app.locale.texts import say
from app.services.active_monitoring import ActiveMonitoring, Limiter
from app.services.errors import Unreachable
from app.services.events import AlertRaised, DownloadersChanged, EventBus
from app.services.ports import Settings, UploadLimits
from app.services.settings import SettingsBook
from app.services.traffic_journal import TrafficJournal
from app.settings.downloader import DownloaderSettings, downloader_changes
from tests.services.fakes import NO_LIMIT, HandClock, ScriptedDownloader
from tests.services.record_examples import swept
from tests.services.record_fakes import MemoryFacts, MemoryJournal
from tests.services.zones import living_in, utc

GIB = 2**30
G25 = 25_000_000_000
NOON = utc(2026, 8, 1, 12)
MINUTE = 60_000
HOUR = 60 * MINUTE
AREA = ("module", "active-monitoring")
CAP = (*AREA, "traffic-sliding-capping")


@dataclass
class Desk:
    """A monitoring with stand-ins, which `again` starts anew over the same stores."""

    files: ConfigFiles
    clock: HandClock = field(default_factory=lambda: HandClock(NOON))
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    facts: MemoryFacts = field(default_factory=MemoryFacts)
    downloaders: dict[str, ScriptedDownloader] = field(default_factory=dict)
    alerts: list[AlertRaised] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for name in ("one", "two"):
            settings = DownloaderSettings(id=name, name=name, endpoint=f"http://127.0.0.1/{name}")
            self.files.change("config.yml", downloader_changes(settings))
            self.downloaders[name] = ScriptedDownloader(self.clock)
        self.again()

    def again(self) -> None:
        config, profile = self.files.load()
        self.bus = EventBus()
        self.bus.subscribe(AlertRaised, self.alerts.append)
        settings = Settings(config=config, profile=profile)
        self.settings = SettingsBook(self.files, settings, self.bus)
        self.monitoring = ActiveMonitoring(
            settings=self.settings,
            journal=TrafficJournal(self.journal),
            facts=self.facts,
            limiters=self.limiters,
            bus=self.bus,
            clock=self.clock,
        )

    def limiters(self) -> Mapping[str, Limiter]:
        return {key: each for key, each in self.downloaders.items() if key not in self.away}

    async def set(self, *path: str, value: Any) -> None:  # noqa: ANN401 - a setting
        await self.settings.change("profile.yml", {path: value})

    async def cap(self, **values: Any) -> None:  # noqa: ANN401 - as above
        for name, value in {"enabled": True, **values}.items():
            await self.set(*CAP, name.replace("_", "-"), value=value)

    async def look(self, at: int, **totals: int) -> None:
        """A sweep that found these totals, and what follows."""
        self.clock.now = at
        for name, total in totals.items():
            self.bus.publish(swept(at, downloader=name, totals=(total, 0)))
        await self.monitoring.look()

    def rate(self, name: str) -> int:
        return self.downloaders[name].limits.rate


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    files = ConfigFiles(tmp_path)
    files.load()
    return Desk(files)


async def test_k8_k9_much_traffic_is_told_once_a_day_also_after_a_restart(desk: Desk) -> None:
    await desk.set(*AREA, "traffic-monitoring", "daily", value=50 * GIB)
    with living_in("Asia/Shanghai"):
        await desk.look(NOON, one=1, two=1)
        await desk.look(NOON + MINUTE, one=49 * GIB)
        assert desk.alerts == []
        await desk.look(NOON + 2 * MINUTE, two=2 * GIB + 1)
        (alert,) = desk.alerts
        assert alert.kind == f"dataTrafficCapping-{utc(2026, 7, 31, 16) // 1000}"
        assert alert.text.params == {
            "total_bytes": 51 * GIB - 1,
            "limit_bytes": 50 * GIB,
            "date": "2026-08-01",
            "time": "20:02",
        }
        assert "2026-08-01" in say(alert.text)
        await desk.look(NOON + 3 * MINUTE, two=3 * GIB)
        desk.again()
        await desk.look(NOON + 4 * MINUTE, one=60 * GIB)
        assert len(desk.alerts) == 1
        await desk.look(NOON + 5 * HOUR, one=61 * GIB)  # the next day in Shanghai
        await desk.look(NOON + 5 * HOUR + MINUTE, one=112 * GIB)
        assert len(desk.alerts) == 2


async def test_no_quota_no_alert(desk: Desk) -> None:
    await desk.look(NOON, one=1)
    await desk.look(NOON + MINUTE, one=10**15)
    assert desk.alerts == []


async def test_without_the_cap_no_limit_is_touched(desk: Desk) -> None:
    await desk.look(NOON, one=1)
    await desk.look(NOON + MINUTE, one=10**15)
    assert desk.downloaders["one"].limits == NO_LIMIT


async def test_a_cap_over_all_counts_all(desk: Desk) -> None:
    await desk.cap(min_speed=100_000, max_speed=10_000_000)
    await desk.look(NOON, one=1, two=1)
    assert desk.downloaders["one"].limits == UploadLimits(rate=10_000_000, alternative=10_000_000)
    await desk.look(NOON + MINUTE, one=G25 * 6 // 5 + 1)
    assert (desk.rate("one"), desk.rate("two")) == (8_333_333, 8_333_333)


async def test_a_cap_for_each_counts_each_alone(desk: Desk) -> None:
    await desk.cap(min_speed=100_000, max_speed=10_000_000, scope="each")
    await desk.look(NOON, one=1, two=1)
    await desk.look(NOON + MINUTE, one=G25 * 6 // 5 + 1)
    assert (desk.rate("one"), desk.rate("two")) == (8_333_333, 10_000_000)


@pytest.mark.parametrize("restarts", [False, True], ids=["one run", "restart"])
@pytest.mark.parametrize("switch", [CAP, AREA], ids=["cap", "all of it"])
async def test_switched_off_it_gives_the_users_own_limits_back(
    desk: Desk, switch: tuple[str, ...], *, restarts: bool
) -> None:
    own = UploadLimits(rate=700_000, alternative=50_000)
    desk.downloaders["one"].limits = own
    await desk.cap(max_speed=300_000)
    await desk.look(NOON, one=1, two=1)
    await desk.look(NOON + MINUTE, one=2, two=2)
    assert desk.rate("one") == 300_000
    if restarts:
        desk.again()
        await desk.look(NOON + 2 * MINUTE, one=3, two=3)
    await desk.set(*switch, "enabled", value=False)
    desk.away = {"two"}
    await desk.look(NOON + 3 * MINUTE)
    assert desk.downloaders["one"].limits == own
    assert desk.rate("two") == 300_000
    if restarts:
        desk.again()
    desk.away, desk.downloaders["one"].limits = set(), UploadLimits(rate=5, alternative=5)
    await desk.look(NOON + 4 * MINUTE)
    assert desk.downloaders["two"].limits == NO_LIMIT
    assert desk.rate("one") == 5  # given back once; from then on it is the user's again
    assert desk.facts.facts == {}


async def test_the_trouble_of_one_downloader_is_its_own(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.downloaders["one"].error = Unreachable(Text("no-answer-in-time"))
    await desk.cap(max_speed=300_000)
    await desk.look(NOON, one=1, two=1)
    await desk.look(NOON + MINUTE, one=1, two=1)
    assert desk.rate("two") == 300_000
    assert len(caplog.records) == 1


async def test_limits_are_remembered_before_they_are_changed(desk: Desk) -> None:
    await desk.cap(max_speed=300_000)
    desk.facts.fails = True
    await desk.look(NOON, one=1)
    assert desk.downloaders["one"].limits == NO_LIMIT
    desk.facts.fails = False
    await desk.look(NOON + MINUTE, one=1)
    assert desk.rate("one") == 300_000


async def test_a_downloader_that_tells_no_totals_is_left_alone(desk: Desk) -> None:
    await desk.cap(max_speed=300_000)
    desk.bus.publish(swept(NOON, downloader="one"))
    await desk.look(NOON, two=1)
    assert (desk.rate("one"), desk.rate("two")) == (0, 300_000)


async def test_what_is_remembered_may_be_unreadable(desk: Desk) -> None:
    desk.facts.facts["active-monitoring.limits"] = "[1]"
    await desk.look(NOON, one=1)
    assert desk.downloaders["one"].limits == NO_LIMIT


async def test_another_address_under_the_same_id_is_another_daemon(desk: Desk) -> None:
    await desk.look(NOON, one=1)
    moved = DownloaderSettings(id="one", name="one", endpoint="http://127.0.0.1/other")
    await desk.settings.change("config.yml", downloader_changes(moved))
    desk.bus.publish(DownloadersChanged(gone=("one",)))
    await desk.look(NOON + MINUTE, one=10**12)
    await desk.look(NOON + 2 * MINUTE, one=10**12 + 7)
    assert await desk.monitoring.journal.uploaded(since=0, until=2**50) == {"one": 7}


async def test_old_hours_go_and_the_last_totals_are_noted_at_the_end(desk: Desk) -> None:
    await desk.look(NOON, one=1)
    years = 3 * 365 * 24 * HOUR
    await desk.look(NOON + years + HOUR, one=2)
    desk.bus.publish(swept(desk.clock.now, downloader="one", totals=(9, 0)))
    await desk.monitoring.close()
    assert [hour.uploaded for hour in desk.journal.kept.values()] == [7]


async def test_settings_take_effect_at_once(desk: Desk) -> None:
    limited = asyncio.Event()

    class Noticed(ScriptedDownloader):
        @override
        async def limit_upload(self, limits: UploadLimits) -> None:
            await super().limit_upload(limits)
            limited.set()

    desk.downloaders["one"] = Noticed(desk.clock)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(desk.monitoring.run())
        desk.bus.publish(swept(NOON, downloader="one", totals=(1, 0)))
        for enabled, rate in ((True, 300_000), (False, 0)):
            limited.clear()
            await desk.cap(max_speed=300_000, enabled=enabled)
            await limited.wait()
            assert desk.rate("one") == rate
        task.cancel()
