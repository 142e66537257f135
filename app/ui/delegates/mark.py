"""Verdicts and states as icon, word and colour: never colour alone."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from app.locale import N_, _


class Mark(StrEnum):
    """Every state that a chip can say."""

    BANNED = "banned"
    SHADOW = "shadow"
    WATCHING = "watching"
    """The grace window runs."""
    EXEMPT = "exempt"
    PASS = "pass"  # noqa: S105 - a verdict
    HANDSHAKE = "handshake"
    OFF = "off"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    STILL_THERE = "still there"
    NOT_POSSIBLE = "not possible"
    READY = "ready"
    FAILED = "failed"


class Look(NamedTuple):
    """How a mark is drawn; colours are tokens, without a ground it asks for no attention."""

    word: str
    icon: str
    color: str
    ground: str = ""


LOOKS: Final = {
    Mark.BANNED: Look(N_("Banned"), "ban", "bad", "bad_soft"),
    Mark.SHADOW: Look(N_("Shadow"), "eye", "shadow", "shadow_soft"),
    Mark.WATCHING: Look(N_("Watching"), "clock", "warn", "warn_soft"),
    Mark.EXEMPT: Look(N_("Exempt"), "shield-check", "accent", "accent_soft"),
    Mark.PASS: Look(N_("Pass"), "check", "muted"),
    Mark.HANDSHAKE: Look(N_("Handshake"), "ellipsis", "faint"),
    Mark.OFF: Look(N_("Off"), "minus", "faint"),
    Mark.CONFIRMED: Look(N_("Confirmed"), "check", "good"),
    Mark.WAITING: Look(N_("Waiting"), "clock", "warn"),
    Mark.STILL_THERE: Look(N_("Still there"), "triangle-alert", "bad"),
    Mark.NOT_POSSIBLE: Look(N_("Not possible"), "circle-x", "faint"),
    Mark.READY: Look(N_("Ready"), "circle-check", "good"),
    Mark.FAILED: Look(N_("Failed"), "triangle-alert", "bad"),
}


def mark_word(mark: Mark) -> str:
    """The word of a mark in the language in force."""
    return _(LOOKS[mark].word)
