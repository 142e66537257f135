"""Of an announce URL only the host is told, of one of our lists the server."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.announce import host_of, server_of


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


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("http://127.0.0.1:9898/blocklist/for/0123", "http://127.0.0.1:9898"),
        ("https://me:secret@[::1]:80/x?key=1", "https://[::1]:80"),
        ("http://[broken/x", ""),
        ("", ""),
    ],
)
def test_of_a_server_neither_path_nor_password_is_told(url: str, server: str) -> None:
    assert server_of(url) == server
