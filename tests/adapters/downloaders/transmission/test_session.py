"""Whether it is still the same run of the daemon."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.transmission.downloader import Transmission
from app.adapters.downloaders.transmission.rpc import Rpc
from app.adapters.downloaders.transmission.session import Session
from app.adapters.downloaders.transmission.wire import SessionWire
from app.services.errors import AccessDenied, DownloaderError, NeedsAction, ProtocolMismatch
from tests.adapters.downloaders.transmission.fake import FakeTransmission


async def nothing(_session: SessionWire) -> None:
    """Prepare nothing."""


@pytest.fixture
def session(rpc: Rpc) -> Session:
    return Session(rpc, nothing)


async def test_an_open_session_asks_nothing(fake: FakeTransmission, session: Session) -> None:
    first = await session.open()
    asked = fake.requests
    assert await session.open() is first
    assert fake.requests == asked
    assert (first.product, first.version, first.session) == ("Transmission", "4.1.3", 1)


async def test_an_hourly_change_of_the_session_id_is_no_restart(
    fake: FakeTransmission, session: Session, rpc: Rpc
) -> None:
    first = await session.open()
    fake.session_id = "of the next hour"
    await rpc.order("session-get")
    assert await session.open() == first


async def test_a_restart_is_noticed_though_no_request_failed(
    fake: FakeTransmission, session: Session, rpc: Rpc
) -> None:
    first = await session.open()
    await fake.stop()
    await fake.start()
    await rpc.order("session-get")
    assert (await session.open()).session == first.session + 1


async def test_a_run_that_was_not_counted_is_noticed_by_its_age(
    fake: FakeTransmission, session: Session, rpc: Rpc
) -> None:
    fake.began -= 3600
    first = await session.open()
    await fake.stop()
    await fake.start()
    fake.runs -= 1  # killed before it wrote that down
    await rpc.order("session-get")
    assert (await session.open()).session == first.session + 1


async def test_while_it_is_away_there_is_no_session(
    fake: FakeTransmission, session: Session, rpc: Rpc
) -> None:
    await session.open()
    await fake.stop()
    with pytest.raises(DownloaderError):
        await rpc.order("session-get")
    for _ in range(2):
        with pytest.raises(DownloaderError):
            await session.open()
    await fake.start()
    assert (await session.open()).session == 2


@pytest.mark.parametrize(
    ("version", "error"), [("2.94 (d8e60ee44f)", NeedsAction), ("", ProtocolMismatch)]
)
async def test_a_version_too_old_or_none_is_refused(
    session: Session, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await session.open()


async def test_totals_are_asked_for_now_and_then(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    for _ in range(5):
        snapshot = await downloader.snapshot()
        assert (snapshot.all_time_uploaded, snapshot.all_time_downloaded) == (12_345, 678)
    assert len(fake.named("session-stats")) == 1


async def test_a_password_that_is_changed_there_is_refused_once_until_the_user_asks(
    fake: FakeTransmission, session: Session, rpc: Rpc
) -> None:
    first = await session.open()
    fake.statuses = [401]
    with pytest.raises(AccessDenied):
        await rpc.order("session-get")
    asked = fake.requests
    with pytest.raises(AccessDenied):
        await session.open()
    assert fake.requests == asked
    rpc.forget_refusal()
    assert (await session.open()).version == first.version
