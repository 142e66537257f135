"""Who asks, and through which proxies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.client import host_names, is_local, is_loopback
from app.domain.address import parse_ip
from tests.api.conftest import Served, fine


async def seen(served: Served, **headers: str) -> dict[str, object]:
    network = fine(await served.admin.get("/api/general/status", headers=headers))["system"][
        "network"
    ]
    return {key: network[key] for key in ("client_ip", "reverse_proxy")}


async def test_without_a_proxy_it_is_the_other_end(served: Served) -> None:
    assert await seen(served) == {"client_ip": "127.0.0.1", "reverse_proxy": False}


@pytest.mark.parametrize(
    ("value", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        # The left-most may be the client's own invention.
        ("8.8.8.8, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.1, 192.168.1.1", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "10.0.0.1"),
        ("unknown", "127.0.0.1"),
        ("nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
        (",,,", "127.0.0.1"),
    ],
)
async def test_a_local_proxy_names_the_client(served: Served, value: str, client: str) -> None:
    assert (await seen(served, **{"X-Forwarded-For": value}))["client_ip"] == client


async def test_the_first_header_that_says_something_counts(served: Served) -> None:
    said = await seen(
        served,
        **{
            "CF-Connecting-IP": "unknown",
            "X-Real-IP": "198.51.100.1",
            "X-Forwarded-For": "198.51.100.2",
        },
    )
    assert said == {"client_ip": "198.51.100.1", "reverse_proxy": True}


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("192.168.4.4", True),
        ("172.31.255.255", True),
        ("172.32.0.0", False),
        ("100.64.0.1", False),
        ("::1", True),
        ("fd00::1", True),
        ("fe80::1", True),
        ("2001:db8::1", False),
    ],
)
def test_which_addresses_are_local(address: str, local: bool) -> None:  # noqa: FBT001 - a table
    assert is_local(parse_ip(address)) is local


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", False), ("nas", False)],
)
def test_which_hosts_are_loopback(host: str, loopback: bool) -> None:  # noqa: FBT001 - a table
    assert is_loopback(host) is loopback


def test_names_come_without_scheme_port_and_brackets() -> None:
    assert host_names("https://Warden.Example:8443/x", "[::1]:9", "nas.", "::1", "") == {
        "warden.example",
        "::1",
        "nas",
    }


@given(st.text())
def test_no_text_breaks_the_reading_of_names(text: str) -> None:
    host_names(text, f"http://{text}")
