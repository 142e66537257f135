"""Certificates for TLS servers on loopback, made anew by openssl."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Own:
    """A certificate with its key."""

    der: bytes
    server: ssl.SSLContext
    """Shows it to whoever comes."""


def make_certificate(
    folder: Path, name: str = "nas.lan", *, days: int = 30, host: str = "IP:127.0.0.1"
) -> Own:
    """One that signed itself; skips the test where openssl is missing."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", str(days)),
            *("-subj", f"/O=Attic/CN={name}", "-addext", f"subjectAltName={host}"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return Own(ssl.PEM_cert_to_DER_cert(certificate.read_text()), context)
