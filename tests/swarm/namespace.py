"""A network namespace for the lab: no way out, and public-looking addresses for forged peers.

It needs Linux and root. All addresses of `ROUTES` are local to it (AnyIP), so a peer may bind to
any of them.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "10.99.0.1"
"""Where daemons listen for public-looking peers."""
HOST_V6 = "2001:db8:99::1"
PREFIX = "peerwarden-"
LIMIT = 30.0
"""Seconds for one command of `ip`."""

ROUTES = (
    "1.0.0.0/8",
    "36.0.0.0/8",
    "61.0.0.0/8",
    "101.0.0.0/8",
    "114.0.0.0/8",
    "180.0.0.0/8",
    "198.18.0.0/15",
    "203.0.113.0/24",
)
ROUTES_V6 = ("2001:db8::/32", "240e::/20", "2408::/22")
SETTINGS = {
    # Below the ports that the machine gives out: no outgoing connection takes a listener's port.
    "net/ipv4/ip_local_port_range": "10000 32000",
    "net/core/somaxconn": "4096",
}
_numbers = itertools.count()

SETTINGS_V6 = {"net/ipv6/ip_nonlocal_bind": "1"}


def why_not() -> str | None:
    """Say what this machine lacks for a namespace, or None when it has all."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a network namespace needs Linux and root"
    return None if shutil.which("ip") else "a network namespace needs iproute2"


def has_ipv6() -> bool:
    """Whether this machine's kernel speaks IPv6."""
    return Path("/proc/net/if_inet6").exists()


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace by its name."""

    name: str

    @property
    def handle(self) -> Path:
        """The file by which a thread enters it."""
        return Path("/run/netns") / self.name

    def argv(self, argv: Sequence[str]) -> list[str]:
        """Return the command line that runs `argv` in it, as the same process."""
        return ["ip", "netns", "exec", self.name, *argv]

    def up(self) -> None:
        """Make it and give it its addresses; may be repeated. Raises `CalledProcessError`."""
        if not self.handle.exists():
            _run(["ip", "netns", "add", self.name])
        lines = ["link set lo up", f"addr replace {HOST}/32 dev lo"]
        lines += [f"route replace local {route} dev lo" for route in ROUTES]
        settings = dict(SETTINGS)
        if has_ipv6():
            lines.append(f"addr replace {HOST_V6}/128 dev lo")
            lines += [f"-6 route replace local {route} dev lo" for route in ROUTES_V6]
            settings |= SETTINGS_V6
        plain = [line for line in lines if not line.startswith("-6 ")]
        _run(["ip", "-n", self.name, "-batch", "-"], "\n".join(plain))
        _run(
            ["ip", "-n", self.name, "-6", "-batch", "-"],
            "\n".join(line[3:] for line in lines if line not in plain),
        )
        script = "\n".join(f"echo {value} > /proc/sys/{key}" for key, value in settings.items())
        _run(self.argv(["sh", "-ec", script]))

    def down(self) -> None:
        """End whatever still runs in it and remove it; may be repeated."""
        if not self.handle.exists():
            return
        for pid in _run(["ip", "netns", "pids", self.name]).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        _run(["ip", "netns", "del", self.name])


LAB = Namespace(f"{PREFIX}lab")
"""For trying by hand; tests use one of their own."""


@contextlib.contextmanager
def own_namespace() -> Iterator[Namespace]:
    """Have a namespace that no other run uses; remove those of runs that were killed."""
    for stale in _stale():
        stale.down()
    pid = os.getpid()
    namespace = Namespace(f"{PREFIX}{pid}-{_started(pid)}-{next(_numbers)}")
    namespace.up()
    try:
        yield namespace
    finally:
        namespace.down()


def _stale() -> list[Namespace]:
    """Return the namespaces of ours whose maker is gone."""
    found = []
    for handle in Path("/run/netns").glob(f"{PREFIX}*-*-*"):
        pid, started, _ = handle.name.removeprefix(PREFIX).split("-")
        if _started(int(pid)) != started:
            found.append(Namespace(handle.name))
    return found


def _started(pid: int) -> str:
    """Return when the kernel started `pid`: it tells a number apart that was used again."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _run(argv: list[str], lines: str = "") -> str:
    done = subprocess.run(
        argv, input=f"{lines}\n", capture_output=True, text=True, check=False, timeout=LIMIT
    )
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
    done.check_returncode()
    return done.stdout
