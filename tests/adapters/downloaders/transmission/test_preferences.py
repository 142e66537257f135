"""Limits and ports in Transmission's own units."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.transmission import preferences
from app.adapters.downloaders.transmission.rpc import Rpc
from app.services.ports import UploadLimits
from tests.adapters.downloaders.transmission.fake import FakeTransmission


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, UploadLimits(rate=0, alternative=50_000)),
        ({"speed-limit-up-enabled": True}, UploadLimits(rate=100_000, alternative=50_000)),
        (
            {"speed-limit-up-enabled": True, "units": {"speed-bytes": 1024}},
            UploadLimits(rate=102_400, alternative=51_200),
        ),
        # No unit at all would be a division by zero.
        (
            {"units": {"speed-bytes": 0}, "alt-speed-up": -5},
            UploadLimits(rate=0, alternative=None),
        ),
        # Nothing at all is sent: that must not read as if there were no limit.
        (
            {"speed-limit-up-enabled": True, "speed-limit-up": 0, "alt-speed-up": 0},
            UploadLimits(rate=1, alternative=None),
        ),
    ],
)
async def test_limits_are_read_as_they_are(
    fake: FakeTransmission, rpc: Rpc, told: dict[str, object], found: UploadLimits
) -> None:
    fake.settings |= told
    assert await preferences.upload_limits(rpc) == found


@pytest.mark.parametrize(
    ("limits", "sent"),
    [
        (UploadLimits(rate=0), {"speed-limit-up-enabled": False}),
        (UploadLimits(rate=1), {"speed-limit-up-enabled": True, "speed-limit-up": 1}),
        (
            UploadLimits(rate=1_999, alternative=3_000),
            {"speed-limit-up-enabled": True, "speed-limit-up": 1, "alt-speed-up": 3},
        ),
        (UploadLimits(rate=0, alternative=0), {"speed-limit-up-enabled": False}),
    ],
)
async def test_limits_are_set_in_whole_units_and_never_to_nothing(
    fake: FakeTransmission, rpc: Rpc, limits: UploadLimits, sent: dict[str, object]
) -> None:
    await preferences.limit_upload(rpc, limits)
    assert fake.named("session-set") == [sent]


async def test_its_port_is_set_for_good(fake: FakeTransmission, rpc: Rpc) -> None:
    await preferences.listen_at(rpc, 6_999)
    assert fake.named("session-set") == [{"peer-port-random-on-start": False, "peer-port": 6_999}]
    assert await preferences.listen_port(rpc) == 6_999
