"""Envelope and pages."""

import asyncio
import json
import time

from hypothesis import given
from hypothesis import strategies as st

from app.api.answer import Answer, Paging, encode, encode_list
from app.domain.address import parse_ip


def test_all_three_members_are_always_there_in_order() -> None:
    assert encode(Answer()) == b'{"success":true,"message":null,"data":null}'


def test_a_fact_without_a_form_in_json_goes_out_as_text() -> None:
    assert json.loads(encode(Answer(data={"ip": parse_ip("::1")})))["data"] == {"ip": "::1"}


@given(st.integers(), st.integers())
def test_paging_has_one_rule(page: int, size: int) -> None:
    paging = Paging.within_limits(page, size)
    assert paging.page == max(1, min(page, 2**31))
    assert paging.size == min(1000, max(1, size))
    assert 0 <= paging.offset < 2**63


@given(st.lists(st.integers() | st.text(alphabet=st.characters(codec="utf-8"))))
def test_a_list_made_in_slices_is_the_list(items: list[object]) -> None:
    assert json.loads(bytes(asyncio.run(encode_list(items, lambda item: item)))) == items


async def test_a_long_list_leaves_the_loop_free() -> None:
    def slow(item: int) -> int:
        end = time.perf_counter() + 0.0002
        while time.perf_counter() < end:
            pass
        return item

    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        counting = group.create_task(count_turns())
        await encode_list(range(500), slow)
        counting.cancel()
    assert turns >= 10
