"""Translates what a user reads, in the language in force for this task or request.

The language lives in a ContextVar: the desktop and the log set it once at start, the REST server per request.
Sources are English; `peerwarden.mo` beside this file holds the other languages.
"""

from __future__ import annotations

import gettext as _gettext
import locale as _locale
import os
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "zh_CN", "zh_TW")
"""Every language the program speaks, the source language first."""

_DOMAIN: Final = "peerwarden"
_FOLDER: Final = Path(__file__).parent
_TRADITIONAL: Final = ("zh_tw", "zh_hk", "zh_mo", "zh_hant", "chinese (traditional)")
"""The last is how Windows says it."""
_language: ContextVar[str] = ContextVar("language", default="en")


def match_language(wanted: str) -> str | None:
    """The supported language for a tag such as `zh-Hans-CN`, `en_us` or `zh_TW.UTF-8`; None when there is none."""
    tag = wanted.partition(".")[0].replace("-", "_").lower()
    if tag.startswith(_TRADITIONAL):
        return "zh_TW"
    if tag == "zh" or tag.startswith(("zh_", "chinese")):
        return "zh_CN"
    if tag == "en" or tag.startswith("en_"):
        return "en"
    return None


def system_language() -> str:
    """The language of the operating system's user, English when we do not speak it."""
    # Where the environment names one, it does so also for a locale that this system lacks; Python then says `C`.
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return match_language(next(filter(None, named), None) or _locale.getlocale()[0] or "") or "en"


def set_language(language: str) -> None:
    """Use `language` from here on, in this task and those started from it."""
    _language.set(language if language in LANGUAGES else "en")


def current_language() -> str:
    """The language in force, one of LANGUAGES."""
    return _language.get()


def _(message: str) -> str:
    """`message` in the language in force."""
    return _catalogue(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that fits `count`, in the language in force."""
    return _catalogue(_language.get()).ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark `message` for translation where it is only stored."""
    return message


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(_DOMAIN, _FOLDER, languages=[language], fallback=True)
