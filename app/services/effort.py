"""Adds up the processor time of one coroutine among all that run on the loop."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Effort(Generic[T]):
    """Await it once; `seconds` is right also while the coroutine runs and after it failed.

    What it leaves to threads and other tasks is not in it.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self.seconds = 0.0

    def close(self) -> None:
        """It is not awaited any more; harmless after it ended."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, T]:
        """Run the coroutine step by step, as `await` does, with a look at the clock at both ends of each."""
        work, clock = self._work, time.thread_time
        answer: Any = None
        failure: BaseException | None = None
        while True:
            begun = clock()
            try:
                waits_for = work.send(answer) if failure is None else work.throw(failure)
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                self.seconds += clock() - begun
            answer = failure = None
            try:
                answer = yield waits_for
            except BaseException as error:  # noqa: BLE001 - handed on, cancellation above all
                failure = error
