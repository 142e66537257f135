"""Packs our plugin for Deluge into an egg, the form in which daemons load plugins."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.resource import resource

NAME: Final = "PeerWarden"
"""Of the plugin, as users see it among Deluge's plugins."""
PREFIX: Final = "peerwarden"
"""Of its methods."""
_SOURCE: Final = "deluge-plugin"
_VERSION: Final = re.compile(r"^VERSION = (\d+)$", re.MULTILINE)
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Egg:
    """One version of the plugin."""

    version: int
    content: bytes

    @property
    def file_name(self) -> str:
        """Without a Python version, so that daemons of all versions load it."""
        return f"{NAME}-{self.version}.egg"


@cache
def build_egg(version: int | None = None) -> Egg:
    """The plugin that we ship; with a `version`, it says that it is that one."""
    sources = {path.name: path.read_text("utf-8") for path in resource(_SOURCE).glob("*.py")}
    found = _VERSION.search(sources["__init__.py"])
    if found is None:
        raise ValueError("the plugin for Deluge does not say its version")
    version = int(found[1]) if version is None else version
    sources["__init__.py"] = _VERSION.sub(f"VERSION = {version}", sources["__init__.py"])
    # Python keeps modules that it has loaded: a newer version needs another name to replace an older one.
    package = f"deluge_{PREFIX}_{version}"
    files = {f"{package}/{name}": text for name, text in sources.items()}
    files |= {
        "EGG-INFO/PKG-INFO": f"Metadata-Version: 1.0\nName: {NAME}\nVersion: {version}\n"
        "Summary: Shows peers in full and bans blocks, for PeerWarden\n"
        "Home-page: UNKNOWN\nAuthor: The PeerWarden authors\nAuthor-email: UNKNOWN\nLicense: MIT\n",
        "EGG-INFO/entry_points.txt": f"[deluge.plugin.core]\n{NAME} = {package}:CorePlugin\n",
        "EGG-INFO/top_level.txt": f"{package}\n",
        "EGG-INFO/zip-safe": "\n",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), files[name])
    return Egg(version, packed.getvalue())
