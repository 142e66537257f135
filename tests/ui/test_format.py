"""Numbers, sizes and times as a user reads them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.locale import set_language
from app.ui import format as fm

DAY = 86_400_000


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, fm.NOTHING),
        (0, fm.NOTHING),
        (1, "1 B"),
        (999, "999 B"),
        (1023, "1.00 KiB"),
        (1024, "1.00 KiB"),
        (19.2 * 1024**3, "19.2 GiB"),
        (412 * 1024**2, "412 MiB"),
        (1023.6 * 1024, "1.00 MiB"),
        (9.996 * 1024, "10.0 KiB"),
        (99.96 * 1024, "100 KiB"),
        (2**80, "1048576 EiB"),
    ],
)
def test_a_size_has_three_digits_and_a_binary_unit(count: float | None, text: str) -> None:
    assert fm.size(count) == text


@given(st.floats(min_value=1, max_value=2.0**69))
def test_a_size_never_shows_more_than_three_digits(count: float) -> None:
    number, unit = fm.size(count).split(" ")
    assert len(number.replace(".", "")) <= 3
    assert unit in {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}


def test_a_rate_is_a_size_per_second() -> None:
    assert fm.rate(740 * 1024) == "740 KiB/s"
    assert fm.rate(0) == fm.NOTHING


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, fm.NOTHING),
        (0, "0.0 %"),
        (0.29, "29.0 %"),
        (0.9997, "99.9 %"),
        (0.99999, "99.9 %"),
        (1, "100 %"),
        (1.2, "100 %"),
        (-0.1, "0.0 %"),
    ],
)
def test_a_percentage_is_floored(share: float | None, text: str) -> None:
    assert fm.percent(share) == text


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_only_what_is_finished_reads_as_finished(share: float) -> None:
    # Half a billionth below is taken as one: binary fractions cannot tell it from one either.
    assert fm.percent(share) != "100 %"
    assert float(fm.percent(share).split(" ")[0]) / 100 <= share + 1e-9


def test_a_ratio_has_one_digit_and_nothing_is_a_dash() -> None:
    assert fm.ratio(3.1) == "3.1\N{MULTIPLICATION SIGN}"
    assert fm.ratio(0.04) == fm.ratio(None) == fm.NOTHING


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (None, fm.NOTHING),
        (-5, "0 s"),
        (94_000, "94 s"),
        (12 * 60_000, "12 min"),
        (3 * 3_600_000 + 5 * 60_000, "3 h 05 min"),
        (29 * DAY + 23 * 3_600_000, "29 d 23 h"),
        (DAY, "1 d 0 h"),
    ],
)
def test_a_span_shows_its_two_largest_units(duration: float | None, text: str) -> None:
    assert fm.span(duration) == text


@given(st.integers(min_value=0, max_value=10**14))
def test_a_longer_span_never_reads_shorter(duration: int) -> None:
    factors = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    words = fm.span(duration).replace(",", "").split(" ")
    shown = sum(
        int(number) * factors[unit] for number, unit in zip(words[::2], words[1::2], strict=True)
    )
    assert shown * 1000 <= duration < (shown + 3600) * 1000


def test_what_has_no_end_is_left_for_ever() -> None:
    assert fm.left(None, 0) == "for ever"
    assert fm.left(600_000, 60_000) == "9 min"


def test_ago_counts_back_from_now() -> None:
    assert fm.ago(1_000, 3_500) == "2 s ago"
    assert fm.ago(None, 3_500) == fm.NOTHING


def test_a_moment_shows_the_year_only_when_it_differs() -> None:
    then = datetime(2026, 12, 21, 18, 21).astimezone().timestamp() * 1000
    assert fm.moment(then, then) == "21 Dec, 18:21"
    assert fm.moment(then, then + 30 * DAY) == "21 Dec 2026, 18:21"
    assert fm.moment(None, then) == fm.NOTHING
    assert fm.clock(then) == "18:21"


def test_exports_carry_iso_times_in_utc() -> None:
    assert fm.iso(1_766_000_000_123) == "2025-12-17T19:33:20Z"
    assert fm.iso(None) == ""


def test_an_estimate_is_marked_and_what_is_unknown_is_not() -> None:
    assert fm.roughly("3.20 GiB", estimated=True) == "≈ 3.20 GiB"
    assert fm.roughly("3.20 GiB", estimated=False) == "3.20 GiB"
    assert fm.roughly("–", estimated=True) == "–"


def test_counts_are_grouped() -> None:
    assert fm.count(1248) == "1,248"
    assert fm.count(None) == fm.NOTHING


def test_a_name_cannot_turn_the_writing_around_or_break_the_line() -> None:
    assert fm.plain("evil\u202egpj.exe\n") == "evil�gpj.exe�"
    assert fm.plain("µTorrent 下载 می‌خواهم") == "µTorrent 下载 می‌خواهم"


@given(st.text())
def test_plain_text_keeps_its_length_and_stays_on_one_line(text: str) -> None:
    made = fm.plain(text)
    assert len(made) == len(text)
    assert len(made.splitlines()) <= 1


def test_a_tool_tip_is_never_mark_up() -> None:
    assert fm.tool_tip("<img src=x>\n2") == "<qt>&lt;img src=x&gt;<br>2</qt>"
    assert fm.tool_tip("") == ""


def test_things_stand_in_one_line() -> None:
    assert fm.listed(["µTP", "encrypted"]) == "µTP, encrypted"
    assert fm.listed([]) == ""


def test_sentences_follow_each_other_and_each_has_its_full_stop() -> None:
    assert fm.sentences(["It failed", "", "Next try in 5 s."]) == "It failed. Next try in 5 s."
    assert fm.sentences([]) == ""


def test_chinese_has_its_own_signs_between_words_and_sentences() -> None:
    set_language("zh_CN")
    try:
        assert fm.listed(["µTP", "加密"]) == "µTP\N{FULLWIDTH COMMA}加密"
        assert fm.sentences(["没有响应", "5 秒后重试。"]) == "没有响应。5 秒后重试。"
    finally:
        set_language("en")
