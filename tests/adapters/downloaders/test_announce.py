"""Of an announce URL only the host is told."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.announce import host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://tracker.example/0123secret/announce?key=1", "tracker.example"),
        ("udp://Tracker.Example:6969", "tracker.example"),
        ("http://[::1]:80/announce", "::1"),
        ("dht://", ""),
        ("http://[broken/announce", ""),
        ("", ""),
    ],
)
def test_keys_and_ports_are_left_out(url: str, host: str) -> None:
    assert host_of(url) == host
