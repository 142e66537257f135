"""What helps a downloader that needs its user is one click and, where something changes, one question."""

from __future__ import annotations

import pytest

from app.domain.errors import AppError
from app.domain.reason import Text
from app.locale.texts import SENTENCES
from app.services.downloader_state import DownloaderState, Status
from app.services.errors import AccessDenied, NeedsAction, Unreachable, UntrustedCertificate
from app.settings.downloader import DownloaderSettings
from app.ui.downloaders.remedy import (
    ASKS,
    BUTTONS,
    Consent,
    Remedy,
    consent_for,
    remedy_for,
)

SETTINGS = DownloaderSettings(
    id="a", name="Box", type="raccoonfink/deluge", endpoint="http://127.0.0.1:8112"
)
PRINT = "3fa207c1905e4d8b0011223344556677" * 2


def asked(remedy: Remedy, problem: AppError | None = None) -> Consent | None:
    state = DownloaderState(
        settings=SETTINGS, status=Status.NEED_TAKE_ACTION, since=0, problem=problem
    )
    return consent_for(remedy, state)


@pytest.mark.parametrize(
    ("problem", "remedy"),
    [
        (AccessDenied(Text("downloader-denied")), Remedy.SETTINGS),
        (NeedsAction(Text("downloader-host-refused")), Remedy.SETTINGS),
        (UntrustedCertificate(Text("certificate-unknown"), PRINT), Remedy.TRUST),
        (Unreachable("x"), None),
        (None, None),
    ],
)
def test_each_trouble_has_its_help(problem: AppError | None, remedy: Remedy | None) -> None:
    assert remedy_for(problem, None, SETTINGS) is remedy


def test_a_list_that_cannot_be_fetched_leads_to_our_own_server() -> None:
    problem = NeedsAction(Text("blocklist-not-fetched", {"address": "http://127.0.0.1:9898"}))

    assert remedy_for(problem, None, SETTINGS) is Remedy.SERVER
    assert asked(Remedy.SERVER, problem) is None


@pytest.mark.parametrize(
    ("message", "remedy"),
    [each for each in ASKS.items() if each[1] in (Remedy.PLUGIN, Remedy.BLOCKLIST)],
)
def test_a_consent_is_offered_until_it_is_given(message: str, remedy: Remedy) -> None:
    consent = asked(remedy)
    assert consent is not None

    assert remedy_for(None, Text(message), SETTINGS) is remedy
    assert remedy_for(NeedsAction(Text(message)), None, SETTINGS) is remedy
    assert remedy_for(None, Text(message), consent.settings) is None
    assert remedy_for(NeedsAction(Text(message)), None, consent.settings) is Remedy.SETTINGS


def test_what_asks_for_consent_is_said_by_some_adapter() -> None:
    assert ASKS.keys() <= SENTENCES.keys()


def test_a_yes_changes_only_what_was_asked() -> None:
    consent = asked(Remedy.PLUGIN)
    assert consent is not None

    assert "Box" in consent.title
    assert consent.settings.allow_plugin
    assert not consent.settings.replace_blocklist
    assert not consent.settings.trusted_certificate


def test_the_certificate_that_is_shown_is_the_one_that_is_trusted() -> None:
    consent = asked(
        Remedy.TRUST, UntrustedCertificate(Text("certificate-changed", {"subject": "nas"}), PRINT)
    )
    assert consent is not None

    assert consent.fingerprint == consent.settings.trusted_certificate == PRINT
    assert "another certificate" in consent.words


def test_a_certificate_that_is_trusted_by_now_is_not_asked_about() -> None:
    assert asked(Remedy.TRUST) is None


def test_every_help_has_a_verb() -> None:
    assert BUTTONS.keys() == set(Remedy)
