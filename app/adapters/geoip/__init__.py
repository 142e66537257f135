"""Geographic databases in MaxMind's format: where an address is and whose it is (reference/rules.md 4)."""
