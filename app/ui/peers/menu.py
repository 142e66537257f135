"""The context menu of the Peers table. It acts on the peers that were selected when it opened, not on rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtWidgets import QMenu, QWidget

from app.domain.address import IPAddress, Prefix, block_of, show, single
from app.domain.ban import Ban
from app.locale import _, ngettext
from app.services.events import JudgedPeer
from app.ui import icons
from app.ui.actions import Actions
from app.ui.durations import BAN_LENGTHS, SPARE_LENGTHS, length

BLOCK: Final = (24, 56)
"""The wider choice: bits of IPv4 and IPv6."""
_ONE: Final = (32, 128)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The peers that a menu or a button is about."""

    peers: Sequence[JudgedPeer]
    bans: Sequence[Ban]
    """The entries that cover them now."""
    rule_length: int
    """Milliseconds that a ban by a rule lasts."""

    @property
    def addresses(self) -> list[Prefix]:
        """Their addresses, each once."""
        return list(dict.fromkeys(single(judged.peer.address.ip) for judged in self.peers))

    @property
    def banned_prefixes(self) -> list[Prefix]:
        """The prefixes of the entries that cover them."""
        return list(dict.fromkeys(ban.prefix for ban in self.bans))

    @property
    def free(self) -> list[Prefix]:
        """The addresses that no entry covers."""
        return [a for a in self.addresses if not any(_inside(a, ban.prefix) for ban in self.bans)]

    @property
    def spared_prefixes(self) -> list[Prefix]:
        """What an exception for them names: the entries that cover them, and the addresses of the others."""
        return [*self.banned_prefixes, *self.free]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What the page does for its menu."""

    why: Callable[[], object]
    look_for: Callable[[str], object]
    copy_address: Callable[[], object]
    copy_evidence: Callable[[], object]
    count_covered: Callable[[Prefix], int]
    """How many of the peers seen now a block covers."""


def peers_menu(parent: QWidget, chosen: Chosen, actions: Actions, ways: Ways) -> QMenu:
    """The menu for the peers in `chosen`, of which there is at least one."""
    menu = QMenu(parent)
    menu.addAction(icons.icon("circle-help"), _("Why?") + "\tEnter", ways.why)
    if chosen.bans:
        menu.addAction(
            icons.icon("undo-2"),
            _("Undo the ban") + "\tU",
            lambda: actions.undo_ban(chosen.banned_prefixes),
        )
        menu.addAction(_("Unban only") + "\tShift+U", lambda: actions.unban(chosen.banned_prefixes))
    ban = menu.addMenu(icons.icon("ban"), _("Ban"))
    fill_ban(ban, chosen, actions, ways.count_covered)
    spare = menu.addMenu(
        icons.icon("shield-check"),
        _("Unban and never judge again") if chosen.bans else _("Never judge again"),
    )
    fill_spare(spare, chosen, actions)
    menu.addSeparator()
    if len(chosen.peers) == 1:
        _fill_only(menu.addMenu(icons.icon("list-filter"), _("Show only this")), chosen, ways)
        menu.addSeparator()
    copy = ngettext("Copy the address", "Copy the addresses", len(chosen.addresses))
    menu.addAction(icons.icon("copy"), copy + "\tCtrl+C", ways.copy_address)
    menu.addAction(
        icons.icon("scroll-text"), _("Copy evidence") + "\tCtrl+Shift+C", ways.copy_evidence
    )
    return menu


def fill_ban(
    menu: QMenu, chosen: Chosen, actions: Actions, count_covered: Callable[[Prefix], int]
) -> None:
    """Offer the address or its block, each for several lengths."""
    addresses = len(chosen.addresses)
    address = ngettext("This address", "These {count} addresses", addresses)
    _lengths(menu.addMenu(address.format(count=addresses)), chosen, actions, _ONE)
    if addresses > 1:
        _lengths(menu.addMenu(_("Their /24 and /56 networks")), chosen, actions, BLOCK)
        return
    block = block_around(chosen.peers[0].peer.address.ip)
    covered = count_covered(block)
    words = ngettext(
        "{block}, covers {count} peer you see now",
        "{block}, covers {count} peers you see now",
        covered,
    ).format(block=show(block), count=covered)
    _lengths(menu.addMenu(words), chosen, actions, BLOCK)


def fill_spare(menu: QMenu, chosen: Chosen, actions: Actions) -> None:
    """Offer an exception for several lengths."""
    for offered in SPARE_LENGTHS:
        menu.addAction(
            _length_words(offered),
            partial(actions.spare, chosen.spared_prefixes, length_ms=offered),
        )


def _lengths(menu: QMenu, chosen: Chosen, actions: Actions, bits: tuple[int, int]) -> None:
    peers = chosen.peers

    def ban(duration: int) -> None:
        actions.ban_peers(peers, duration=duration, bits=bits)

    rule = chosen.rule_length
    words = _("For the rules' time ({length})").format(length=length(rule))
    menu.addAction(words, lambda: ban(rule))
    for offered in BAN_LENGTHS:
        menu.addAction(_length_words(offered), partial(ban, offered))


def _length_words(duration: int | None) -> str:
    words = length(duration)
    if words == length(None):
        return words[:1].upper() + words[1:]
    return _("For {length}").format(length=words)


def _fill_only(menu: QMenu, chosen: Chosen, ways: Ways) -> None:
    judged = chosen.peers[0]
    ip = judged.peer.address.ip
    block = block_around(ip)
    menu.addAction(_("Its torrent") + "\tT", lambda: ways.look_for(judged.torrent.name))
    if judged.peer.client_name:
        client = judged.peer.client_name
        menu.addAction(_("Its client") + "\tC", lambda: ways.look_for(client))
    menu.addAction(
        _("Its network {block}").format(block=show(block)) + "\tN",
        lambda: ways.look_for(show(block)),
    )


def block_around(ip: IPAddress) -> Prefix:
    """Its /24 or /56."""
    return block_of(ip, BLOCK[0] if ip.version == 4 else BLOCK[1])  # noqa: PLR2004 - IP version


def _inside(address: Prefix, block: Prefix) -> bool:
    return address.version == block.version and address.network_address in block
