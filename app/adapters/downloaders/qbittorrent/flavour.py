"""The programs that speak qBittorrent's API, and where each keeps whom it shall not serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from app.adapters.downloaders.qbittorrent.version import Version
from app.adapters.downloaders.qbittorrent.wire import Preferences
from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.errors import NeedsAction
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import QBITTORRENT_EE

BanListName: TypeAlias = Literal["banned_IPs", "shadow_banned_IPs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """How one of them is to ban."""

    entries: BanListName = "banned_IPs"
    """The preference that holds the list."""
    abandoned: BanListName | None = None
    """The one that held our entries while the user wanted it the other way."""
    single: str = "transfer/banPeers"
    """The path that adds single addresses."""
    shadow: bool = False
    """Whether banned peers stay connected and are given nothing."""

    def capabilities(self, version: Version) -> Capabilities:
        """Of `version` of this program, banning as it is to."""
        return Capabilities(prefixes=version.takes_ranges and not self.shadow)

    def check(self, version: Version, found: Preferences) -> None:
        """Raise NeedsAction when it cannot ban as it is to."""
        if not self.shadow or found.shadow_ban_enabled:
            return
        if found.shadow_ban_enabled is None:
            raise NeedsAction(Text("shadow-ban-unknown", {"version": version.text}))
        raise NeedsAction(Text("shadow-ban-off"))


PLAIN: Final = Flavour()
ENHANCED: Final = Flavour(abandoned="shadow_banned_IPs")
SHADOW: Final = Flavour(
    entries="shadow_banned_IPs",
    abandoned="banned_IPs",
    single="transfer/shadowbanPeers",
    shadow=True,
)


def flavour_of(settings: DownloaderSettings) -> Flavour:
    """What the user has and wants."""
    if settings.type != QBITTORRENT_EE:
        return PLAIN
    return SHADOW if settings.use_shadow_ban else ENHANCED
