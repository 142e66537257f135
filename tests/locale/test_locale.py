"""A user is spoken to in their language, each request in its own."""

from __future__ import annotations

import asyncio
import locale
from collections.abc import Iterator

import pytest

from app.locale import (
    LANGUAGES,
    N_,
    _,
    current_language,
    match_language,
    ngettext,
    set_language,
    system_language,
)


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en_us", "en"),
        ("EN-gb", "en"),
        ("zh", "zh_CN"),
        ("zh-CN", "zh_CN"),
        ("zh-Hans-CN", "zh_CN"),
        ("zh_SG.UTF-8", "zh_CN"),
        ("zh_TW.UTF-8", "zh_TW"),
        ("zh_HK.UTF-8", "zh_TW"),
        ("zh-Hant", "zh_TW"),
        ("Chinese (Simplified)_China", "zh_CN"),
        ("Chinese (Traditional)_Taiwan", "zh_TW"),
        ("de_DE", None),
        ("enochian", None),
        ("zhuang", None),
        ("default", None),
        ("", None),
    ],
)
def test_language_tags_are_matched(tag: str, language: str | None) -> None:
    assert match_language(tag) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_its_own_tag(language: str) -> None:
    assert match_language(language) == language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh_TW"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh_CN"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_environment_says_it_also_for_a_locale_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    _environment(monkeypatch, environment)
    monkeypatch.setattr(locale, "getlocale", lambda: ("en_US", "UTF-8"))

    assert system_language() == language


@pytest.mark.parametrize(
    ("name", "language"),
    [("Chinese (Simplified)_China", "zh_CN"), ("zh_HK", "zh_TW"), (None, "en")],
)
def test_without_an_environment_the_operating_system_is_asked(
    monkeypatch: pytest.MonkeyPatch, name: str | None, language: str
) -> None:
    _environment(monkeypatch, {})
    monkeypatch.setattr(locale, "getlocale", lambda: (name, None))

    assert system_language() == language


def test_a_language_that_is_not_spoken_is_english() -> None:
    set_language("zh_CN")
    set_language("de")

    assert current_language() == "en"


async def test_each_task_speaks_the_language_it_was_asked_in() -> None:
    started = asyncio.Barrier(len(LANGUAGES))

    async def answer(language: str) -> tuple[str, str]:
        set_language(language)
        await started.wait()
        return current_language(), _("Banned")

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(answer(language)) for language in LANGUAGES]
    answers = [task.result() for task in tasks]

    assert answers == [("en", "Banned"), ("zh_CN", "已封禁"), ("zh_TW", "已封鎖")]
    assert current_language() == "en"


async def test_a_task_speaks_as_the_one_that_started_it() -> None:
    set_language("zh_TW")

    async def language() -> str:
        return current_language()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(language())
    assert task.result() == "zh_TW"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_translation_is_said_in_english(language: str) -> None:
    set_language(language)

    assert _("nobody ever translates this") == "nobody ever translates this"
    assert ngettext("{count} gnu", "{count} gnus", 1) == "{count} gnu"
    assert ngettext("{count} gnu", "{count} gnus", 2) == "{count} gnus"


def test_english_has_two_forms() -> None:
    assert [ngettext("one", "many", count) for count in (0, 1, 2)] == ["many", "one", "many"]


@pytest.mark.parametrize("count", [1, 2])
def test_chinese_has_one_form(count: int) -> None:
    set_language("zh_CN")

    assert ngettext("Copy the address", "Copy the addresses", count) == "复制地址"


def test_marking_changes_nothing() -> None:
    set_language("zh_CN")

    assert N_("Banned") == "Banned"


def _environment(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
