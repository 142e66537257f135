"""The methods that PeerWarden calls, as `peerwarden.<method>`."""

import uuid

from deluge import component
from deluge.core.rpcserver import export
from deluge.plugins.pluginbase import CorePluginBase

from . import VERSION
from .bans import Bans
from .peers import rows


class Core(CorePluginBase):
    """Lives as long as the plugin is enabled; its bans do not outlive it."""

    def enable(self):
        self._instance = uuid.uuid4().hex
        self._bans = Bans(component.get("Core").session)

    def disable(self):
        # Deluge keeps answering calls to a disabled plugin: from now on they fail.
        self._instance = None
        self._bans.replace([], [])

    def update(self):
        pass

    @export
    def get_version(self):
        """The number of this plugin's version."""
        return VERSION

    @export
    def get_peers(self):
        """`instance`, another one after each restart; `bans`, how many are held; `peers`, rows by torrent id."""
        self._require()
        torrents = component.get("TorrentManager").torrents
        return {
            "instance": self._instance,
            "bans": len(self._bans),
            "peers": {
                key: rows(torrent.handle)
                for key, torrent in torrents.items()
                if torrent.has_metadata
            },
        }

    @export
    def change_bans(self, added, removed):
        """Ban the blocks `added` (`address/bits`), let those of `removed` in again; returns how many are held."""
        self._require()
        self._bans.change(added, removed)
        return len(self._bans)

    @export
    def replace_bans(self, wanted, left):
        """Ban just the blocks `wanted`; returns how many are held. Rules of others stay as they are.

        But for `left`, which PeerWarden banned in another way before it had this plugin.
        """
        self._require()
        self._bans.replace(wanted, left)
        return len(self._bans)

    def _require(self):
        if self._instance is None:
            raise RuntimeError("the plugin is disabled")
