"""Writes the ban list into a file that the user chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.domain.ban import Ban
from app.domain.remap import Remap
from app.locale import N_, _
from app.services.export import entries, lines
from app.services.firewall import FIREWALLS, script
from app.ui.desk import Desk
from app.ui.widgets import Tone, ask

EXPORT: Final = "export"
"""Who opens the Bans page with this in mind wants the menu of the formats."""
_FORMATS: Final = {
    "ip": (N_("Plain list (one address or network a line)"), "peerwarden.txt"),
    "p2p-plain-format": (N_("P2P plain format (eMule, PeerGuardian)"), "peerwarden.p2p"),
    "dat-emule": (N_("DAT (eMule ipfilter.dat)"), "ipfilter.dat"),
    "nftables": (N_("Script for the firewall nftables"), "peerwarden.nft"),
    "ipset": (N_("Sets for ipset, to be used by iptables"), "peerwarden.ipset"),
}


def export_menu(parent: QWidget, desk: Desk) -> QMenu:
    """The formats, each of which asks for a file and writes it."""
    menu = QMenu(parent)
    for key, (words, file) in _FORMATS.items():

        def start(key: str = key, file: str = file) -> None:
            desk.actions.run(_ask_and_write(parent, desk, key, file), "export")

        menu.addAction(_(words), start)
    return menu


async def write_list(desk: Desk, kind: str, file: Path) -> None:
    """Write the list in force as `kind`; what goes wrong is said in the window."""
    bans = tuple(ban for ban in desk.core.ban_list if not ban.disconnect)
    remap = desk.core.remap
    try:
        count = await asyncio.to_thread(_write, kind, bans, remap, file)
    except OSError as error:
        reason = error.strerror or str(error)
        words = _("{file} cannot be written: {reason}")
        desk.notify(words.format(file=file, reason=reason), Tone.BAD)
    else:
        words = _("{file} written, {count} entries.")
        desk.notify(words.format(file=file, count=count), Tone.GOOD)


async def _ask_and_write(parent: QWidget, desk: Desk, kind: str, file: str) -> None:
    dialog = QFileDialog(parent, _("Export the ban list"), str(Path.home() / file))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    try:
        if await ask(dialog) and dialog.selectedFiles():
            await write_list(desk, kind, Path(dialog.selectedFiles()[0]))
    finally:
        dialog.deleteLater()


def _write(kind: str, bans: Sequence[Ban], remap: Remap, file: Path) -> int:
    write = script if kind in FIREWALLS else lines
    written = list(write(kind, bans, remap))
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        opened.writelines(written)
    return sum(1 for _entry in entries(bans, remap))
