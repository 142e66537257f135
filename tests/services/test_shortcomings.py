"""What a downloader cannot do is told in sentences."""

from __future__ import annotations

import pytest
from msgspec.structs import fields, replace

from app.domain.capabilities import Capabilities
from app.locale.texts import SENTENCES, say
from app.services.shortcomings import shortcomings

EVERYTHING = Capabilities()
UNTOLD = {"mapped"}
"""An IPv4 address in IPv6 clothes means nothing to users."""
ABILITIES = [
    each.name for each in fields(Capabilities) if each.default is True and each.name not in UNTOLD
]


def test_who_can_do_everything_lacks_nothing() -> None:
    assert shortcomings(EVERYTHING) == ()
    assert shortcomings(replace(EVERYTHING, mapped=False)) == ()


@pytest.mark.parametrize("ability", ABILITIES)
def test_each_ability_that_is_missing_is_one_sentence(ability: str) -> None:
    (text,) = shortcomings(replace(EVERYTHING, **{ability: False}))
    assert text.id in SENTENCES
    assert say(text).endswith(".")


def test_who_cannot_ban_is_not_told_how_it_could() -> None:
    lacks = shortcomings(Capabilities(bans=False, ipv4=False, ipv6=False, lasting=False))
    assert [text.id for text in lacks] == ["lacks-bans"]
