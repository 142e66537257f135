"""Debian roots with newer daemons than this machine's, made by debootstrap, kept between runs.

    python -m tests.integration.roots

makes those that are missing. It needs root; without it, it says so, and the tests that want a
root are skipped.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.integration.apt_source import AptSource, NoSource, debian_source
from tests.swarm.waiting import wait_for

MOUNT_POINT = "lab"
"""Folder of each root onto which a daemon's own folder is mounted, seen by that daemon alone."""
BUILD_LIMIT = 900.0
"""Seconds for one root; 45 to 75 are usual."""
TOOLS = ("debootstrap", "unshare", "chroot", "mount")


class RootFailed(Exception):
    """A root could not be made; the text has the end of debootstrap's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebianRoot:
    """One root: which release, with which packages."""

    suite: str
    script: str | None = None
    """How debootstrap shall unpack a suite that this release does not know yet."""
    packages: tuple[str, ...]
    probe: tuple[str, ...]
    """A command that only works in a sound root."""
    required: bool = True
    """Whether tests cannot do without it; a release in the making may be broken on any day."""

    @property
    def folder(self) -> Path:
        """Where it lies once it is complete; another list of packages is another folder."""
        digest = hashlib.sha256("\n".join(sorted(self.packages)).encode()).hexdigest()[:12]
        return cache_folder() / f"{self.suite}-{digest}"

    @property
    def is_ready(self) -> bool:
        """Whether it can be used now."""
        return self.folder.is_dir()

    def argv(self, argv: Sequence[str], shared: Path) -> list[str]:
        """Return the command line that runs `argv` in it, as the same process.

        It sees the folder `shared` of the machine as `inside` says, and nothing else of it. The
        mount is in a namespace of that process: it needs no clean-up.
        """
        script = 'mount --bind "$1" "$2" && shift 2 && exec chroot "$@"'
        unshare = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"]
        return [*unshare, str(shared), str(self.folder / MOUNT_POINT), str(self.folder), *argv]

    def inside(self, path: Path, shared: Path) -> Path:
        """Return what `path`, below `shared`, is called in it."""
        return Path("/", MOUNT_POINT, path.relative_to(shared))


TRIXIE = DebianRoot(
    suite="trixie",
    # debootstrap does not find what only provides a package: python3-cryptography needs the last one.
    packages=("qbittorrent-nox", "deluged", "deluge-web", "python3-cffi-backend"),
    probe=("sh", "-ec", "qbittorrent-nox --version; deluged --version; deluge-web --version"),
)
TESTING = DebianRoot(
    suite="forky",
    script="sid",
    packages=("qbittorrent-nox", "transmission-daemon", "rtorrent"),
    probe=("sh", "-ec", "qbittorrent-nox --version; transmission-daemon --version; rtorrent -h"),
    required=False,
)
ROOTS = (TRIXIE, TESTING)


def cache_folder() -> Path:
    """Return the folder that keeps the roots between runs, outside of any checkout."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "peerwarden" / "roots"


def why_not() -> str | None:
    """Say what this machine lacks for roots, or None when it has all."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "Debian roots need Linux and root"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"Debian roots need {', '.join(missing)}" if missing else None


def prepare(root: DebianRoot, source: AptSource) -> Path:
    """Make `root` unless it is there; raises `RootFailed`.

    Several processes may call it at once: one builds, the others wait for it.
    """
    root.folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(root.folder.with_name(f"{root.folder.name}.lock")):
        for stale in root.folder.parent.glob(
            f".{root.folder.name}.*"
        ):  # of a run that was killed: we hold the lock
            shutil.rmtree(stale)
        if not root.is_ready:
            partial = root.folder.with_name(f".{root.folder.name}.{os.getpid()}")
            try:
                _build(root, source, partial)
                partial.rename(root.folder)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    return root.folder


def _build(root: DebianRoot, source: AptSource, target: Path) -> None:
    # In a mount namespace of its own: whatever debootstrap mounts below `target` is gone with it,
    # even after a kill, and can never be reached by the removal of a half-built root.
    argv = ["unshare", "--mount", "--propagation", "private", "debootstrap", "--variant=minbase"]
    argv += [f"--include={','.join(root.packages)}"]
    argv += [f"--keyring={source.keyring}"] if source.keyring else []
    argv += [root.suite, str(target), source.uri, *([root.script] if root.script else [])]
    log = root.folder.with_name(f"{root.folder.name}.log")
    _run(argv, log, BUILD_LIMIT)
    _run(["chroot", str(target), *root.probe], log, 60)
    for waste in ("var/cache/apt", "var/lib/apt/lists"):
        shutil.rmtree(target / waste, ignore_errors=True)
    (target / MOUNT_POINT).mkdir()


def _run(argv: list[str], log: Path, limit: float) -> None:
    """Run `argv` with its output in `log`; end it with all its children after `limit` seconds."""
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
        try:
            status: int | str = process.wait(limit)
        except subprocess.TimeoutExpired:
            status = f"no end after {limit:.0f} s"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if status != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise RootFailed(f"{Path(argv[0]).name} failed ({status}):\n{tail}")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:

        def taken() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if not wait_for(taken, 2 * BUILD_LIMIT, step=0.5):
            raise RootFailed(f"another run holds {path}")
        yield


def main() -> int:
    """Make every root; return 1 when one fails that the tests cannot do without."""
    if lack := why_not():
        print(f"roots: {lack}; tests of newer daemons will be skipped", file=sys.stderr)
        return 0
    try:
        source = debian_source()
    except NoSource as error:
        print(f"roots: {error}; tests of newer daemons will be skipped", file=sys.stderr)
        return 0

    def attempt(root: DebianRoot) -> bool:
        try:
            folder = prepare(root, source)
        except RootFailed as error:
            consequence = "" if root.required else "; its tests will be SKIPPED, the run goes on"
            print(f"roots: {root.suite} FAILED{consequence}: {error}", file=sys.stderr, flush=True)
            return not root.required
        print(f"roots: {root.suite} is ready in {folder}", flush=True)
        return True

    with ThreadPoolExecutor(len(ROOTS)) as pool:
        return 0 if all(list(pool.map(attempt, ROOTS))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
