"""What is read from a certificate that nobody vouches for."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.certificate import read_certificate, shown_fingerprint
from tests.adapters.certificates import make_certificate


def test_name_end_and_fingerprint_are_read(tmp_path: Path) -> None:
    der = make_certificate(tmp_path, "nas.lan", days=30).der
    found = read_certificate(der)
    assert found.fingerprint == hashlib.sha256(der).hexdigest()
    assert found.subject == "nas.lan"
    assert found.expires is not None
    assert abs(found.expires - datetime.now(UTC) - timedelta(days=30)) < timedelta(hours=1)


def test_ends_beyond_2050_are_read(tmp_path: Path) -> None:
    found = read_certificate(make_certificate(tmp_path, days=36_500).der)
    assert found.expires is not None
    assert found.expires.year > 2100


def test_fingerprints_show_in_pairs() -> None:
    assert shown_fingerprint("00ab" + "ff" * 30) == "00:AB:" + ":".join(["FF"] * 30)


@given(st.binary(max_size=200))
def test_whatever_a_server_shows_has_a_fingerprint(der: bytes) -> None:
    assert read_certificate(der).fingerprint == hashlib.sha256(der).hexdigest()


def test_a_damaged_certificate_is_no_crash(tmp_path: Path) -> None:
    der = make_certificate(tmp_path).der
    for at in range(len(der)):
        read_certificate(der[:at])
        read_certificate(der[:at] + b"\xff" + der[at + 1 :])
