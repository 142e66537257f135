"""String rules as people read and write them, and the JSON that stands for them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.string_rule import InvalidRule, Outcome, StringRule, parse_rule
from app.locale import N_, _
from app.locale.texts import say


class NotAnEntry(Exception):
    """What is typed cannot be an entry of a list; `words` say why, to the user."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Method(StrEnum):
    """How a pattern is held against a name."""

    STARTS_WITH = "STARTS_WITH"
    CONTAINS = "CONTAINS"
    EQUALS = "EQUALS"
    ENDS_WITH = "ENDS_WITH"
    REGEX = "REGEX"
    LENGTH = "LENGTH"
    JSON = "JSON"
    """The rule as it stands in the file, for what the others cannot say."""


METHOD_WORDS: Final = {
    Method.STARTS_WITH: N_("starts with"),
    Method.CONTAINS: N_("contains"),
    Method.EQUALS: N_("is exactly"),
    Method.ENDS_WITH: N_("ends with"),
    Method.REGEX: N_("matches"),
    Method.LENGTH: N_("has a length of"),
    Method.JSON: N_("JSON"),
}
METHOD_HINTS: Final = {
    Method.REGEX: N_("regular expression, all of the name must fit"),
    Method.LENGTH: N_("number of characters, such as 3-8"),
    Method.JSON: '{"method":"STARTS_WITH","content":"-xx"}',
}
OUTCOME_WORDS: Final = {
    Outcome.TRUE: N_("ban"),
    Outcome.FALSE: N_("spare"),
    Outcome.DEFAULT: N_("go on"),
}
"""What follows from an answer: FALSE ends the list, DEFAULT goes on to the next pattern."""

_LENGTH: Final = re.compile(r"\s*(\d{1,9})\s*(?:[-–]\s*(\d{1,9})\s*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What the row for a new or changed pattern holds."""

    method: Method
    content: str
    spares: bool = False
    """Whether a match spares the peer instead of banning it."""


def compose(pattern: Pattern) -> str:
    """The JSON text of `pattern`; raises NotAnEntry."""
    if pattern.method is Method.JSON:
        text = pattern.content.strip()
        _check(text)
        return text
    document: dict[str, object] = {"method": pattern.method.value}
    if pattern.method is Method.LENGTH:
        document |= _bounds(pattern.content)
    elif pattern.content:
        document["content"] = pattern.content
    else:
        raise NotAnEntry(_("Type what the name must contain or start with."))
    if pattern.spares:
        document["hit"] = "FALSE"
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    _check(text)
    return text


def decompose(text: str) -> Pattern:
    """The simplest form in which `text`, a valid rule, can be edited."""
    as_it_stands = Pattern(method=Method.JSON, content=text)
    document = json.loads(text)
    if not isinstance(document, dict) or not document.keys() <= {
        "method", "content", "hit", "min", "max",
    }:  # fmt: skip
        return as_it_stands
    hit = document.get("hit", "TRUE")
    if hit not in ("TRUE", "FALSE") or document.get("method") not in list(Method):
        return as_it_stands
    method = Method(document["method"])
    content = document.get("content")
    if method is Method.LENGTH:
        content = f"{document.get('min')}-{document.get('max')}"
    if not isinstance(content, str):
        return as_it_stands
    return Pattern(method=method, content=content, spares=hit == "FALSE")


def readable(text: str) -> str:
    """A rule in words; what cannot be read stays as it is."""
    try:
        return _in_words(parse_rule(text))
    except InvalidRule:
        return text


def follows(text: str) -> tuple[str, str]:
    """In words what follows when a rule matches, and when it does not; empty for an ordinary one."""
    try:
        rule = parse_rule(text)
    except InvalidRule:
        return "", ""
    hit, miss = _(OUTCOME_WORDS[rule.hit]), _(OUTCOME_WORDS[rule.miss])
    return hit, miss if rule.miss is not Outcome.DEFAULT else ""


def _in_words(rule: StringRule) -> str:
    words = say(rule.title)
    if rule.gate is None:
        return words
    return _("{rule}, if it {condition}").format(rule=words, condition=_in_words(rule.gate))


def _bounds(content: str) -> dict[str, object]:
    found = _LENGTH.fullmatch(content)
    if found is None:
        raise NotAnEntry(_("Allowed: a number of characters, or two such as 3-8"))
    low = int(found[1])
    return {"min": low, "max": int(found[2]) if found[2] else low}


def _check(text: str) -> None:
    try:
        parse_rule(text)
    except InvalidRule as error:
        raise NotAnEntry(_("Cannot be read: {why}").format(why=say(error.why))) from None
