"""Brings Transmission's blocklist in line with ours: it fetches the list from our server when told to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from app.adapters.downloaders.announce import host_of, server_of
from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.former_list import Former, FormerList, is_ours
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.downloaders.transmission import ban_text
from app.adapters.downloaders.transmission.ban_text import BanText
from app.adapters.downloaders.transmission.rpc import CallRefused, Rpc
from app.adapters.downloaders.transmission.wire import BlocklistUpdate, SessionWire
from app.domain.address import InvalidAddress, parse_ip
from app.domain.reason import Text
from app.services.errors import NeedsAction, ProtocolMismatch, TooLate
from app.services.ports import Push
from app.settings.downloader import DownloaderSettings

log = logging.getLogger(__name__)

_EXAMPLES: Final = ("", "http://www.example.com/blocklist")
"""What stands there when nobody has set it."""
_PBH: Final = "/blocklist/p2p-plain-format"
_SERVED_WITHIN: Final = 5.0
"""Seconds: at the start of the program, downloaders may be reached before our server answers."""
_FETCHED_WITHIN: Final = 20.0
"""Seconds: where nothing listens it waits for minutes."""
_GIVEN_BACK_WITHIN: Final = 10.0
"""Seconds for a list of the user's, which may be large or gone; it fetches on when nobody waits any more."""
_FIELDS: Final = ("blocklist-url", "blocklist-enabled")


class BanList:
    """The blocklist of one daemon; raises DownloaderError and StorageError."""

    def __init__(self, rpc: Rpc, settings: DownloaderSettings, around: Surroundings) -> None:
        self._rpc, self._settings = rpc, settings
        self._shelf = around.shelf
        self._former = FormerList(around.facts, f"transmission/{settings.id}/blocklist")
        self._near = _is_loopback(settings.endpoint)
        self._works = ""
        """Where it fetched the list from last."""

    def check(self, session: SessionWire) -> None:
        """Raises NeedsAction when a list of the user's is in the way: there is room for one only."""
        url = session.blocklist_url or ""
        if not (self._settings.replace_blocklist or _is_free(url)):
            raise NeedsAction(Text("blocklist-in-the-way", {"host": host_of(url) or "?"}))

    async def apply(self, push: Push) -> BanText:
        """Have all of it fetched and taken, or, when nobody is banned, the user's own list given back; returns ours."""
        text = await computed(len(push.wanted), ban_text.write, push.wanted)
        self._shelf.put(self._settings.id, text.body)
        if push.wanted:
            await self._have_fetched(text)
        else:
            await self._leave(text)
        return text

    async def _have_fetched(self, text: BanText) -> None:
        places = await self._places()
        for url in places:
            if await self._fetch_from(url, text):
                self._works = url
                return
            log.debug("%s did not fetch its list", self._settings.name)
        raise self._out_of_reach(places[0])

    async def _leave(self, text: BanText) -> None:
        """Have nothing of ours there, and what stood there before, of which `text` bans nobody.

        What that was is forgotten last: whatever comes in between, the next call goes on from there.
        """
        session = await self._set_there()
        url = session.blocklist_url or ""
        if not is_ours(url) and await self._former.recall() is None:
            return
        now = Former(url, session.blocklist_enabled)
        # Without a list of the user's, ours may be in force still: an address alone changes nothing.
        if is_ours(url) or url in _EXAMPLES:
            await self._have_fetched(text)
            now = await self._former.recall() or Former("", session.blocklist_enabled)
            await self._rpc.order(
                "session-set", blocklist_url=now.url, blocklist_enabled=now.enabled
            )
        if now.enabled and now.url not in _EXAMPLES:
            await self._have_theirs_fetched()
        await self._former.forget()

    async def _have_theirs_fetched(self) -> None:
        try:
            async with asyncio.timeout(_GIVEN_BACK_WITHIN):
                await self._rpc.order("blocklist-update")
        except (ProtocolMismatch, TimeoutError) as error:
            reason = error.reason if isinstance(error, CallRefused) else type(error).__name__
            name = self._settings.name
            log.warning("%s has not fetched its user's own blocklist yet: %s", name, reason)

    async def _fetch_from(self, url: str, text: BanText) -> bool:
        """Have it fetched from `url`; returns whether it was."""
        session = await self._set_there()
        if session.blocklist_url != url or not session.blocklist_enabled:
            self.check(session)
            before = Former(session.blocklist_url or "", session.blocklist_enabled)
            await self._former.remember(before)
            await self._rpc.order("session-set", blocklist_url=url, blocklist_enabled=True)
        try:
            async with asyncio.timeout(_FETCHED_WITHIN):
                kept = (await self._rpc.call("blocklist-update", BlocklistUpdate)).blocklist_size
        except (CallRefused, TimeoutError) as error:
            if not self._shelf.fetched(self._settings.id):
                return False
            # It has the list and does not understand it.
            raise error if isinstance(error, CallRefused) else TooLate from None
        if not self._shelf.fetched(self._settings.id):
            return False
        if kept < text.size:
            raise ProtocolMismatch(Text("blocklist-incomplete", {"kept": kept, "count": text.size}))
        return True

    async def _set_there(self) -> SessionWire:
        return await self._rpc.call("session-get", SessionWire, fields=_FIELDS)

    async def _places(self) -> Sequence[str]:
        """Where it may find the list, the likeliest first; raises NeedsAction when it cannot at all."""
        shelf, name = self._shelf, self._settings.id
        end = time.monotonic() + _SERVED_WITHIN
        while (near := shelf.url(name, near=True)) is None:
            if time.monotonic() > end:
                raise NeedsAction(Text("blocklist-not-served"))
            await asyncio.sleep(0.1)
        far = shelf.url(name, near=False) or near
        # What seems to be near may live in a container, and what is far never finds us on our own loopback.
        places = [near, far] if self._near else [far, near]
        found = [
            url
            for url in dict.fromkeys(places)
            if not _is_loopback(url) or (self._near and url is near)
        ]
        if not found:
            raise self._out_of_reach(far)
        return sorted(found, key=lambda url: url != self._works)

    def _out_of_reach(self, url: str) -> NeedsAction:
        key = "blocklist-not-fetched" if self._near else "blocklist-out-of-reach"
        return NeedsAction(Text(key, {"address": server_of(url)}))


def _is_free(url: str) -> bool:
    """Whether nobody misses what stands there."""
    return url in _EXAMPLES or _PBH in url or is_ours(url)


def _is_loopback(url: str) -> bool:
    host = host_of(url)
    try:
        return parse_ip(host).is_loopback
    except InvalidAddress:
        return host == "localhost"
