"""Brings the gettext catalogues of `app.locale` up to date with the sources and compiles them."""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh_CN", "zh_TW")
DOMAIN = "peerwarden"

_NO_TIME = datetime.fromtimestamp(0, UTC)

_NOISE = re.compile(
    r'^"(Project-Id-Version|Report-Msgid-Bugs-To|Last-Translator|Language-Team'
    r'|POT-Creation-Date|PO-Revision-Date|Generated-By): .*"\n',
    re.MULTILINE,
)


def path_of(language: str, suffix: str) -> Path:
    """The catalogue of `language`: `.po` is what people edit, `.mo` what the program reads."""
    return ROOT / "app" / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


def extracted() -> Catalog:
    """Every text that the sources mark, without its translations."""
    template = Catalog(project="PeerWarden", charset="utf-8")
    found = extract_from_dir(
        ROOT / "app", keywords={**DEFAULT_KEYWORDS, "N_": None}, comment_tags=("Translators:",)
    )
    for filename, line, message, comments, context in found:
        where = [(f"app/{filename}", line)]
        template.add(message, None, where, auto_comments=comments, context=context)
    return template


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue of `language` with the texts of `template`; what is gone is dropped.

    The comment at its head is the translators': the words they agreed on.
    """
    path = path_of(language, ".po")
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, domain=DOMAIN)
    else:
        catalogue = Catalog(locale=language, domain=DOMAIN, charset="utf-8")
        catalogue.header_comment = f"# PeerWarden in {language}."
    catalogue.project = template.project
    catalogue.fuzzy = False
    catalogue.update(template, no_fuzzy_matching=True)
    return catalogue


def as_po(catalogue: Catalog) -> str:
    """The text of a `.po` file, without what would make a diff although no text changed."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, no_location=True, sort_output=True, ignore_obsolete=True, width=100)
    return _NOISE.sub("", buffer.getvalue().decode("utf-8"))


def as_mo(catalogue: Catalog) -> bytes:
    """The bytes of a `.mo` file; the same texts always make the same ones."""
    catalogue.creation_date = _NO_TIME
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main() -> int:
    """Rewrite all catalogues; prints how much is left to translate."""
    template = extracted()
    for language in LANGUAGES:
        text = as_po(updated(language, template))
        catalogue = read_po(io.BytesIO(text.encode()), locale=language, domain=DOMAIN)
        path_of(language, ".po").parent.mkdir(parents=True, exist_ok=True)
        path_of(language, ".po").write_text(text, encoding="utf-8", newline="\n")
        path_of(language, ".mo").write_bytes(as_mo(catalogue))
        missing = [
            message for message in catalogue if message.id and not is_translated(message.string)
        ]
        print(f"{language}: {len(catalogue)} texts, {len(missing)} to translate")
    return 0


def is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a message's translation is there, in all of its plural forms."""
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
