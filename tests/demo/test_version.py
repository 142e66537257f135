"""The versions that the server can imitate."""

from __future__ import annotations

import pytest

from app.demo.version import DEFAULT, version


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"4\.5\.2, 5\.1\.0, 5\.3\.0"):
        version("3.3.15")


def test_the_cookie_has_the_port_in_it_since_it_can() -> None:
    assert version(DEFAULT).cookie(8080) == "QBT_SID_8080"
    assert version("5.1.0").cookie(8080) == "SID"
