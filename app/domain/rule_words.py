"""Rules in a sentence: their names for people, in a list."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.reason import Text


def named_rules(rules: Iterable[str]) -> Text:
    """The names that front ends show for these rules, given their keys, with commas between."""
    said: Text | None = None
    for rule in rules:
        name = Text(f"title-{rule}")
        said = name if said is None else Text("list-more", {"first": said, "next": name})
    return Text("list-empty") if said is None else said
