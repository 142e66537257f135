"""Adds up how long one coroutine holds the loop, among all that run there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from functools import partial
from time import perf_counter
from typing import Any, Generic, TypeVar

from typing_extensions import override

S = TypeVar("S")
T = TypeVar("T")


class LoopTime(Generic[T]):
    """Await it once; `seconds` is right also while the coroutine runs and after it failed.

    What it leaves to threads is not in it; what it leaves to tasks of its own is as far as they say `accounted`.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self.seconds = 0.0
        self.task: asyncio.Task[Any] | None = None
        """Which awaits it."""

    def close(self) -> None:
        """It is not awaited any more; harmless after it ended."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, T]:
        """Run the coroutine as `await` does."""
        self.task = asyncio.current_task()
        token = _current.set(self)
        try:
            return (yield from _Timed(self._work, self))
        finally:
            _current.reset(token)


_current: ContextVar[LoopTime[Any] | None] = ContextVar("loop_time", default=None)
"""Whose work it is; tasks inherit it from who starts them."""


async def accounted(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, and put what it costs down to the `LoopTime` that it is a part of, also in another task."""
    whole = _current.get()
    if whole is None or whole.task is asyncio.current_task():
        return await work
    return await _Part(work, whole)


class _Part(Generic[T]):
    def __init__(self, work: Coroutine[Any, Any, T], whole: LoopTime[Any]) -> None:
        self._work, self._whole = work, whole

    def __await__(self) -> Generator[Any, Any, T]:
        return (yield from _Timed(self._work, self._whole))


class _Timed(Generator[Any, Any, T]):
    """Each step of a coroutine, with a look at the clock at both of its ends."""

    def __init__(self, work: Coroutine[Any, Any, T], whole: LoopTime[Any]) -> None:
        self._work, self._whole = work, whole

    @override
    def send(self, value: Any, /) -> Any:
        return self._step(partial(self._work.send, value))

    @override
    def throw(self, *error: Any) -> Any:
        return self._step(partial(self._work.throw, *error))

    def _step(self, go_on: Callable[[], S]) -> S:
        begun = perf_counter()
        try:
            return go_on()
        finally:
            self._whole.seconds += perf_counter() - begun
