"""Trackers, as one text and one by one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.downloaders.transmission import trackers
from app.adapters.downloaders.transmission.rpc import Rpc
from app.services.errors import ProtocolMismatch
from tests.adapters.downloaders.transmission.fake import FakeTransmission

A, B, C, D = (f"http://{name}.example/announce" for name in "abcd")
HASH = "a" * 40


async def test_one_text_has_a_blank_line_between_tiers(fake: FakeTransmission, rpc: Rpc) -> None:
    await trackers.replace_all(rpc, HASH, ((A, B), (C,)))
    assert fake.named("torrent-set") == [{"ids": [HASH], "trackerList": f"{A}\n{B}\n\n{C}"}]
    assert await trackers.read(rpc, HASH) == ((A, B), (C,))


async def test_one_by_one_new_ones_come_before_old_ones_go(
    fake: FakeTransmission, rpc: Rpc
) -> None:
    fake.torrents[0].trackers = [(1, 0, A), (2, 1, B)]
    await trackers.replace_each(rpc, HASH, ((B, C),))
    assert await trackers.read(rpc, HASH) == ((B,), (C,))
    assert [set(call) - {"ids"} for call in fake.named("torrent-set")] == [
        {"trackerAdd"},
        {"trackerRemove"},
    ]


urls = st.lists(st.sampled_from([A, B, C, D]), max_size=4, unique=True)


@pytest.mark.parametrize("version", ["3.00 (bb6b5a062e)"])
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=urls, after=urls)
async def test_one_by_one_they_end_in_the_order_that_was_asked_for(
    fake: FakeTransmission, rpc: Rpc, before: list[str], after: list[str]
) -> None:
    fake.torrents[0].trackers = [(number, number, url) for number, url in enumerate(before)]
    await trackers.replace_each(rpc, HASH, (tuple(after),))
    assert await trackers.read(rpc, HASH) == tuple((url,) for url in after)


async def test_a_torrent_that_is_gone_is_said_to_be(fake: FakeTransmission, rpc: Rpc) -> None:
    fake.torrents.clear()
    with pytest.raises(ProtocolMismatch):
        await trackers.read(rpc, HASH)
