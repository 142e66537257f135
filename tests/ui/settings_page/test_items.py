"""Every setting that no other page edits is on the Settings page."""

from __future__ import annotations

from app.settings.area import values
from app.settings.config import Config
from app.settings.profile import RULES, Profile
from app.ui.settings_page.items import CONFIG, PROFILE, SECTIONS

ELSEWHERE = {
    "config.yml/installation-id",
    "config.yml/server.token",  # copied there, changed by hand
    # an older key of PeerBanHelper, read where the newer one is missing
    "profile.yml/module.active-monitoring.traffic-sliding-capping.max-allowed-upload-traffic",
}

RULE_KEYS = [(rule,) for rule in RULES]


def test_each_setting_is_shown_once_or_has_a_page_of_its_own() -> None:
    shown = [item.key for section in SECTIONS for item in section.items]
    known = {f"{CONFIG}/{'.'.join(path)}" for path in values(Config())}
    # Rules have a page of their own.
    known |= {
        f"{PROFILE}/{'.'.join(path)}" for path in values(Profile()) if path[1:2] not in RULE_KEYS
    }

    assert len(shown) == len(set(shown))
    assert set(shown) == known - ELSEWHERE


def test_every_default_is_one_that_its_kind_takes() -> None:
    for section in SECTIONS:
        for item in section.items:
            assert item.kind.read(item.default) == item.default, item.key
