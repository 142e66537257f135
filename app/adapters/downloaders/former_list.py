"""What stood where a downloader has room for one blocklist before ours took the place, so that it can be given back."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Final

import msgspec

from app.services.blocklists import PATH
from app.services.ports import Facts

log = logging.getLogger(__name__)

_OURS: Final = re.compile(rf"{re.escape(PATH)}/[0-9a-f]{{32}}$")


def is_ours(url: str) -> bool:
    """Whether a PeerWarden serves the list at `url`, this one or another one."""
    return _OURS.search(url) is not None


@dataclass(frozen=True, slots=True)
class Former:
    """What its user had set."""

    url: str
    enabled: bool = True


class FormerList:
    """Remembers that of one downloader for as long as ours has its place, over a crash too; raises StorageError."""

    def __init__(self, facts: Facts, key: str) -> None:
        self._facts, self._key = facts, key

    async def recall(self) -> Former | None:
        """None: nobody knows, or it was given back."""
        text = await self._facts.recall(self._key)
        try:
            return msgspec.json.decode(text, type=Former) if text else None
        except msgspec.DecodeError:
            log.warning("what was remembered of a blocklist of the user's is unreadable")
            return None

    async def remember(self, former: Former) -> None:
        """This one, unless it is a list of ours: then the one before still holds."""
        if not is_ours(former.url):
            await self._facts.remember(self._key, msgspec.json.encode(former).decode())

    async def forget(self) -> None:
        """It was given back."""
        await self._facts.remember(self._key, None)
