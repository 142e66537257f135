"""Small limits of the upload."""

from __future__ import annotations

from app.adapters.downloaders.upload_limit import not_unlimited


def test_a_small_limit_does_not_become_none() -> None:
    assert [not_unlimited(rate) for rate in (-1, 0, 1, 1023, 1024, 5000)] == [
        0,
        0,
        1024,
        1024,
        1024,
        5000,
    ]
