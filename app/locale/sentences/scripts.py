"""Sentences of user scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    # verdicts
    "scripts-not-yet": N_("Not yet known: your scripts still run"),
    "script-bans": N_("Your script “{script}” says: ban"),
    "script-bans-why": N_("Your script “{script}” says: {why}"),
    "script-spares": N_("Your script “{script}” says: leave alone"),
    "script-spares-why": N_("Your script “{script}” says: leave alone, {why}"),
    "saw-scripts-nothing": N_("no objection"),
    "allows-scripts": N_("asked: {names}"),
    "allows-no-scripts": N_("no script is switched on"),
    "rule-script": N_("script {script}"),
    # scripts that cannot be read
    "script-problem-at": N_("Line {line}, column {column}: {what}"),
    "script-syntax": N_("this is not understood ({reason})"),
    "script-too-long": N_("The script is longer than {limit} characters."),
    "script-without-judge": N_("The script has no function “judge” at the start of a line."),
    "script-parameters-unplain": N_(
        "the parameters of “judge” must be plain names of variables, without values"
    ),
    "script-variable-unknown": N_("there is no variable “{name}”. There are: {known}"),
    "script-not-text": N_("The file is no UTF-8 text."),
    # scripts that break
    "script-raised": N_("it broke off: {reason}"),
    "script-too-slow": N_("It took longer than {limit} ms and was stopped."),
    "script-too-large": N_("It took more memory than {limit_bytes} and was stopped."),
    "script-prints-too-much": N_("It printed more than {limit_bytes} and was stopped."),
    "script-asks-too-much": N_("It asked for too many things that do not exist and was stopped."),
    "script-crashed": N_("It made its process end and was stopped."),
    "script-number-unknown": N_("It answered {given}; only 0, 1 and 2 mean something."),
    "script-answer-unknown": N_(
        "It answered something that is neither text, number, True nor False."
    ),
    "script-remembers-too-much": N_("It remembers more than {limit_bytes}."),
    "scripts-unavailable": N_("Scripts cannot run: {detail}"),
    # scripts that are switched off, and commands
    "script-switched-off": N_("The script “{script}” was switched off. {what}"),
    "script-unknown": N_("There is no script “{name}”."),
    "script-name-bad": N_(
        "“{name}” cannot be a script's file name. Allowed: letters, digits, “.”, “-” and “_”, with"
        " “.py” at the end."
    ),
    "script-unwritable": N_("{path} cannot be written: {reason}"),
    "scripts-unreadable": N_("{path} cannot be read: {reason}"),
}
