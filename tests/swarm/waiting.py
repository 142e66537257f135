"""Waiting for something outside of this process, always with a bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_never = threading.Event()


def wait_for(look: Callable[[], T], timeout: float, *, step: float = 0.05) -> T:
    """Call `look` every `step` seconds until it answers something true, or for `timeout` seconds.

    Returns the last answer, so a caller can tell the two ends apart. Blocks: not for use on an
    event loop.
    """
    end = time.monotonic() + timeout
    while not (answer := look()) and time.monotonic() < end:
        _never.wait(step)
    return answer
