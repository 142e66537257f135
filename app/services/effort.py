"""Adds up how long one coroutine holds the loop, among all that run there."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from time import perf_counter
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Effort(Generic[T]):
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
            return (yield from _stepped(self._work, self))
        finally:
            _current.reset(token)


_current: ContextVar[Effort[Any] | None] = ContextVar("effort", default=None)
"""Whose work it is; tasks inherit it from who starts them."""


async def accounted(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, and put what it costs down to the effort that it is a part of, also in another task."""
    whole = _current.get()
    if whole is None or whole.task is asyncio.current_task():
        return await work
    return await _Part(work, whole)


class _Part(Generic[T]):
    def __init__(self, work: Coroutine[Any, Any, T], whole: Effort[Any]) -> None:
        self._work, self._whole = work, whole

    def __await__(self) -> Generator[Any, Any, T]:
        return (yield from _stepped(self._work, self._whole))


def _stepped(work: Coroutine[Any, Any, T], whole: Effort[Any]) -> Generator[Any, Any, T]:
    """Run `work` step by step, with a look at the clock at both ends of each."""
    answer: Any = None
    failure: BaseException | None = None
    while True:
        begun = perf_counter()
        try:
            waits_for = work.send(answer) if failure is None else work.throw(failure)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            whole.seconds += perf_counter() - begun
        answer = failure = None
        try:
            answer = yield waits_for
        except BaseException as error:  # noqa: BLE001 - handed on, cancellation above all
            failure = error
