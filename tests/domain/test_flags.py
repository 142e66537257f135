"""Peer flags: letters in, letters out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.flags import PeerFlags, parse_flags, show_flags


@pytest.mark.parametrize(
    ("letters", "shown"),
    [
        ("D U X E P", "D U X E P"),
        ("u I X", "u I X"),
        ("K ? I", "K ? I"),
        ("TDE", "D E P"),
        ("", ""),
        ("PEXHISO?Ku", "K u O S I H X E P".replace("K u", "u K")),
    ],
)
def test_letters_come_out_in_the_canonical_order(letters: str, shown: str) -> None:
    assert show_flags(parse_flags(letters)) == shown


def test_a_client_that_shows_nothing_is_choked_on_both_sides() -> None:
    assert parse_flags("") == (
        PeerFlags.CHOKED | PeerFlags.REMOTE_CHOKED | PeerFlags.LOCAL_CONNECTION
    )


def test_incoming_is_the_absence_of_local() -> None:
    assert PeerFlags.LOCAL_CONNECTION not in parse_flags("I")


@given(st.text(alphabet="dDuUK?OSIHXLEeP xyz"))
def test_what_is_shown_reads_back_the_same(letters: str) -> None:
    shown = show_flags(parse_flags(letters))
    assert show_flags(parse_flags(shown)) == shown
