"""The peers that are selected on the Peers page, and what the user does with them: by menu, by letter, by button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from app.domain.address import Prefix, show
from app.domain.ban import Ban
from app.services.events import JudgedPeer, PeerKey
from app.ui.desk import Desk
from app.ui.peers.columns import PeerView
from app.ui.peers.menu import Chosen, Ways, block_around, fill_spare, peers_menu
from app.ui.peers.words import peer_evidence
from app.ui.table import TableView

_COVER_LIMIT: Final = 20_000


class PeerSelection:
    """Asks the table who is selected when something is done, and keeps nobody."""

    def __init__(
        self,
        desk: Desk,
        table: TableView[JudgedPeer, PeerKey],
        view: PeerView,
        *,
        look_for: Callable[[str], object],
        why: Callable[[], object],
    ) -> None:
        """`look_for` filters the page by a text; `why` goes to the reasons of the peer that is shown."""
        self._desk, self._table, self._view = desk, table, view
        self._look_for, self._why = look_for, why

    def chosen(self) -> Chosen:
        """Those that are selected now."""
        return self._chosen(self._table.selected_keys())

    def show_menu(self, place: QPoint, keys: Sequence[PeerKey]) -> None:
        """Open the menu at `place` on the screen."""
        chosen = self._chosen(keys)
        if not chosen.peers:
            return
        ways = Ways(
            why=self._why,
            look_for=self._look_for,
            copy_address=lambda: self._desk.actions.copy(addresses_text(chosen.peers)),
            copy_evidence=lambda: self._copy(chosen.peers),
            count_covered=self._count_covered,
        )
        menu = peers_menu(self._table, chosen, self._desk.actions, ways)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def on_letter(self, letter: str, keys: Sequence[PeerKey]) -> None:
        """Do what a key of the table stands for."""
        chosen = self._chosen(keys)
        if not chosen.peers:
            return
        judged = chosen.peers[0]
        match letter:
            case "B":
                self.ban()
            case "U" | "Del":
                self.undo_ban()
            case "Shift+U":
                self._desk.actions.unban(chosen.banned_prefixes)
            case "E":
                self._desk.actions.spare(chosen.spared_prefixes)
            case "T":
                self._look_for(judged.torrent.name)
            case "C":
                self._look_for(judged.peer.client_name or "")
            case "N":
                self._look_for(show(block_around(judged.peer.address.ip)))

    def ban(self) -> None:
        """Ban them as long as a rule would."""
        chosen = self.chosen()
        if chosen.peers:
            self._desk.actions.ban_peers(chosen.peers, duration=chosen.rule_length)

    def undo_ban(self) -> None:
        """Take back the bans that cover them."""
        chosen = self.chosen()
        if chosen.bans:
            self._desk.actions.undo_ban(chosen.banned_prefixes)

    def fill_spare(self, menu: QMenu) -> None:
        """Put into `menu` for how long they may be excepted."""
        chosen = self.chosen()
        if chosen.peers:
            fill_spare(menu, chosen, self._desk.actions)

    def copy_evidence(self) -> None:
        """Copy all that speaks for or against them."""
        self._copy(self.chosen().peers)

    def _chosen(self, keys: Sequence[PeerKey]) -> Chosen:
        found = [self._table.rows.get(key) for key in keys]
        peers = [judged for judged in found if judged is not None]
        bans: dict[Prefix, Ban] = {}
        for judged in peers:
            ban = self._view.ban(judged)
            if ban is not None:
                bans[ban.prefix] = ban
        length = self._desk.core.settings.profile.ban_duration
        return Chosen(peers=peers, bans=list(bans.values()), rule_length=length)

    def _count_covered(self, block: Prefix) -> int:
        first, bits = int(block.network_address), block.max_prefixlen - block.prefixlen
        version, wanted = block.version, first >> bits
        ips = (judged.peer.address.ip for judged in self._table.rows.values()[:_COVER_LIMIT])
        return sum(ip.version == version and int(ip) >> bits == wanted for ip in ips)

    def _copy(self, peers: Sequence[JudgedPeer]) -> None:
        if peers:
            texts = [peer_evidence(j, self._view.ban(j), self._view.mark(j)) for j in peers]
            self._desk.actions.copy("\n\n".join(texts))


def addresses_text(peers: Sequence[JudgedPeer]) -> str:
    """Their addresses, each once and on a line of its own."""
    return "\n".join(dict.fromkeys(str(judged.peer.address.ip) for judged in peers))
