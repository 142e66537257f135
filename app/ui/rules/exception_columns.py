"""What the table of exceptions shows: whom each spares, from which rules, and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.address import show
from app.domain.peer_exception import PeerException
from app.locale import N_, _
from app.locale.texts import rule_title
from app.services.clock import wall_clock
from app.ui.columns import RIGHT, Column
from app.ui.format import left, listed, moment, plain

_HASH_SHOWN = 8


def exception_words(entry: PeerException, name_of: Callable[[str], str]) -> str:
    """Whom an exception spares; `name_of` gives a downloader's name for its id."""
    parts = []
    if entry.prefix is not None:
        parts.append(show(entry.prefix))
    if entry.client is not None:
        parts.append(_("client {name}").format(name=plain(entry.client)))
    if entry.peer_id is not None:
        parts.append(_("peer ID {start}").format(start=plain(entry.peer_id)))
    if entry.torrent is not None:
        parts.append(_("torrent {hash}").format(hash=plain(entry.torrent[:_HASH_SHOWN])))
    if entry.downloader is not None:
        parts.append(_("at {downloader}").format(downloader=plain(name_of(entry.downloader))))
    return listed(parts) if parts else _("everybody")


def rule_words(entry: PeerException) -> str:
    """Which rules do not count."""
    return _("all rules") if entry.rule is None else rule_title(entry.rule)


def exception_columns(name_of: Callable[[str], str]) -> Sequence[Column[PeerException]]:
    """All of them."""
    return (
        Column(
            key="what",
            title=N_("Spared"),
            width=170,
            text=lambda entry: exception_words(entry, name_of),
        ),
        Column(key="rule", title=N_("From"), width=100, text=rule_words),
        Column(
            key="note",
            title=N_("Note"),
            width=90,
            stretch=True,
            least=60,
            text=lambda entry: entry.note,
        ),
        Column(
            key="left",
            title=N_("For"),
            width=80,
            align=RIGHT,
            text=lambda entry: left(entry.until, wall_clock()),
            tip=lambda entry: "" if entry.until is None else moment(entry.until, wall_clock()),
            sort=lambda entry: entry.until,
        ),
        Column(
            key="by",
            title=N_("Made by"),
            width=76,
            text=lambda entry: _("settings") if entry.configured else _("you"),
            tip=lambda entry: (
                _("It stands in the settings and is changed there.") if entry.configured else ""
            ),
        ),
    )
