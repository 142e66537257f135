"""An event loop on which a day passes as fast as its work is done."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from typing_extensions import override

from tests.services.fakes import NOW, HandClock

_LOOK_AGAIN: Final = 0.05
"""Seconds of real time between two looks at threads."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time stands still while there is anything to do, in threads too, and then jumps to the next timer."""

    def __init__(self) -> None:
        self._selecting = _Selector()
        super().__init__(self._selecting)

    @override
    def time(self) -> float:
        return self._selecting.now

    @override
    def run_in_executor(  # type: ignore[override] # its own has a type variable for each argument
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        self._selecting.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._selecting.ended)
        return future


class _Selector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.threads = 0

    def ended(self, _future: object) -> None:
        """A thread is done."""
        self.threads -= 1

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or self.threads:
            return super().select(_LOOK_AGAIN if timeout is None else min(timeout, _LOOK_AGAIN))
        found = super().select(0)
        if not found:
            self.now += max(0.0, timeout)
        return found


@dataclass
class VirtualClock(HandClock):
    """Shows the time of the running loop; what it is set to is when that began."""

    now: int = field(default=NOW)

    @override
    def __call__(self) -> int:
        return self.now + int(asyncio.get_running_loop().time() * 1_000)
