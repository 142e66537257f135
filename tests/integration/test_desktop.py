"""The whole program with its window, as a person has it: keys, the tray, and what goes wrong at the start."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Self

import psutil
import pytest

from app.adapters.config_files import CONFIG, ConfigFiles
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from app.ui.theme.tokens import LIGHT
from tests.integration.lab import Lab, only
from tests.integration.program import Program
from tests.integration.real_daemon import free_port
from tests.integration.screen import Screen, own_screen, wait_for, why_not
from tests.swarm.events import Seen
from tests.swarm.scenario import Behaviour

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

NAME = "PeerWarden"
TABS = 6
BY_HAND = "198.51.100.77"
HEADER = 52
"""Height in pixels; the line under the current tab and the notice are beside its lower edge."""


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with own_screen(tmp_path_factory.mktemp("screen")) as found:
        yield found


class Desktop(Program):
    """The program with its window on `screen`."""

    MODE: ClassVar[Sequence[str]] = ()

    def __init__(
        self,
        folder: Path,
        screen: Screen,
        *arguments: str,
        port: int = 0,
        wrap: Callable[[Sequence[str]], list[str]] = list,
    ) -> None:
        self._port = port or free_port()
        words = ["--language", "en", *arguments]
        super().__init__(folder, port=self._port, wrap=wrap, arguments=words)
        self.screen = screen
        ConfigFiles(folder).load()
        self.set(CONFIG, "desktop", "theme", value="light")

    def start(self) -> Self:
        """Start it; `window` waits for what shows."""
        self._process = self._spawn(self.screen.environment)
        self._reach(f"http://127.0.0.1:{self._port}")
        return self

    def window(self) -> str:
        """Bring its window to the front, and give its id."""
        return self.screen.window(NAME)

    def ended(self, limit: float = 10.0) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process is not None
        return self._process.wait(limit)

    def bans_by_hand(self) -> set[str]:
        """Addresses that the user banned."""
        return {
            address
            for address, entry in self.banned().items()
            if entry["banMetadata"]["description"].startswith("Banned by you")
        }

    def press_until(self, keys: Sequence[str], true: Callable[[], bool]) -> None:
        """Press keys again and again until they are heard: what they act on may not be there yet."""
        for _attempt in range(5):
            self.screen.press(*keys)
            try:
                wait_for(true, limit=3)
            except TimeoutError:
                continue
            return
        raise AssertionError(f"{keys} did nothing; {self.errors()[-2000:]}")


NARROWEST_TAB = 50
"""Pixels."""


def underlined(screen: Screen, window: str, but: int = 0) -> int:
    """Where the line under the current tab begins, once that is elsewhere than `but`."""

    def place() -> int:
        found = screen.line(window, HEADER - 3)
        at = found.index(accent) if accent in found else 0
        # A tab moves by some pixels when the count beside another comes.
        return 0 if abs(at - but) < NARROWEST_TAB else at

    accent = LIGHT.accent.lower()
    return wait_for(place)


def test_keys_lead_through_the_program_and_ban_and_unban(screen: Screen, tmp_path: Path) -> None:
    with Desktop(tmp_path, screen, "--demo") as program:
        window = program.window()
        program.wait(program.banned)
        children = psutil.Process(program.pid).children(recursive=True)
        assert children, "the demo's server is a process of its own"

        places = [underlined(screen, window)]
        for number in range(1, TABS + 1):
            screen.press(f"ctrl+{number}")
            places.append(underlined(screen, window, but=places[-1]))
        assert places[1:] == sorted(places[1:])

        # Peers: ban the first one, take it back.
        screen.press("ctrl+3")
        assert not program.bans_by_hand()
        program.press_until(["ctrl+f", "Down", "Down", "b"], lambda: bool(program.bans_by_hand()))
        screen.press("ctrl+z")
        program.wait(lambda: not program.bans_by_hand())

        # Bans: undo one, take that back.
        program.send("PUT", "/api/bans", [BY_HAND])
        screen.press("ctrl+4", "ctrl+f")
        screen.write(BY_HAND)
        program.press_until(["ctrl+f", "Down", "Down", "u"], lambda: not program.bans_by_hand())
        screen.press("ctrl+z")
        program.wait(lambda: program.bans_by_hand() == {BY_HAND})

        screen.press("ctrl+q")
        assert program.ended() == 0
        assert not psutil.wait_procs(children, timeout=5)[1]
        assert_no_fault(program)


@pytest.mark.daemon
@only("4.5.2", "5.3.0")
def test_a_ban_undone_in_the_window_lets_the_peer_back_for_good(lab: Lab, screen: Screen) -> None:
    leecher = "36.110.2.1"
    hp = Behaviour(peer_id="-HP0001-", client="hp/torrent 1.0")
    with lab.gate() as gate, lab.peers(leecher, behaviour=hp) as swarm:
        program = Desktop(lab.folder / "home", screen, port=gate.port, wrap=lab.in_namespace)
        program.watch(
            DownloaderSettings(
                id="qb",
                endpoint=lab.daemon.url,
                username="admin",
                password=Secret(lab.daemon.password),
            ),
            interval=1_000,
        )
        with program:
            window = program.window()
            swarm.wait(leecher, Seen.REFUSED, timeout=20)
            program.wait(lambda: leecher in program.banned())

            screen.press("ctrl+4")
            underlined(screen, window)
            undone = time.time()
            program.press_until(
                ["ctrl+f", "Down", "Down", "u"], lambda: leecher not in program.banned()
            )
            back = swarm.wait(leecher, Seen.CONNECTED, after=undone, timeout=10)

            # Judged again and again, and spared each time.
            sweeps: set[int] = set()

            def three_sweeps() -> bool:
                sweeps.add(program.get("/api/downloaders/qb/status")["sweptAt"])
                return len(sweeps) > 3

            program.wait(three_sweeps)
            assert leecher not in program.banned()
            assert not swarm.of(leecher, Seen.REFUSED, back.at)
            assert_no_fault(program)


def test_a_closed_window_goes_to_the_tray_and_comes_back(screen: Screen, tmp_path: Path) -> None:
    with Desktop(tmp_path, screen, "--demo") as program:
        window = program.window()
        program.wait(program.banned)

        screen.press("alt+F4")
        wait_for(lambda: window not in screen.windows())
        assert program.banned()

        screen.click_the_tray()
        assert program.window()
        screen.press("ctrl+q")
        assert program.ended() == 0
        assert_no_fault(program)


def test_a_broken_profile_is_told_in_a_dialog(screen: Screen, tmp_path: Path) -> None:
    program = Desktop(tmp_path, screen)
    (tmp_path / "profile.yml").write_text("check-interval: 5000\nmodule: [unclosed\n", "utf-8")
    with program:
        program.window()
        with pytest.raises(subprocess.TimeoutExpired):
            program.ended(0.5)  # it waits for the reader
        screen.press("Return")
        assert program.ended() == 1
        assert_no_fault(program)


def test_a_port_in_use_is_told_in_the_window(screen: Screen, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        Desktop(tmp_path, screen, "--demo", port=taken.getsockname()[1]) as program,
    ):
        window = program.window()
        ground = LIGHT.bad_soft.lower()
        wait_for(lambda: screen.line(window, HEADER + 20).count(ground) > 100)
        screen.press("ctrl+q")
        assert program.ended() == 0
        assert_no_fault(program)


def assert_no_fault(program: Program) -> None:
    said = program.errors()
    assert "Traceback" not in said
    assert " ERROR " not in said
