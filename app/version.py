"""The one place that holds PeerWarden's version; the build reads it from here."""

from typing import Final

__version__: Final = "0.1.0.dev0"
