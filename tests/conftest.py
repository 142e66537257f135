"""What holds for every test: no error in the log unasked for, no network, no screen."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import sys
from collections.abc import Iterator

import hypothesis
import pytest
from typing_extensions import override

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if not any(os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
    os.environ["LANG"] = "C.UTF-8"  # Qt complains about anything that is not UTF-8

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So a shell starts what runs in its background, and programs under test would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A shared machine may take its time; the same commit gives the same answer every time,
# only the long runs look for new examples.
hypothesis.settings.register_profile("short", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile(
    "soak",
    deadline=None,
    max_examples=5_000,
    derandomize=False,  # hypothesis itself would do so where CI is set
    print_blob=True,
)
hypothesis.settings.load_profile("short")


class _Errors(logging.Handler):
    """Collects what a test logs at level error and above."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1]:
            line += f" ({record.exc_info[1]!r})"
        self.lines.append(line)


@pytest.fixture(autouse=True)
def _no_unexpected_error_in_the_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """An error in the log is a bug, unless the test is marked `logs_errors`."""
    errors = _Errors()
    root = logging.getLogger()
    root.addHandler(errors)
    try:
        yield
    finally:
        root.removeHandler(errors)
    if request.node.get_closest_marker("logs_errors"):
        assert errors.lines, "marked logs_errors, but nothing was logged"
    else:
        assert not errors.lines, "errors in the log:\n" + "\n".join(errors.lines)


def _refuse_the_internet(event: str, args: tuple[object, ...]) -> None:
    """Stop a connection of the test process to anything but this machine and private networks."""
    if event != "socket.connect" or not isinstance(args[1], tuple):
        return
    host = str(args[1][0]).partition("%")[0]
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        return  # a name: its look-up decides, and the connection shows up here again
    if public:
        message = f"a test connects to {host}"
        raise RuntimeError(message)


sys.addaudithook(_refuse_the_internet)
