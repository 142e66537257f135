"""The whole program as a process of its own, headless, with its API as the way in."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

import httpx

from app.adapters.config_files import CONFIG, PROFILE, ConfigFiles
from app.settings.change import REMOVE
from app.settings.downloader import DownloaderSettings, downloader_changes

CHECKOUT = Path(__file__).resolve().parents[2]
TOKEN = "token-of-a-test"
START_LIMIT = 30.0
SUBSCRIBED = ("module", "ip-address-blocker-rules", "rules", "all-in-one", "enabled")

T = TypeVar("T")


class ProgramFailed(RuntimeError):
    """It did not start, or not in time; carries what it said."""


def stay_alone(files: ConfigFiles) -> None:
    """Write settings by which nothing but loopback is asked for anything."""
    files.load()
    files.change(CONFIG, {("ip-database", "auto-update"): False})
    files.change(PROFILE, {SUBSCRIBED: False})


class Program:
    """A headless PeerWarden in `folder`; started, killed and started again as a test likes."""

    MODE: ClassVar[Sequence[str]] = ("--headless",)

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        wrap: Callable[[Sequence[str]], list[str]] = list,
        arguments: Sequence[str] = (),
    ) -> None:
        """`wrap` turns the command line into one that runs it elsewhere, such as in a namespace."""
        self.folder = folder
        self.files = ConfigFiles(folder)
        self._argv = wrap(
            [
                *(sys.executable, "-m", "app", *self.MODE, "--data-dir", str(folder)),
                *("--api-port", str(port), *arguments),
            ]
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.api = httpx.Client()
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / PROFILE).exists():
            stay_alone(self.files)

    def watch(self, *downloaders: DownloaderSettings, interval: int = 1_000) -> None:
        """Write `downloaders` and the sweep interval (ms) into its settings."""
        self.files.load()
        for settings in downloaders:
            self.files.change(CONFIG, downloader_changes(settings))
        self.files.change(PROFILE, {("check-interval",): interval})

    def set(self, file: str, *keys: str, value: object = REMOVE) -> None:
        """Write one key of a settings file."""
        self.files.change(file, {keys: value})

    def start(self) -> Self:
        """Start it and wait until it says that it serves."""
        line = self._first_line(self._spawn(os.environ))
        if " API " not in line:
            self.kill()
            raise ProgramFailed(f"it said {line!r}; {self.errors()}")
        self._reach(line.rpartition(" ")[2])
        return self

    def errors(self) -> str:
        """What it wrote to standard error, in all its lives."""
        return (self.folder / "stderr").read_text("utf-8")

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self, limit: float = 10.0) -> int:
        """Ask it to end, and return its exit code; it may take `limit` seconds."""
        return self._end(signal.SIGTERM, limit)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def get(self, path: str, **params: str | int) -> Any:  # noqa: ANN401 - whatever the route answers
        """The `data` of an answer."""
        answer = self.api.get(path, params=params)
        answer.raise_for_status()
        return answer.json()["data"]

    def send(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 - whatever the route answers
        """The `data` of an answer to a request with a body."""
        answer = self.api.request(method, path, content=json.dumps(body))
        answer.raise_for_status()
        return answer.json()["data"]

    def banned(self) -> dict[str, Any]:
        """Entries of the ban list by address."""
        rows = self.get("/api/bans", pageSize=1000)["results"]
        return {row["address"]: row for row in rows}

    def wait(self, what: Callable[[], T], limit: float = 20.0) -> T:
        """Return the first true answer of `what`, asked again and again; fails after `limit` seconds."""
        end = time.monotonic() + limit
        pause = select.poll()
        while True:
            with suppress(httpx.TransportError):
                found = what()
                if found:
                    return found
            if time.monotonic() > end:
                raise TimeoutError(self.errors()[-3000:])
            pause.poll(50)

    def _spawn(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        plain = {k: v for k, v in environment.items() if not k.startswith("PEERWARDEN_")}
        with (self.folder / "stderr").open("ab") as errors:
            self._process = subprocess.Popen(
                self._argv,
                cwd=CHECKOUT,
                env=plain | {"PEERWARDEN_API_TOKEN": TOKEN},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        return self._process

    def _reach(self, url: str) -> None:
        self.api = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=10
        )

    def _first_line(self, process: subprocess.Popen[bytes]) -> str:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], START_LIMIT)
        return process.stdout.readline().decode().strip() if readable else ""

    def _end(self, number: signal.Signals, limit: float = 10.0) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        self.api.close()
        process.send_signal(number)
        try:
            return process.wait(limit)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
