"""The server as a child: it serves, keeps its password to itself, and never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from app.demo.process import CHILD, PASSWORD, DemoFailed, DemoServer

COMMAND = (sys.executable, "-m", "app.demo")
ROOT = Path(__file__).resolve().parents[2]


def open_session(endpoint: str, username: str, password: str) -> httpx.Response:
    return httpx.post(
        f"{endpoint}/api/v2/auth/login", data={"username": username, "password": password}
    )


def count_torrents(endpoint: str, cookies: dict[str, str]) -> int:
    return len(httpx.get(f"{endpoint}/api/v2/torrents/info", cookies=cookies).json())


async def test_a_child_serves_and_ends_with_the_block() -> None:
    async with DemoServer(peers=60, torrents=5, command=COMMAND) as server:
        answer = open_session(server.endpoint, server.username, server.password)
        assert answer.status_code == 204
        cookies = dict(answer.cookies)
        assert count_torrents(server.endpoint, cookies) == 5
        child = next(
            one for one in psutil.Process().children() if one.cmdline()[1:3] == ["-m", "app.demo"]
        )
        assert server.password not in " ".join(child.cmdline())
        began = time.monotonic()

    assert time.monotonic() - began < 3  # 1.5 s and a busy machine
    assert not child.is_running()
    await server.stop()


async def test_a_command_that_does_not_serve_is_reported() -> None:
    with pytest.raises(DemoFailed, match="did not start"):
        await DemoServer(command=(sys.executable, "-c", "print('no')")).start()
    assert not psutil.Process().children()


def spawn(**environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        (*COMMAND, "--demo-peers", "10", "--demo-torrents", "2"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_a_child_ends_when_its_parents_pipe_closes() -> None:
    with spawn(**{CHILD: "1", PASSWORD: "given"}) as process:
        assert process.stdin
        assert process.stdout
        words = process.stdout.readline().decode().split()
        assert words[:3] == ["PeerWarden", "demo", "qBittorrent"]
        assert words[4:] == ["user", "demo"]
        assert open_session(words[3], "demo", "given").status_code == 204
        process.stdin.close()
        assert process.wait(10) == 0


def test_started_by_hand_it_makes_a_password_and_does_not_mind_its_input() -> None:
    with spawn(**{PASSWORD: ""}) as process:
        assert process.stdin
        assert process.stdout
        words = process.stdout.readline().decode().split()
        process.stdin.close()
        try:
            assert words[4:7] == ["user", "demo", "password"]
            assert open_session(words[3], "demo", words[7]).status_code == 204
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


PARENT = """
import asyncio, sys
from app.demo.process import DemoServer

async def main():
    async with DemoServer(peers=5, torrents=1, command=(sys.executable, "-m", "app.demo")) as server:
        print(server.endpoint, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_nothing_is_left_when_the_parent_is_killed() -> None:
    with subprocess.Popen(
        (sys.executable, "-c", PARENT), stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        assert parent.stdout
        endpoint = parent.stdout.readline().decode().strip()
        children = psutil.Process(parent.pid).children()
        assert len(children) == 1
        assert open_session(endpoint, "demo", "guess").status_code == 401
        parent.kill()
        parent.wait()
        _, alive = psutil.wait_procs(children, timeout=10)

    assert not alive
