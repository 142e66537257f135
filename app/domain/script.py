"""User scripts: their header, what they ask for, and what their answers mean (reference/rules.md 3.9)."""

from __future__ import annotations

import math
import re
from typing import Final

from msgspec import Struct

from app.domain.errors import AppError
from app.domain.reason import Text
from app.domain.script_variable import VARIABLES, Variable
from app.domain.verdict import Action

MAX_SOURCE: Final = 64 * 1024
"""Characters; more is no script."""
MAX_REASON: Final = 200

_TAG: Final = re.compile(r"#+[ \t]*@(\w+)[ \t]*(.*)")
_JUDGE: Final = re.compile(r"^def[ \t]+judge[ \t]*\(([^()]*)\)", re.MULTILINE)
_JUDGE_START: Final = re.compile(r"^def[ \t]+judge\b", re.MULTILINE)
_COMMENT: Final = re.compile(r"#[^\n]*")
_NUMBERS: Final = {0: Action.NO_ACTION, 1: Action.BAN, 2: Action.SKIP}
_NAMES: Final = {action.name: action for action in Action}
_LONGEST_BAN: Final = 2**53


class ScriptProblem(Struct, frozen=True, kw_only=True):
    """What is wrong with a script, and where; counted from 1, None when it is no single place."""

    text: Text
    line: int | None = None
    column: int | None = None


class ScriptFailed(AppError):
    """A script cannot be read, or it broke off."""

    def __init__(self, problem: ScriptProblem, *, breach: bool = False) -> None:
        super().__init__(problem.text)
        self.problem = problem
        self.breach = breach
        """Whether it took more time or memory than it may."""


class ScriptsUnavailable(AppError):
    """No script can run: the worker program does not start."""

    def __init__(self, detail: str) -> None:
        super().__init__(Text("scripts-unavailable", {"detail": detail}))


class ScriptLimits(Struct, frozen=True, kw_only=True):
    """What one call of a script may take."""

    time_ms: int = 1_500
    memory_bytes: int = 64 * 2**20


class Header(Struct, frozen=True, kw_only=True):
    """What the first comment lines of a script say about it."""

    name: str
    author: str = ""
    version: str = ""
    cacheable: bool = True
    """Whether the same values always get the same answer, so that they are asked about once."""
    active: bool = True
    """Whether it runs before anybody has switched it on or off."""


class Answer(Struct, frozen=True, kw_only=True):
    """What one script says of one peer, where it says anything."""

    action: Action
    why: str = ""
    duration: int = 0
    """Milliseconds; 0 is the length that the rule has."""


def read_header(source: str, file_name: str) -> Header:
    """The `## @NAME …` lines at the top; without them, the file's name. Anything else is a mere comment (D-21)."""
    tags: dict[str, str] = {}
    for line in source.splitlines():
        text = line.strip().removeprefix("\ufeff")
        if text and not text.startswith("#"):
            break
        found = _TAG.fullmatch(text)
        if found is not None:
            tags.setdefault(found[1].upper(), found[2].strip()[:MAX_REASON])
    return Header(
        name=tags.get("NAME") or file_name,
        author=tags.get("AUTHOR", ""),
        version=tags.get("VERSION", ""),
        cacheable=_is_on(tags.get("CACHEABLE", "")),
        active=_is_on(tags.get("ACTIVE", "")),
    )


def _is_on(text: str) -> bool:
    return text.casefold() not in {"false", "no", "off", "0"}


def wanted_variables(source: str) -> tuple[Variable, ...]:
    """The parameters of the script's `judge`, in order; raises ScriptFailed where it has none that we can serve.

    The source may be anybody's, so no parser of this process touches it.
    """
    if len(source) > MAX_SOURCE:
        raise ScriptFailed(ScriptProblem(text=Text("script-too-long", {"limit": MAX_SOURCE})))
    definitions = list(_JUDGE.finditer(source))
    if not definitions:
        start = _JUDGE_START.search(source)
        if start is None:
            raise ScriptFailed(ScriptProblem(text=Text("script-without-judge")))
        raise _at(source, start.start(), Text("script-parameters-unplain"))
    return tuple(_variables(source, definitions[-1]))  # as in Python, the last one counts


def _variables(source: str, found: re.Match[str]) -> list[Variable]:
    # Comments become blanks, so that places stay what they are.
    listed = _COMMENT.sub(lambda comment: " " * len(comment[0]), found[1])
    wanted, position = [], found.start(1)
    for part in listed.split(","):
        name = part.partition(":")[0].strip()
        place = position + len(part) - len(part.lstrip())
        position += len(part) + 1
        if not name:
            continue
        if not name.isidentifier() or "=" in part:
            raise _at(source, place, Text("script-parameters-unplain"))
        variable = VARIABLES.get(name)
        if variable is None:
            known = ", ".join(VARIABLES)
            raise _at(
                source, place, Text("script-variable-unknown", {"name": name, "known": known})
            )
        wanted.append(variable)
    return wanted


def _at(source: str, position: int, text: Text) -> ScriptFailed:
    before = source[:position]
    line = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + 1
    return ScriptFailed(ScriptProblem(text=text, line=line, column=column))


def read_answer(returned: object) -> Answer | None:
    """What a returned value means; None is no opinion. Raises ScriptFailed for what means nothing.

    The value comes out of the sandbox: text, number, truth value, or a list of at most three of them.
    """
    match returned:
        case None | False:
            return None
        case True:
            return Answer(action=Action.BAN)
        case int() | float():
            return _from_number(returned)
        case str():
            return _from_text(returned)
        case [action, str(why)]:
            return _from_result(action, why, 0)
        case [action, str(why), int(duration)]:
            return _from_result(action, why, duration)
        case _:
            raise _meaningless("script-answer-unknown", "")


def _from_number(number: float) -> Answer | None:
    action = _NUMBERS.get(math.trunc(number)) if math.isfinite(number) else None
    if action is None:
        raise _meaningless("script-number-unknown", f"{number:g}")
    return Answer(action=action) if action else None


def _from_text(text: str) -> Answer | None:
    said = text.strip()[:MAX_REASON]
    if not said:
        return None
    if said in _NAMES:
        action = _NAMES[said]
        return Answer(action=action) if action else None
    if said.startswith("@"):
        return Answer(action=Action.SKIP, why=said[1:].strip())
    return Answer(action=Action.BAN, why=said)


def _from_result(action: object, why: str, duration: int) -> Answer | None:
    """An action with a reason and perhaps a length."""
    is_name = isinstance(action, str) and action in _NAMES
    if not is_name and not isinstance(action, (int, float)):
        raise _meaningless("script-answer-unknown", "")
    plain = read_answer(action)
    if plain is None:
        return None
    length = min(max(duration, 0), _LONGEST_BAN)
    return Answer(action=plain.action, why=why.strip()[:MAX_REASON], duration=length)


def _meaningless(text_id: str, given: str) -> ScriptFailed:
    return ScriptFailed(ScriptProblem(text=Text(text_id, {"given": given})))
