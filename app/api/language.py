"""Picks the language of an answer from `Accept-Language` (reference/webapi.md 1.13)."""

from __future__ import annotations

from app.locale import match_language


def wanted_language(header: str, default: str) -> str:
    """The supported language with the highest `q`, the earlier among equals; `default` when none is supported."""
    best, best_weight = default, 0.0
    for item in header.split(",")[:20]:
        tag, _semicolon, parameters = item.partition(";")
        weight = _weight(parameters)
        if weight > best_weight:
            found = match_language(tag.strip())
            if found is not None:
                best, best_weight = found, weight
    return best


def _weight(parameters: str) -> float:
    name, _equals, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
