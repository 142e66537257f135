"""What the user can do from more than one place: done at once, told in words, and undone on request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.domain.address import Prefix, block_of, show
from app.domain.ban import FOREVER, Ban, Source
from app.locale import _, ngettext
from app.services.core import Core
from app.services.events import JudgedPeer
from app.ui.durations import length
from app.ui.format import listed
from app.ui.widgets import Tone

Work: TypeAlias = Coroutine[Any, Any, object]
_NAMED: Final = 2
"""More addresses than this are counted instead of listed."""


class Actions(QObject):
    """Starts commands in the core's tasks; a failure comes back as CommandFailed and is shown by the window."""

    undo_offered = Signal(str, object)
    """What was done, and a callable without arguments that takes it back."""
    notice_wanted = Signal(str, str)
    """Words, and a Tone's value."""
    page_wanted = Signal(str, str)
    """The key of a page, and the text for its filter box."""

    def __init__(self, core: Core) -> None:
        super().__init__()
        self._core = core

    # For pages that have commands of their own

    def run(self, work: Work, name: str) -> asyncio.Task[None]:
        """Start a command; `name` says in the log what failed."""
        return self._core.tasks.start(work, name)

    def offer_undo(self, words: str, undo: Callable[[], Work]) -> None:
        """Say what was done in the bar at the foot; Ctrl+Z or its button runs `undo()`."""
        self.undo_offered.emit(words, lambda: self.run(undo(), "undo"))

    def navigate(self, page: str, text: str = "") -> None:
        """Open a page by its key, with `text` in its filter box."""
        self.page_wanted.emit(page, text)

    def notify(self, words: str, tone: Tone = Tone.WARN) -> None:
        """Say something in the line under the header."""
        self.notice_wanted.emit(words, tone.value)

    def copy(self, text: str) -> None:
        """Put `text` on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    # The ban list

    def ban_peers(
        self,
        peers: Sequence[JudgedPeer],
        *,
        duration: int = FOREVER,
        bits: tuple[int, int] = (32, 128),
    ) -> None:
        """Ban the addresses of `peers`, or their blocks of `bits` (IPv4, IPv6) length, for `duration` ms."""
        self.run(self._ban_peers(peers, duration, bits), "ban")

    async def ban(
        self, prefixes: Sequence[Prefix], *, duration: int = FOREVER, note: str = ""
    ) -> None:
        """Ban addresses and blocks; to be awaited by who wants to see Refused or StorageError."""
        replaced = self._entries(prefixes)
        made = await self._core.bans.ban(prefixes, duration=duration, note=note)
        self._tell_banned(made, replaced, duration)

    def undo_ban(self, prefixes: Collection[Prefix]) -> None:
        """Undo bans so that they stay undone: a rule would ban again what no exception spares."""
        bans = [ban for prefix in prefixes for ban in self._core.ban_list.within(prefix)]
        if any(ban.source is Source.RULE for ban in bans):
            self.spare(prefixes)
        else:
            self.unban(prefixes)

    def unban(self, prefixes: Collection[Prefix]) -> None:
        """Take entries, and all that lie inside them, off the list; a rule may ban them again."""
        self.run(self._unban(tuple(prefixes)), "unban")

    def spare(self, prefixes: Collection[Prefix], *, length_ms: int | None = None) -> None:
        """Unban and never judge again, for `length_ms` or for ever."""
        self.run(self._spare(tuple(prefixes), length_ms), "except")

    def change_end(self, prefixes: Collection[Prefix], duration: int) -> None:
        """Let bans last `duration` ms from now."""
        self.run(self._change_end(tuple(prefixes), duration), "change the end of a ban")

    # Watching

    def pause(self, minutes: int | None = None) -> None:
        """Stop watching all downloaders, for a while or until `resume`."""
        until = None if minutes is None else self._core.clock() + minutes * 60_000
        self.run(self._core.downloaders.pause_all(until=until), "pause")

    def resume(self) -> None:
        """Watch again."""
        self.run(self._core.downloaders.resume_all(), "resume")

    def toggle_pause(self) -> None:
        """Ctrl+P."""
        if self._core.downloaders.paused:
            self.resume()
        else:
            self.pause()

    def sweep_now(self, downloader_id: str | None = None) -> None:
        """Do not wait for the next sweep of one downloader, or of all."""
        self._core.downloaders.sweep_now(downloader_id)

    # What happens inside

    async def _ban_peers(
        self, peers: Sequence[JudgedPeer], duration: int, bits: tuple[int, int]
    ) -> None:
        addresses = (judged.peer.address.ip for judged in peers)
        replaced = self._entries(
            [block_of(ip, bits[0] if ip.version == 4 else bits[1]) for ip in addresses]  # noqa: PLR2004 - IP version
        )
        made = await self._core.bans.ban_peers(peers, duration=duration, bits=bits)
        self._tell_banned(made, replaced, duration)

    def _tell_banned(self, made: Sequence[Ban], replaced: Sequence[Ban], duration: int) -> None:
        async def take_back() -> None:
            # Exactly these entries: `Bans.unban` would also lift others that lie inside them.
            await self._core.ban_list.remove([ban.prefix for ban in made], by_hand=True)
            await self._core.bans.restore(replaced)

        if made:
            what = _named([ban.prefix for ban in made])
            words = _("Banned {what}: {duration}.").format(what=what, duration=length(duration))
            self.offer_undo(words, take_back)

    async def _unban(self, prefixes: Sequence[Prefix]) -> None:
        removed = await self._core.bans.unban(prefixes)
        if removed:
            what = _named([ban.prefix for ban in removed])
            words = _("Unbanned {what}.").format(what=what)
            self.offer_undo(words, lambda: self._core.bans.restore(removed))

    async def _spare(self, prefixes: Sequence[Prefix], length_ms: int | None) -> None:
        until = None if length_ms is None else self._core.clock() + length_ms
        removed, made = await self._core.bans.unban_and_except(prefixes, until=until)
        what = _named(prefixes)
        if length_ms is None:
            words = _("{what} will not be judged again.").format(what=what)
        else:
            words = _("{what} will not be judged again for {duration}.").format(
                what=what, duration=length(length_ms)
            )
        self.offer_undo(words, lambda: self._core.bans.restore(removed, made))

    async def _change_end(self, prefixes: Sequence[Prefix], duration: int) -> None:
        before = self._entries(prefixes)
        until = self._core.clock() + duration

        async def take_back() -> None:
            for ban in before:
                await self._core.bans.change_end(ban.prefix, ban.until)

        for ban in before:
            await self._core.bans.change_end(ban.prefix, until)
        if before:
            words = _("{what}: the ban ends in {duration}.")
            if duration >= FOREVER:
                words = _("{what}: the ban has no end.")
            what = _named([ban.prefix for ban in before])
            self.offer_undo(words.format(what=what, duration=length(duration)), take_back)

    def _entries(self, prefixes: Sequence[Prefix]) -> list[Ban]:
        found = (self._core.ban_list.get(prefix) for prefix in dict.fromkeys(prefixes))
        return [ban for ban in found if ban is not None]


def _named(prefixes: Sequence[Prefix]) -> str:
    if len(prefixes) <= _NAMED:
        return listed(show(prefix) for prefix in prefixes)
    count = len(prefixes)
    return ngettext("{count} address", "{count} addresses", count).format(count=count)
