"""What a downloader cannot do, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.domain.capabilities import Capabilities
from app.locale import N_, _
from app.locale.texts import say
from app.services.ports import Connection
from app.services.shortcomings import shortcomings

_BETWEEN: Final = " \N{MIDDLE DOT} "
_UNTOLD: Final = {
    "counters": N_("bytes estimated"),
    "peer_ids": N_("no peer IDs"),
    "client_names": N_("no client names"),
    "progress": N_("no progress of peers"),
    "flags": N_("no flags"),
    "privacy": N_("private torrents not told"),
}


def limit_words(able: Capabilities) -> str:
    """`Bans IPv4 only · bytes estimated · no peer IDs`; empty for one that can do everything that matters.

    That one cannot ban at all is not said here: such a one is called watched only anyway.
    """
    words = _BETWEEN.join(_limits(able))
    return words[:1].upper() + words[1:]


def ability_words(connection: Connection | None) -> tuple[str, ...]:
    """The same in sentences, with advice where there is any."""
    if connection is None:
        return (_("It has not answered yet, so that nothing is known of it."),)
    lacking = [say(text) for text in shortcomings(connection.capabilities)]
    if not lacking:
        lacking = [_("It can do everything that PeerWarden asks for.")]
    return (*lacking, *([] if connection.advice is None else [say(connection.advice)]))


def _limits(able: Capabilities) -> Iterator[str]:
    if able.bans and not able.ipv6:
        yield _("bans IPv4 only")
    if able.bans and not able.ipv4:
        yield _("bans IPv6 only")
    if able.bans and not able.prefixes:
        yield _("single addresses only")
    if able.bans and not able.unbans:
        yield _("unbans after its restart")
    for name, words in _UNTOLD.items():
        if not getattr(able, name):
            yield _(words)
