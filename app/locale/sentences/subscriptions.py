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
}
