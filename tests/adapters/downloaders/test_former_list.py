"""What stood there before ours."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.former_list import Former, FormerList, is_ours
from tests.services.record_fakes import MemoryFacts

OURS = "http://10.0.0.7:1234/blocklist/for/0123456789abcdef0123456789abcdef"
THEIRS = "https://lists.example/?username=me&pin=1234"


@pytest.mark.parametrize(
    ("url", "ours"), [(OURS, True), (THEIRS, False), ("", False), (f"{OURS}/more", False)]
)
def test_a_list_of_ours_is_known_wherever_it_is_served(url: str, ours: bool) -> None:  # noqa: FBT001 - a table
    assert is_ours(url) is ours


async def test_it_is_remembered_until_it_is_given_back() -> None:
    facts = MemoryFacts()
    await FormerList(facts, "key").remember(Former(THEIRS, enabled=False))
    assert await FormerList(facts, "key").recall() == Former(THEIRS, enabled=False)
    await FormerList(facts, "key").forget()
    assert await FormerList(facts, "key").recall() is None
    assert not facts.facts


async def test_a_list_of_ours_does_not_make_the_user_s_forgotten() -> None:
    former = FormerList(MemoryFacts(), "key")
    await former.remember(Former(THEIRS))
    await former.remember(Former(OURS))
    assert await former.recall() == Former(THEIRS)


async def test_what_cannot_be_read_is_as_if_it_were_not_there() -> None:
    assert await FormerList(MemoryFacts(facts={"key": "{"}), "key").recall() is None
