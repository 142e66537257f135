"""Message ids and their sentences."""

import re
import string
from pathlib import Path

import pytest

import app
from app.domain.reason import Text
from app.locale import LANGUAGES, _, set_language
from app.locale.texts import SENTENCES, say

ROOT = Path(app.__file__).parent


def test_every_id_used_in_the_program_has_a_sentence() -> None:
    used = set()
    for path in ROOT.rglob("*.py"):
        used |= set(re.findall(r"\bText\(\s*\"([a-z0-9-]+)\"", path.read_text("utf-8")))
    assert used
    assert used - set(SENTENCES) == set()


def test_a_nested_text_is_said_too() -> None:
    rule = Text("rule-starts-with", {"content": "-hp"})
    said = say(Text("peer-id-banned", {"name": "-HP0001-", "rule": rule}))
    assert said == "Peer ID “-HP0001-”; banned: starts with “-hp”"


def test_a_name_full_of_braces_is_shown_as_it_is() -> None:
    assert say(Text("saw-text", {"text": "{0.__class__} {x}"})) == "{0.__class__} {x}"


def test_an_unknown_id_and_a_missing_parameter_harm_nothing() -> None:
    assert say(Text("no-such-id", {"a": 1})) == "no-such-id 1"
    assert "?" in say(Text("ban-unknown"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_uses_the_parameters_of_its_source(language: str) -> None:
    set_language(language)
    try:
        for sentence in SENTENCES.values():
            assert fields(_(sentence)) == fields(sentence)
    finally:
        set_language("en")


def fields(sentence: str) -> set[str]:
    return {part[1] for part in string.Formatter().parse(sentence) if part[1]}
