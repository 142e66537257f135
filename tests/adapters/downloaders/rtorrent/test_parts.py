"""Parts of our bans are known again in the next run of ours, in the same run of rTorrent."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.rtorrent.parts import Parts
from tests.services.record_fakes import MemoryFacts

SPANS = frozenset({(1, 5), (9, 0xFFFFFFFF)})


async def test_they_are_remembered_for_as_long_as_it_runs() -> None:
    facts = MemoryFacts()
    await Parts(facts, "key").keep("17", SPANS)
    assert await Parts(facts, "key").of("17") == SPANS
    assert await Parts(facts, "key").of("18") == frozenset()


async def test_none_are_forgotten() -> None:
    facts = MemoryFacts()
    parts = Parts(facts, "key")
    await parts.keep("17", SPANS)
    await parts.keep("17", frozenset())
    assert await facts.recall("key") is None


@pytest.mark.parametrize("text", ["", "[", "{}", '{"run": 1}', '{"run": "17", "spans": [[1]]}'])
async def test_what_nobody_can_read_is_passed_over(text: str) -> None:
    facts = MemoryFacts()
    await facts.remember("key", text)
    assert await Parts(facts, "key").of("17") == frozenset()
