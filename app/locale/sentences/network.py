"""Sentences of the BTN rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    "btn-no-rules": N_("Passed: the BTN network has sent no rules"),
    "btn-saw-all": N_("its address, port, peer ID and name"),
    "saw-nothing": N_("nothing"),
    "rule-btn": N_("BTN category “{category}”: {rule}"),
    "rule-btn-allowed": N_("allowed by BTN: {entry}"),
    "rule-btn-denied": N_("denied by BTN: {entry}"),
    "btn-allowed": N_("The BTN network lets {address} through as {entry}. It says: “{comment}”"),
    "btn-denied": N_("The BTN network denies {address} as {entry}. It says: “{comment}”"),
    "btn-banned-port": N_("Uses a port that the BTN network denies, category “{category}”: {rule}"),
    "btn-banned-ip": N_(
        "Has an address that the BTN network denies, category “{category}”: {rule}"
    ),
    "btn-banned-client-name": N_(
        "Has a name that the BTN network denies, category “{category}”: {rule}"
    ),
    "btn-banned-peer-id": N_(
        "Has a peer ID that the BTN network denies, category “{category}”: {rule}"
    ),
}
