"""Addresses of peers, however they are spelled."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.address import read_address
from app.domain.address import Translation


def test_an_address_is_read_and_translated() -> None:
    found = read_address("::ffff:198.51.100.7", 6881, Translation())
    assert found is not None
    assert str(found.effective) == "198.51.100.7:6881"
    assert read_address("::ffff:198.51.100.7", 6881, Translation()) is found


@pytest.mark.parametrize("ip", ["", "  ", "nobody", "203.0.113.999", "0x7f.1"])
def test_what_is_none_is_left_out(ip: str) -> None:
    assert read_address(ip, 6881, Translation()) is None


@pytest.mark.parametrize("port", [-1, 70_000])
def test_neither_is_a_port_that_nobody_has(port: int) -> None:
    assert read_address("203.0.113.1", port, Translation()) is None
