"""What a user does to the ban list: ban, unban, unban and except, take it back."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from app.domain.address import Prefix, block_of, show, single, unmapped
from app.domain.ban import FOREVER, Ban, Source
from app.domain.errors import Refused
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.verdict import Action, Verdict
from app.locale.texts import say
from app.services.ban_list import BanList
from app.services.errors import StorageError
from app.services.events import JudgedPeer
from app.services.exceptions import Exceptions
from app.services.ports import BanStore, Clock, HistoryRow
from app.services.protection import Protection
from app.services.slices import Slices

log = logging.getLogger(__name__)

MANUAL = "manual"


class Bans:
    """Commands over the ban list; each answers once its change is stored."""

    def __init__(
        self,
        ban_list: BanList,
        protection: Protection,
        exceptions: Exceptions,
        store: BanStore,
        clock: Clock,
    ) -> None:
        self._list, self._protection, self._exceptions = ban_list, protection, exceptions
        self._store, self._clock = store, clock

    def shown(self) -> list[Ban]:
        """The list without technical entries, newest first."""
        shown = [ban for ban in self._list if not ban.disconnect]
        shown.sort(key=lambda ban: ban.since, reverse=True)
        return shown

    async def ban(
        self, prefixes: Sequence[Prefix], *, duration: int = FOREVER, note: str = ""
    ) -> tuple[Ban, ...]:
        """Ban addresses or blocks by hand for `duration` ms; all or none.

        Raises Refused when one of them or a part of it is protected or spared by an exception, StorageError when it
        cannot be stored.
        """
        now = self._clock()
        bans = []
        for prefix in dict.fromkeys(map(unmapped, prefixes)):
            self._refuse_spared(prefix)
            bans.append(_by_hand(prefix, now, duration, note))
        await self._list.add(bans)
        return tuple(bans)

    async def ban_peers(
        self,
        peers: Sequence[JudgedPeer],
        *,
        duration: int = FOREVER,
        bits: tuple[int, int] = (32, 128),
        note: str = "",
    ) -> tuple[Ban, ...]:
        """Ban what the user clicked: each peer's address, or its block of `bits` (IPv4, IPv6) length."""
        now = self._clock()
        bans: dict[Prefix, Ban] = {}
        for judged in peers:
            ip = judged.peer.address.ip
            prefix = block_of(ip, bits[0] if ip.version == 4 else bits[1])  # noqa: PLR2004 - IP version
            self._refuse_spared(prefix)
            raw = judged.peer.address.raw.ip
            by_hand = _by_hand(prefix, now, duration, note)
            bans[prefix] = replace(
                by_hand,
                raw=raw if raw != ip else None,
                peer=judged.peer,
                torrent=judged.torrent,
                trace=(*judged.decision.trace, by_hand.verdict),
            )
        await self._list.add(list(bans.values()))
        return tuple(bans.values())

    async def unban(self, prefixes: Collection[Prefix]) -> tuple[Ban, ...]:
        """Remove every entry inside each of `prefixes`, as PBH does; returns what was removed."""
        wanted = [unmapped(prefix) for prefix in prefixes]
        found = [ban.prefix for prefix in wanted for ban in self._list.within(prefix)]
        return await self._list.remove(found, by_hand=True)

    async def unban_all(self) -> tuple[Ban, ...]:
        """Empty the list."""
        return await self._list.remove([ban.prefix for ban in self._list], by_hand=True)

    async def unban_and_except(
        self, prefixes: Collection[Prefix], *, until: int | None = None, note: str = ""
    ) -> tuple[tuple[Ban, ...], tuple[PeerException, ...]]:
        """Unban, and spare these prefixes until `until` (epoch ms) or for ever, so that it stays undone."""
        # Exceptions first: a sweep in between would ban the peers again.
        entries = await self._exceptions.add_all(
            PeerException(id="", prefix=prefix, until=until, note=note)
            for prefix in dict.fromkeys(map(unmapped, prefixes))
        )
        try:
            return await self.unban(prefixes), entries
        except StorageError:
            await self._exceptions.remove_all([entry.id for entry in entries])
            raise

    async def release_spared(self) -> tuple[Ban, ...]:
        """Lift the bans that protection or an exception covers by now."""
        # Also those that are just being added by someone who has not seen the exception.
        await self._list.settled()
        slices, spared = Slices(), []
        for ban in list(self._list):
            if slices.due():
                await slices.rest()
            if self._is_spared(ban):
                spared.append(ban.prefix)
        lifted = await self._list.remove(
            spared, by_hand=True, unless=lambda ban: not self._is_spared(ban)
        )
        for ban in lifted:
            why = self._protected(ban)
            if why is not None:
                said = Text("protected-lifted", {"address": show(ban.prefix), "why": why})
                log.warning("%s", say(said))
        return lifted

    async def restore(self, bans: Sequence[Ban], exceptions: Sequence[PeerException] = ()) -> None:
        """Take an unban back: the same entries with the same end, and without the exceptions made with it."""
        await self._exceptions.remove_all([entry.id for entry in exceptions])
        await self._list.add([b for b in bans if b.until > self._clock()], record=False)

    async def change_end(self, prefix: Prefix, until: int) -> None:
        """Give an entry another end (epoch ms)."""
        ban = self._list.get(prefix)
        if ban is None:
            raise Refused(Text("ban-unknown", {"address": show(prefix)}))
        await self._list.add(
            [replace(ban, until=until)],
            record=False,
            unless=lambda _: self._list.get(prefix) is not ban,  # lifted meanwhile
        )

    def _is_spared(self, ban: Ban) -> bool:
        return self._protected(ban) is not None or self._exceptions.frees(ban)

    def _protected(self, ban: Ban) -> Text | None:
        why = self._protection.protects(ban.prefix)
        if why is None and ban.raw is not None:
            why = self._protection.protects(single(ban.raw))
        return why

    def _refuse_spared(self, prefix: Prefix) -> None:
        why = self._protection.protects(prefix)
        if why is not None:
            raise Refused(Text("ban-protected", {"address": show(prefix), "why": why}))
        spared, reason = self._exceptions.spares(prefix), "ban-spared"
        if spared is None:
            # A downloader that is told a block knows no exceptions from it.
            spared, reason = self._exceptions.inside(prefix), "ban-holds-spared"
        if spared is not None:
            entry = show(spared.prefix) if spared.prefix else ""
            raise Refused(Text(reason, {"address": show(prefix), "exception": entry}))

    async def history(self, *, offset: int, limit: int) -> tuple[int, Sequence[HistoryRow]]:
        """Number of all recorded bans, and a page of them, newest first."""
        return await self._store.history(offset=offset, limit=limit)

    async def forget_history(self, *, before: int) -> int:
        """Delete records of bans made before `before` (epoch ms); returns how many."""
        return await self._store.forget_history(before=before)


def _by_hand(prefix: Prefix, now: int, duration: int, note: str) -> Ban:
    verdict = Verdict(
        rule=MANUAL,
        action=Action.BAN,
        duration=duration,
        title=Text("rule-manual"),
        reason=Text("manual-banned-note" if note else "manual-banned", {"note": note}),
        data={"type": "manually", "ip": show(prefix)},
    )
    return Ban(
        prefix=prefix,
        since=now,
        until=now + duration,
        verdict=verdict,
        trace=(verdict,),
        source=Source.MANUAL,
    )
