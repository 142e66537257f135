"""The Torrents page: what is shared, and what was taken from it."""
