"""Sentences of rules about addresses, names and places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    # the user's own list: places
    "rule-asn": N_("network AS{number}"),
    "rule-region": N_("country {code}"),
    "rule-net-type": N_("kind of network: {kind}"),
    "rule-city": N_("place named “{city}”"),
    "asn-banned": N_("Its network AS{number} {organisation} is on your list"),
    "region-banned": N_("It is in {country}, which is on your list as {code}"),
    "net-type-banned": N_("Its network is of the kind {kind}, which is on your list"),
    "city-banned": N_("It is in {place}; on your list: “{city}”"),
    "saw-place": N_("its address; {place}"),
    "saw-no-place": N_("its address; its place is not known"),
    # subscribed lists
    "rule-list": N_("list “{list}”"),
    "list-banned": N_("{address} is on the list “{list}” as {entry}"),
    "list-banned-comment": N_("{address} is on the list “{list}” as {entry}: {comment}"),
    "name-list-banned": N_("Calls itself “{name}”, which is on the list “{list}”: {comment}"),
    "list-allows": N_("{count} entries of {lists} lists"),
}
