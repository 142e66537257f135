"""qBittorrent 4.5.0 and later through its WebUI (reference/downloaders.md 3)."""
