"""Sentences of remote lists and downloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    # downloads
    "fetch-failed": N_("{address} could not be fetched: {why}"),
    "fetch-slow": N_("it was not complete after {limit_ms}"),
    "fetch-too-large": N_("it is larger than {limit_bytes}"),
    "fetch-damaged": N_("it is packed and cannot be unpacked"),
    "fetch-bad-address": N_("this is no web address"),
    "fetch-redirects": N_("it is redirected again and again"),
    "fetch-downgraded": N_("it redirects to {host} without encryption"),
    "fetch-status": N_("the server answers with status {status}"),
    "fetch-no-host": N_("there is no such computer"),
    "fetch-proxy": N_("the proxy does not let it through"),
    "fetch-refused": N_("nothing listens there"),
    "fetch-certificate": N_("its certificate is not trusted"),
    # lists that came but are not applied
    "list-refused": N_("The list “{name}” is not applied: {why}"),
    "list-refused-web-page": N_("it is a web page, not a list"),
    "list-refused-empty": N_("it is empty"),
    "list-refused-lines": N_(
        "only {valid} of its {lines} lines can be read; one that cannot be says: {example}"
    ),
    "list-refused-local": N_("it would ban your own network ({network})"),
    "list-refused-own": N_("it would ban your own address {address}"),
    "list-refused-share": N_(
        "it would ban {covered_share} of all {family} addresses; {limit_share} is allowed"
    ),
    "list-refused-peers": N_(
        "it would ban {held} of the {peers} peers that are connected now; {limit_share} is allowed"
    ),
    "list-refused-empty-name": N_("its pattern “{pattern}” matches every name"),
    # what became of an update
    "list-updated": N_("Updated"),
    "list-same": N_("It has not changed"),
    "list-off": N_("It is switched off"),
    "list-unreadable": N_("The copy of the list on this computer cannot be read: {reason}"),
    "list-unwritable": N_("The list cannot be kept on this computer: {reason}"),
    "list-unknown": N_("There is no list with the id {id}."),
    "list-id-taken": N_("A list with the id {id} exists already."),
}
