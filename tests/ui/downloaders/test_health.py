"""A card says what is, since when, and what happens next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.downloader_state import DownloaderState, Status
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    ProtocolMismatch,
    Unreachable,
    UntrustedCertificate,
)
from app.services.events import Timings
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.ui.downloaders.health import Watching, health
from app.ui.downloaders.remedy import Remedy
from app.ui.format import clock
from app.ui.widgets import Tone

NOW = 1_763_700_000_000
SETTINGS = DownloaderSettings(id="a", name="NAS", endpoint="http://127.0.0.1:8080")
WATCHING = Watching(now=NOW)
HEALTHY = DownloaderState(
    settings=SETTINGS,
    status=Status.HEALTHY,
    since=NOW - 60_000,
    swept_at=NOW - 2_000,
    timings=Timings(total=0.31),
    bans_confirmed=6,
    bans_possible=6,
)


def failed(error: DownloaderError, *, retry_at: int | None = NOW + 38_000) -> DownloaderState:
    return DownloaderState(
        settings=SETTINGS,
        status=Status.ERROR,
        since=NOW - 240_000,
        problem=error,
        retry_at=retry_at,
    )


def test_a_healthy_one_says_when_it_was_swept_and_that_all_bans_hold() -> None:
    line = health(HEALTHY, WATCHING)

    assert (line.title, line.tone) == ("Healthy", None)
    assert line.words == "Swept 2 s ago in 0.31 s. All bans confirmed."


def test_bans_that_are_not_confirmed_are_counted() -> None:
    line = health(replace(HEALTHY, bans_confirmed=4), WATCHING)

    assert line.words.endswith("2 bans are not confirmed yet.")
    line = health(replace(HEALTHY, bans_confirmed=5), WATCHING)
    assert line.words.endswith("1 ban is not confirmed yet.")


def test_no_ban_at_all_is_not_called_confirmed() -> None:
    line = health(replace(HEALTHY, bans_confirmed=0, bans_possible=0), WATCHING)

    assert "confirmed" not in line.words


def test_one_that_costs_much_is_asked_less_often_and_says_so() -> None:
    line = health(replace(HEALTHY, timings=Timings(total=6.2), slow_period=15.0), WATCHING)

    assert (line.title, line.tone) == ("Slow", Tone.WARN)
    assert line.words == (
        "Sweeps take 6.2 s; asked every 15 s until it is faster. All bans confirmed."
    )


def test_one_that_failed_long_is_asked_once_a_minute_and_says_so() -> None:
    line = health(replace(failed(Unreachable("x")), failures=12), WATCHING)

    assert "Failed 12 times in a row; asked once a minute until it answers. Next try" in line.words


def test_one_that_does_not_answer_says_since_when_and_when_it_is_asked_again() -> None:
    line = health(failed(Unreachable(Text("no-answer-in-time"))), WATCHING)

    assert line.title == "Does not answer"
    assert line.words == (
        "For 4 min: no answer in time. Next try in 38 s."
        " Nothing is lost: its bans wait and go out first."
    )


def test_a_try_that_is_due_runs() -> None:
    line = health(failed(Unreachable("x"), retry_at=NOW - 1), WATCHING)

    assert "It is being asked again." in line.words


def test_nonsense_for_an_answer_is_told_from_no_answer() -> None:
    assert health(failed(ProtocolMismatch("x")), WATCHING).title == "Answers oddly"


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (AccessDenied(Text("downloader-denied")), "Denied"),
        (NeedsAction(Text("downloader-host-refused")), "Needs you"),
    ],
)
def test_what_settings_mend_leads_to_the_settings(error: DownloaderError, title: str) -> None:
    line = health(failed(error, retry_at=None), WATCHING)

    assert (line.title, line.remedy) == (title, Remedy.SETTINGS)
    assert "Next try" not in line.words


def test_a_certificate_nobody_vouches_for_can_be_looked_at() -> None:
    text = Text(
        "certificate-unknown",
        {
            "subject": "nas.local",
            "expires": "2030-01-01",
            "reason": Text("certificate-self-signed"),
            "fingerprint": "3f:a2",
        },
    )
    line = health(failed(UntrustedCertificate(text, "3fa2"), retry_at=None), WATCHING)

    assert (line.title, line.remedy) == ("Certificate not trusted", Remedy.TRUST)
    assert line.words == (
        "Its certificate (for nas.local, valid until 2030-01-01) is not trusted: it signed itself."
    )


def test_one_that_cannot_ban_is_watched_only_and_leads_to_the_export() -> None:
    able = Capabilities(bans=False)
    answers = Connection(product="aria2", version="1.36.0", capabilities=able, session=1)
    settings = replace(SETTINGS, type="aria2")
    line = health(replace(HEALTHY, settings=settings, connection=answers), WATCHING)

    assert (line.icon, line.title, line.tone) == ("eye", "Watched only", Tone.SHADOW)
    assert line.words == (
        "Stock aria2 cannot ban. Peers are judged and counted; export the bans to your firewall."
    )
    assert line.remedy is Remedy.EXPORT


def test_one_that_could_ban_as_another_kind_says_so_instead() -> None:
    answers = Connection(
        product="Aria2Next",
        version="2.5.5",
        capabilities=Capabilities(bans=False),
        session=1,
        advice=Text("aria2-is-next"),
    )
    line = health(replace(HEALTHY, connection=answers), WATCHING)

    assert line.words.startswith("This is Aria2Next, which can ban.")
    assert line.remedy is Remedy.SETTINGS


def test_advice_stands_behind_what_is_well() -> None:
    answers = Connection(
        product="qBittorrent",
        version="4.5.0",
        capabilities=Capabilities(),
        session=1,
        advice=Text("downloader-too-old", {"version": "4.5.0", "minimum": "4.6"}),
    )
    line = health(replace(HEALTHY, connection=answers), WATCHING)

    assert line.title == "Healthy"
    assert line.words.endswith("Version 4.5.0 is too old; 4.6 or later is needed.")


def test_a_pause_of_all_says_when_it_ends() -> None:
    state = DownloaderState(settings=SETTINGS, status=Status.PAUSED, since=NOW)
    watching = replace(WATCHING, paused=True, resume_at=NOW + 600_000)

    assert clock(NOW + 600_000) in health(state, watching).words


def test_a_pause_of_one_has_no_end() -> None:
    state = DownloaderState(
        settings=replace(SETTINGS, paused=True), status=Status.PAUSED, since=NOW
    )

    assert "until you resume" in health(state, replace(WATCHING, resume_at=NOW)).words


def test_the_first_sweep_is_announced() -> None:
    state = DownloaderState(settings=SETTINGS, status=Status.UNKNOWN, since=NOW)

    assert health(state, WATCHING).words == "The first sweep runs."
