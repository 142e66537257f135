"""Garbage is collected from the loop, and by nobody else."""

import asyncio
import gc
import threading
import weakref

import pytest

from app import collector


class Knot:
    """Refers to itself, so that only a collection frees it."""

    def __init__(self) -> None:
        self.itself = self


async def test_python_collects_nothing_by_itself_while_the_block_runs() -> None:
    async with collector.collecting():
        assert not gc.isenabled()
        knot = weakref.ref(Knot())
        worker = threading.Thread(target=lambda: [[] for _ in range(200_000)])
        worker.start()
        worker.join()
        assert knot() is not None
    assert gc.isenabled()


async def test_the_loop_collects_what_is_young(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "_START", 0.01)
    monkeypatch.setattr(collector, "_EVERY", 0.01)
    freed = asyncio.Event()
    async with collector.collecting():
        await asyncio.sleep(0.05)  # the freeze comes first
        knot = Knot()
        watch = weakref.ref(knot, lambda _ref: freed.set())
        del knot
        async with asyncio.timeout(5):
            await freed.wait()
        assert watch() is None


async def test_free_memory_is_given_back_from_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def trim(_pad: int) -> int:
        threads.append(threading.get_ident())
        given.set()
        return 1

    given = threading.Event()
    monkeypatch.setattr(collector, "_START", 0.01)
    monkeypatch.setattr(collector, "_EVERY", 0.01)
    monkeypatch.setattr(collector, "_TRIM_EVERY", 1)
    monkeypatch.setattr(collector, "trimming", lambda: trim)
    async with collector.collecting():
        assert await asyncio.to_thread(given.wait, 5)
    assert threading.get_ident() not in threads


def test_the_c_library_is_asked_as_it_wants_to_be() -> None:
    trim = collector.trimming()
    assert trim is None or trim(0) in {0, 1}
