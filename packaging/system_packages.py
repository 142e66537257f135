"""The packages of a Debian system that PeerWarden and its tests need, and how they get there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable

from steps import StepFailed, execute

SET_UP = ("python3-venv",)
"""Debian's python3 comes without ensurepip, and without it there is no virtual environment."""

DESKTOP = (
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
"""Libraries that Qt loads but does not bring."""

TESTS = (
    *DESKTOP,
    # real daemons, and the folders and networks they live in
    "aria2",
    "debootstrap",
    "deluge-web",
    "deluged",
    "iproute2",
    "openssl",
    "qbittorrent-nox",
    "rtorrent",
    "transmission-daemon",
    # a screen with a window manager, a tray, a session bus and fonts for every language
    "dbus-x11",
    "fonts-dejavu-core",
    "fonts-noto-core",
    "fonts-wqy-microhei",
    "imagemagick",
    "openbox",
    "trayer",
    "x11-apps",
    "x11-utils",
    "xauth",
    "xdotool",
    "xvfb",
    # PyInstaller reads libraries with objdump
    "binutils",
    # and puts Python's own into the bundle, which Debian's python3 comes without
    *((f"libpython3.{sys.version_info.minor}",) if sys.base_prefix == "/usr" else ()),
)

_LIMIT = 900.0
_QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    # invoke-rc.d starts no service in single-user mode, and none of ours needs to run.
    "RUNLEVEL": "1",
}


def ensure(packages: Iterable[str]) -> tuple[str, ...]:
    """Install what is missing of `packages`; the answer is what was installed.

    Raises StepFailed with the command to run when we may not do it ourselves. Systems without dpkg
    are left alone: their packages have other names.
    """
    if not sys.platform.startswith("linux") or shutil.which("dpkg-query") is None:
        return ()
    absent = missing(packages)
    if not absent:
        return ()
    if os.geteuid() != 0:
        message = f"please run: {command_for(absent)}"
        raise StepFailed(message)
    execute(("apt-get", "update"), limit=_LIMIT, env=_QUIET)
    install = ("apt-get", "install", "--yes", "--no-install-recommends", *absent)
    execute(install, limit=_LIMIT, env=_QUIET)
    return absent


def missing(packages: Iterable[str]) -> tuple[str, ...]:
    """Those of `packages` that are not installed, under their name or as what another provides."""
    query = ("dpkg-query", "--show", r"--showformat=${db:Status-Status} ${Package} ${Provides}\n")
    answer = subprocess.run(query, capture_output=True, text=True, check=True)
    present: set[str] = set()
    for line in answer.stdout.splitlines():
        status, _, names = line.partition(" ")
        if status == "installed":
            package, _, provided = names.partition(" ")
            present.add(package)
            present.update(word.split()[0] for word in provided.split(",") if word.strip())
    return tuple(name for name in packages if name not in present)


def command_for(packages: Iterable[str]) -> str:
    """The one command that installs `packages`, for people who are not root."""
    return "sudo apt-get update && sudo apt-get install --yes --no-install-recommends " + " ".join(
        packages
    )
