"""Deluge 2.0 and later through deluge-web, with our plugin, PBH's or the bundled Blocklist (downloaders.md 6, 11.3)."""
