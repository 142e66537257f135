"""Which language a header asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.language import wanted_language
from app.locale import LANGUAGES


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN", "zh_CN"),
        ("zh_tw", "zh_TW"),
        ("zh-Hant-HK", "zh_TW"),
        ("de, zh-CN;q=0.8, en;q=0.7", "zh_CN"),
        ("en;q=0.5,zh-CN", "zh_CN"),
        ("en ; q=0.1, zh-CN ; q=0.2", "zh_CN"),
        ("zh-CN;q=0, en", "en"),
        ("zh-CN;q=x", "en"),
        ("zh-CN;q=nan", "en"),
        ("tlh", "en"),
    ],
)
def test_the_best_that_we_speak_wins(header: str, language: str) -> None:
    assert wanted_language(header, "en") == language


def test_without_a_match_the_server_speaks_its_own() -> None:
    assert wanted_language("tlh", "zh_TW") == "zh_TW"


@given(st.text())
def test_any_header_gives_a_language(header: str) -> None:
    assert wanted_language(header, "en") in LANGUAGES
