"""A screen that nobody sees, with a window manager and a tray, and hands to work on it."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PROGRAMS = ("Xvfb", "openbox", "trayer", "xdotool", "xprop", "import")
SIZE = (1500, 950)
LIMIT = 15.0
"""Seconds that anything on the screen may take to happen."""


def why_not() -> str | None:
    """Say why there can be no screen here, or None when there can."""
    if not sys.platform.startswith("linux"):
        return "Xvfb and a tray are used on Linux only"
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else None


def wait_for(what: Callable[[], T], limit: float = LIMIT) -> T:
    """Return the first true answer of `what`, asked again and again; TimeoutError after `limit` seconds."""
    end = time.monotonic() + limit
    pause = select.poll()
    while not (found := what()):
        if time.monotonic() > end:
            raise TimeoutError(getattr(what, "__doc__", None) or repr(what))
        pause.poll(50)
    return found


@dataclass(frozen=True, slots=True)
class Screen:
    """What a person would do and see in front of it."""

    environment: Mapping[str, str]
    """For programs that shall show up on it."""

    def windows(self) -> dict[str, str]:
        """The titles of the windows that one sees, by id; what is hidden, and bubbles, are none."""
        ids = re.findall(r"0x[0-9a-f]+", self._say("xprop", "-root", "_NET_CLIENT_LIST"))
        named = {number: self._say("xprop", "-id", number, "WM_NAME", "WM_STATE") for number in ids}
        titles = {}
        for number, said in named.items():
            title = re.search(r'WM_NAME.* = "(.*)"', said)
            if title is not None and "Normal" in said:
                titles[number] = title[1]
        return titles

    def window(self, title: str) -> str:
        """Wait for a window of this title, bring it to the front, and give its id."""
        found = wait_for(
            lambda: next((number for number, name in self.windows().items() if name == title), "")
        )
        self._do("windowactivate", found)
        wait_for(lambda: self._in_front() == int(found, 16))
        return found

    def press(self, *keys: str) -> None:
        """Press keys one after the other, in the window in front: `ctrl+3`, `Escape`, `b`."""
        self._do("key", *keys)

    def write(self, text: str) -> None:
        """Type `text` in the window in front."""
        self._do("type", text)

    def click_the_tray(self) -> None:
        """Click the one icon in the tray."""
        number = self._say("xdotool", "search", "--onlyvisible", "--class", "trayer").split()[0]
        place = self._say("xdotool", "getwindowgeometry", "--shell", number)
        box = dict(re.findall(r"(\w+)=(\d+)", place))
        left, top = int(box["X"]) + int(box["WIDTH"]) // 2, int(box["Y"]) + int(box["HEIGHT"]) // 2
        self._do("mousemove", str(left), str(top), "click", "1")

    def line(self, window: str, y: int) -> list[str]:
        """The colours of one line of a window's pixels, as `#rrggbb`."""
        width = re.search(r"Width: (\d+)", self._say("xwininfo", "-id", window))
        assert width is not None
        crop = f"{width[1]}x1+0+{y}"
        command = ["import", "-window", window, "-crop", crop, "-depth", "8", "rgb:-"]
        raw = subprocess.run(
            command, env=self.environment, capture_output=True, timeout=LIMIT, check=True
        ).stdout
        return [f"#{raw[at : at + 3].hex()}" for at in range(0, len(raw), 3)]

    def _in_front(self) -> int:
        said = self._say("xprop", "-root", "_NET_ACTIVE_WINDOW")
        found = re.search(r"0x[0-9a-f]+", said)
        return int(found[0], 16) if found else 0

    def _do(self, *words: str) -> None:
        self._say("xdotool", *words)

    def _say(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT,
            check=False,  # a window may be gone by the time that it is asked
        )
        return done.stdout


@contextmanager
def own_screen(folder: Path) -> Iterator[Screen]:
    """Start one on a free number, with its window manager and its tray; all end with the block."""
    with ExitStack() as stack:
        plain = {name: value for name, value in os.environ.items() if not _of_a_session(name)}
        # No bus: one that a program starts for itself would outlive it.
        plain["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={folder / 'no-bus'}"
        plain |= {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "LANG": "C.UTF-8"}
        read, written = os.pipe()
        stack.callback(os.close, read)
        size = f"{SIZE[0]}x{SIZE[1]}x24"
        server = ["Xvfb", "-displayfd", str(written), "-screen", "0", size, "-nolisten", "tcp"]
        _start(stack, server, plain, pass_fds=(written,))
        os.close(written)
        assert select.select([read], [], [], LIMIT)[0], "Xvfb does not start"
        environment = plain | {"DISPLAY": f":{os.read(read, 16).decode().strip()}"}
        screen = Screen(environment)
        _start(stack, ["openbox", "--sm-disable"], environment)
        wait_for(lambda: "window id" in _root(environment, "_NET_SUPPORTING_WM_CHECK"))
        tray = ["--edge", "top", "--align", "right", "--widthtype", "request", "--height", "24"]
        _start(stack, ["trayer", *tray], environment)
        yield screen


def _root(environment: Mapping[str, str], name: str) -> str:
    command = ["xprop", "-root", name]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    return done.stdout


def _of_a_session(name: str) -> bool:
    return name.startswith(("PEERWARDEN_", "XDG_", "QT_", "DBUS_", "LC_")) or name in (
        "DISPLAY",
        "XAUTHORITY",
        "WAYLAND_DISPLAY",
        "LANG",
        "LANGUAGE",
    )


def _start(
    stack: ExitStack,
    command: Sequence[str],
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
) -> None:
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=pass_fds,
    )
    stack.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    process.kill()
    process.wait()
