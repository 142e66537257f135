"""What a sweep or a failure makes of a downloader's state."""

from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.domain.snapshot import Snapshot
from app.locale.texts import say
from app.services.downloader_state import (
    DownloaderState,
    Status,
    after_failure,
    after_sweep,
    resting,
)
from app.services.errors import NeedsAction, Unreachable
from app.services.events import SweepFailed, Swept, Timings
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings

NEW = DownloaderState(
    settings=DownloaderSettings(id="qb", name="Attic", endpoint="http://127.0.0.1:1"),
    status=Status.UNKNOWN,
    since=0,
)


def swept(rest: float = 5.0, *, slowed: bool = False) -> Swept:
    return Swept(
        downloader="qb",
        snapshot=Snapshot(at=0, torrents=()),
        changed={},
        gone=frozenset(),
        peers=0,
        to_good=0,
        to_banned=0,
        bans=(),
        timings=Timings(total=3.0),
        rest=rest,
        slowed=slowed,
    )


def failed(failures: int, retry_in: float | None = 60.0) -> SweepFailed:
    return SweepFailed(
        downloader="qb", error=Unreachable("gone"), retry_in=retry_in, failures=failures
    )


def test_capabilities_and_advice_are_those_of_the_connection() -> None:
    assert (NEW.watch_only, NEW.advice) == (False, None)
    connection = Connection(
        product="aria2",
        version="1.36",
        capabilities=Capabilities(bans=False),
        advice=Text("downloader-cannot"),
        session=1,
    )
    state = after_sweep(NEW, swept(), 9, connection)
    assert (state.watch_only, state.advice, state.version) == (True, connection.advice, "1.36")
    assert after_failure(state, failed(1), 9).connection is connection


def test_one_that_is_asked_less_often_says_how_often() -> None:
    assert after_sweep(NEW, swept(), 9, None).rhythm is None
    slow = after_sweep(NEW, swept(12.0, slowed=True), 9, None)
    assert slow.rhythm is not None
    assert say(slow.rhythm) == "Asked every 15 s until it is faster"
    assert after_sweep(slow, swept(), 9, None).rhythm is None
    assert resting(slow, 9).rhythm is None


def test_after_ten_failures_it_says_that_it_is_hardly_asked() -> None:
    assert after_failure(NEW, failed(9), 9).rhythm is None
    state = after_failure(NEW, failed(10), 9)
    assert state.rhythm is not None
    assert say(state.rhythm) == "Failed 10 times in a row; asked once a minute until it answers"
    assert after_failure(NEW, failed(10, None), 9).rhythm is None


def test_what_waits_for_the_user_says_so() -> None:
    denied = SweepFailed(downloader="qb", error=NeedsAction(Text("downloader-cannot")), retry_in=5)
    assert after_failure(NEW, denied, 9).status is Status.NEED_TAKE_ACTION
