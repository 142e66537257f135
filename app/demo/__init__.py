"""A simulated qBittorrent with a swarm: for `--demo`, for benchmarks and for tests."""
