"""Looks into the IP filter of a real Deluge and writes to it as its user would, by a plugin of the lab's own."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Collection
from ipaddress import ip_address, summarize_address_range
from typing import Final

from app.domain.address import Prefix
from tests.integration.daemon_process import DaemonFailed
from tests.integration.deluge_daemon import DelugeClient
from tests.swarm.waiting import wait_for

_NAME: Final = "LabFilter"
_LIMIT: Final = 10.0
_CODE: Final = """
from deluge import component
from deluge._libtorrent import lt
from deluge.core.rpcserver import export
from deluge.plugins.init import PluginInitBase
from deluge.plugins.pluginbase import CorePluginBase


class Core(CorePluginBase):
    def enable(self):
        self.session = component.get("Core").session

    def disable(self):
        pass

    def update(self):
        pass

    @export
    def reset(self):
        self.session.set_ip_filter(lt.ip_filter())

    @export
    def add(self, first, last):
        rules = self.session.get_ip_filter()
        rules.add_rule(first, last, 1)
        self.session.set_ip_filter(rules)

    @export
    def blocked(self):
        rules = self.session.get_ip_filter()
        return [span[:2] for spans in rules.export_filter() for span in spans if rules.access(span[0])]


class CorePlugin(PluginInitBase):
    _plugin_cls = Core
"""


class FilterView:
    """The filter of one daemon; deluge-web must be connected to it."""

    def __init__(self, api: DelugeClient) -> None:
        self._api = api

    def install(self) -> None:
        """Have the plugin there; may be repeated."""
        if _NAME in self._api.call("core.get_enabled_plugins"):
            return
        content = base64.b64encode(_egg()).decode()
        self._api.call("core.upload_plugin", f"{_NAME}-1.egg", content)
        self._api.call("core.enable_plugin", _NAME)
        if not wait_for(lambda: "labfilter.add" in self._api.call("system.listMethods"), _LIMIT):
            raise DaemonFailed("the lab's plugin is not there")

    def reset(self) -> None:
        """Block nobody."""
        self._api.call("labfilter.reset")

    def add(self, entry: Prefix) -> None:
        """Block these addresses."""
        first, last = str(entry.network_address), str(entry.broadcast_address)
        self._api.call("labfilter.add", first, last)

    def blocked(self) -> Collection[Prefix]:
        """All that is blocked, by whomever."""
        spans = [map(ip_address, span) for span in self._api.call("labfilter.blocked")]
        return {each for first, last in spans for each in summarize_address_range(first, last)}


def _egg() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("EGG-INFO/PKG-INFO", f"Metadata-Version: 1.0\nName: {_NAME}\nVersion: 1\n")
        archive.writestr(
            "EGG-INFO/entry_points.txt",
            f"[deluge.plugin.core]\n{_NAME} = deluge_labfilter:CorePlugin\n",
        )
        archive.writestr("deluge_labfilter/__init__.py", _CODE)
    return packed.getvalue()
