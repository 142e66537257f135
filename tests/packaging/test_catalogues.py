"""Every text that the sources mark is translated into every language, and compiled."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import catalogues
from app.locale import LANGUAGES

pytestmark = pytest.mark.parametrize("language", catalogues.LANGUAGES)


@pytest.fixture(scope="module")
def template() -> Catalog:
    """The texts of the sources."""
    return catalogues.extracted()


@pytest.fixture
def catalogue(language: str) -> Catalog:
    """What the checkout holds for `language`."""
    with catalogues.path_of(language, ".po").open("rb") as file:
        return read_po(file, locale=language)


def messages(catalogue: Catalog) -> list[Message]:
    """All messages but the header."""
    return [message for message in catalogue if message.id]


def forms(texts: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """The one text of a message, or its plural forms."""
    return (texts,) if isinstance(texts, str) else tuple(texts or ())


def fields(text: str) -> set[str]:
    """The names that `text` leaves to fill in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_language_is_one_that_the_program_speaks(language: str) -> None:
    assert language in LANGUAGES


def test_the_catalogue_is_up_to_date_with_the_sources(language: str, template: Catalog) -> None:
    current = catalogues.as_po(catalogues.updated(language, template))

    assert catalogues.path_of(language, ".po").read_text("utf-8") == current, "run dev.py messages"


def test_every_text_is_translated(catalogue: Catalog) -> None:
    missing = [m.id for m in messages(catalogue) if not catalogues.is_translated(m.string)]

    assert not missing
    assert not [message.id for message in catalogue if message.fuzzy]


def test_a_translation_fills_in_what_its_source_does(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        known = set().union(*(fields(text) for text in forms(message.id)))
        for text in forms(message.string):
            assert fields(text) <= known, message.id
            # A plural form may leave the number out, as English does in "one peer".
            assert len(forms(message.id)) > 1 or fields(text) == known, message.id


def test_the_compiled_catalogue_is_that_of_its_source(language: str, catalogue: Catalog) -> None:
    compiled = catalogues.path_of(language, ".mo").read_bytes()

    assert compiled == catalogues.as_mo(catalogue), "run dev.py messages"


def test_a_compiled_catalogue_does_not_say_when_it_was_made(catalogue: Catalog) -> None:
    now = catalogues.as_mo(catalogue)
    catalogue.creation_date = datetime.fromtimestamp(0, UTC) + timedelta(days=1)

    assert catalogues.as_mo(catalogue) == now
