"""Tests of the simulated qBittorrent and its swarm."""
