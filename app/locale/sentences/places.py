"""Sentences of geographic databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    "place-file-unusable": N_("The geographic database {file} cannot be used: {why}"),
    "place-no-source": N_("No source is set from which this database could be downloaded."),
    "place-file-damaged": N_("it is damaged, or no database in MaxMind's format (.mmdb)"),
    "place-file-empty": N_("there is nothing in it"),
    "place-file-other-kind": N_("it is a database of another kind"),
    "place-file-too-large": N_("it is larger than {limit_bytes}"),
    "place-file-unread": N_("it cannot be read or copied ({reason})"),
}
