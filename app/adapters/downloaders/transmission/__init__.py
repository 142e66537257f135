"""Transmission 3.00 and later through its RPC (reference/downloaders.md 5, 11.2 and 11.7)."""
