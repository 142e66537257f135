"""Tells the user which banned peers a downloader does not drop, whatever is tried."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from app.domain.address import IPAddress, Prefix
from app.domain.ban import DownloaderRef
from app.domain.reason import Text
from app.locale.texts import say
from app.services.events import AlertEnded, AlertRaised, EventBus
from app.services.slices import Slices

log = logging.getLogger(__name__)


class StillThere:
    """One alert for a downloader, raised anew for each ban that joins, until none of these peers is there."""

    def __init__(
        self, ref: DownloaderRef, bus: EventBus, is_listed: Callable[[Prefix], bool]
    ) -> None:
        self._ref, self._bus, self._is_listed = ref, bus, is_listed
        self._told: set[Prefix] = set()
        self._alarmed = False

    async def tell(self, defied: Mapping[Prefix, IPAddress]) -> None:
        """These are connected at this moment: by its ban, a peer of each."""
        if not defied:
            self.end()
            return
        slices, news = Slices(), []
        for prefix in defied:
            if slices.due():
                await slices.rest()
            if prefix not in self._told:
                news.append(prefix)
        if not news:
            return
        # A ban that was lifted may come again, and is another then.
        self._told = {*filter(self._is_listed, self._told), *news}
        about: dict[str, str | int] = {
            "downloader": self._ref.name,
            "address": str(defied[news[0]]),
            "count": len(defied),
        }
        text = Text("still-there-one" if len(defied) == 1 else "still-there-many", about)
        log.warning("%s", say(text))
        self._alarmed = True
        self._bus.publish(AlertRaised(kind=self._kind, text=text, severe=True))

    def end(self) -> None:
        """It is over, or nobody watches any more."""
        if self._alarmed:
            self._alarmed = False
            self._bus.publish(AlertEnded(self._kind))

    @property
    def _kind(self) -> str:
        return f"still-there@{self._ref.id}"
