"""PeerWarden's plugin for the Deluge daemon: shows peers in full, bans blocks of both IP families."""

from deluge.plugins.init import PluginInitBase

VERSION = 1


class CorePlugin(PluginInitBase):
    """What Deluge makes when the plugin is enabled."""

    def __init__(self, plugin_name):
        # Only now: Deluge's user interfaces read this module, too, and they have no libtorrent.
        from .core import Core

        self._plugin_cls = Core
        super().__init__(plugin_name)
