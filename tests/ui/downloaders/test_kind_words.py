"""Every kind of downloader says how it is reached, and nothing about fields that it does not have."""

from __future__ import annotations

import pytest

from app.settings.downloader_kind import DOWNLOADER_KINDS, QBITTORRENT, QBITTORRENT_EE
from app.ui.downloaders.kind_words import KIND_WORDS, kind_title, visible_fields


def test_every_kind_has_words() -> None:
    assert KIND_WORDS.keys() == DOWNLOADER_KINDS.keys()


@pytest.mark.parametrize("key", DOWNLOADER_KINDS)
def test_hints_are_about_fields_that_are_there(key: str) -> None:
    kind = DOWNLOADER_KINDS[key]

    assert KIND_WORDS[key].hints.keys() <= visible_fields(kind)
    assert kind_title(kind)


def test_only_the_enhanced_edition_has_a_shadow_ban() -> None:
    assert "use_shadow_ban" in visible_fields(DOWNLOADER_KINDS[QBITTORRENT_EE])
    assert "use_shadow_ban" not in visible_fields(DOWNLOADER_KINDS[QBITTORRENT])
